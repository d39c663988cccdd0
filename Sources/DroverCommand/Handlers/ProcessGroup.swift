#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The processes of one `exec:` job: the program and whatever it started.
///
/// A job ends with its whole group, also when the program itself has gone before its children: a child left behind
/// would go on with work that another attempt may be doing.
struct ProcessGroup: Hashable, Sendable {
    /// The id of the group, which is that of the program.
    let id: Int32

    /// How long between two looks at whether somebody is left.
    private static let step: Duration = .milliseconds(20)

    /// Whether a process of the group exists, also one that has ended and that nobody has waited for.
    var isAlive: Bool { kill(-id, 0) == 0 || errno == EPERM }

    /// Sends a signal to every process of the group; there may be none any more.
    func send(_ signal: Int32) { _ = kill(-id, signal) }

    /// Ends the group: asks its processes to stop, waits at most `grace`, then kills them.
    ///
    /// Goes on when the task is cancelled, because then it is needed most.
    func end(grace: Duration, clock: any Clock<Duration>) async {
        if !isAlive { return }
        send(SIGTERM)
        // A task of its own: it must not be born cancelled.
        await Task { [self] in
            let watch = Stopwatch(clock)
            while isAlive && watch.elapsed < grace {
                // Only cancellation throws, and nobody cancels this task.
                try? await clock.sleep(for: Self.step)
            }
            send(SIGKILL)
        }.value
    }

    /// Lets writes to a program that does not read fail with an error instead of ending this process.
    static func ignoreBrokenPipes() { _ = signal(SIGPIPE, SIG_IGN) }
}
