import Dispatch
import Synchronization

/// Tells when another process has committed to the file.
///
/// The kernel says when the write-ahead log is written to (inotify on Linux, a
/// vnode source elsewhere), so an idle process costs nothing. A log is written
/// before its commit counts, so after a signal the ``CommitCounter`` is read
/// at growing intervals. A reading that finds a commit does not end them: the
/// signal may have come from the next commit, which is still being synced.
/// Signals of this process's own commits make the watch rest for a few
/// milliseconds, so that a busy process pays little for it.
final class CommitWatch: Sendable {
    private struct State {
        var signal: LogSignal?
        var timer: (any DispatchSourceTimer)?
        var isCancelled = false
        /// How many signals have come.
        var generation: UInt64 = 0
        /// How many commits of this process there had been at the last signal.
        var handledOwn = 0
    }

    /// The first interval between two readings of the counter; each next one is twice as long.
    private static let firstInterval: Duration = .microseconds(500)
    /// How many readings follow a signal: the last comes half a minute after it, by when a sync has ended.
    private static let readings = 16
    /// How long a reading waits when this process commits by itself.
    private static let rest: Duration = .milliseconds(5)

    /// How often the counter is read where the kernel does not tell.
    private static let pollInterval = DispatchTimeInterval.milliseconds(20)

    private let queue = DispatchQueue(label: "drover.sqlite.watch")
    private let counter: CommitCounter
    private let onForeignCommit: @Sendable () -> Void
    private let state = Mutex(State())

    /// Starts watching. Where the kernel does not tell of writes the counter is read 50 times a second.
    ///
    /// - Parameter log: the file that is written to before a commit counts; nil where it must not be opened to be watched.
    init(log: String?, counter: CommitCounter, onForeignCommit: @escaping @Sendable () -> Void) {
        self.counter = counter
        self.onForeignCommit = onForeignCommit
        let signal = log.flatMap { LogSignal(path: $0) { [weak self] in self?.signalled() ?? false } }
        state.withLock { state in
            state.signal = signal
            if signal == nil { state.timer = makeTimer() }
        }
    }

    deinit { cancel() }

    /// Stops watching.
    func cancel() {
        state.withLock { state in
            state.signal?.cancel()
            state.signal = nil
            state.timer?.cancel()
            state.timer = nil
            state.isCancelled = true
        }
    }

    private func makeTimer() -> any DispatchSourceTimer {
        let timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(deadline: .now(), repeating: Self.pollInterval, leeway: Self.pollInterval)
        timer.setEventHandler { [weak self] in self?.look() }
        timer.resume()
        return timer
    }

    /// The log was written to. If this process has committed since the last signal it was probably that, and the
    /// signals may rest.
    private func signalled() -> Bool {
        let own = counter.ownCommits
        let (generation, isOwn) = state.withLock { state in
            state.generation += 1
            defer { state.handledOwn = own }
            return (state.generation, own != state.handledOwn)
        }
        after(isOwn ? Self.rest : .zero) { $0.follow(generation, reading: 0) }
        return isOwn
    }

    /// Reads the counter again and again, unless a newer signal begins anew.
    private func follow(_ generation: UInt64, reading: Int) {
        guard state.withLock({ $0.generation == generation && !$0.isCancelled }) else { return }
        look()
        if reading < Self.readings {
            after(Self.firstInterval * (1 << reading)) { $0.follow(generation, reading: reading + 1) }
        }
    }

    private func look() { if counter.hasForeignCommit() { onForeignCommit() } }

    private func after(_ span: Duration, _ step: @escaping @Sendable (CommitWatch) -> Void) {
        let nanoseconds = Int(span / .nanoseconds(1))
        queue.asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) { [weak self] in self.map(step) }
    }
}
