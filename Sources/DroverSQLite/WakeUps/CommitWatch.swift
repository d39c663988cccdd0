import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Tells when another process has committed to the file.
///
/// The kernel says when the write-ahead log is written to (inotify on Linux, a
/// vnode source elsewhere), so an idle process costs nothing. A log is written
/// before its commit counts, so after a signal the ``CommitCounter`` is read
/// at growing intervals until it moves. Signals of this process's own commits
/// make the watch rest for a few milliseconds, so that a busy process pays
/// little for it.
final class CommitWatch: Sendable {
    /// What a signal of the kernel calls.
    private final class Callback: Sendable {
        private let body = Mutex<(@Sendable () -> Void)?>(nil)

        func set(_ body: @escaping @Sendable () -> Void) { self.body.withLock { $0 = body } }

        func call() { body.withLock { $0 }?() }
    }

    private struct State {
        var source: (any DispatchSourceProtocol)?
        var isResting = false
        /// How many signals have come.
        var generation: UInt64 = 0
        /// How many commits of this process there had been at the last signal.
        var handledOwn = 0
    }

    /// The first interval between two readings of the counter; each next one is twice as long.
    private static let firstInterval: Duration = .microseconds(500)
    /// How many readings follow a signal: the last comes half a second later, by when a sync has ended.
    private static let readings = 11
    /// How long the watch rests while this process commits by itself.
    private static let rest: Duration = .milliseconds(5)

    private let queue = DispatchQueue(label: "drover.sqlite.watch")
    private let counter: CommitCounter
    private let onForeignCommit: @Sendable () -> Void
    private let state: Mutex<State>

    /// Starts watching; nil when the file can't be watched.
    init?(log: String, counter: CommitCounter, onForeignCommit: @escaping @Sendable () -> Void) {
        self.counter = counter
        self.onForeignCommit = onForeignCommit
        // The source is made before there is a watch that it could call.
        let signal = Callback()
        guard let source = Self.makeSource(path: log, queue: queue, onChange: { signal.call() }) else { return nil }
        state = Mutex(State(source: source))
        signal.set { [weak self] in self?.signalled() }
    }

    deinit { cancel() }

    /// Stops watching.
    func cancel() {
        state.withLock { state in
            // A suspended source must be resumed before it may go.
            if state.isResting { state.source?.resume() }
            state.isResting = false
            state.source?.cancel()
            state.source = nil
        }
    }

    // MARK: On the queue

    /// The log was written to. If this process has committed since the last signal it was probably that.
    private func signalled() {
        let own = counter.ownCommits
        let (generation, mustRest) = state.withLock { state in
            state.generation += 1
            let mustRest = own != state.handledOwn && !state.isResting && state.source != nil
            state.handledOwn = own
            if mustRest {
                state.source?.suspend()
                state.isResting = true
            }
            return (state.generation, mustRest)
        }
        if mustRest {
            after(Self.rest) { $0.goOn(generation) }
        } else {
            follow(generation, reading: 0)
        }
    }

    private func goOn(_ generation: UInt64) {
        state.withLock { state in
            if state.isResting { state.source?.resume() }
            state.isResting = false
        }
        follow(generation, reading: 0)
    }

    /// Reads the counter until it has moved, or a newer signal begins anew.
    private func follow(_ generation: UInt64, reading: Int) {
        guard state.withLock({ $0.generation == generation }) else { return }
        if counter.hasForeignCommit() {
            onForeignCommit()
        } else if reading < Self.readings {
            after(Self.firstInterval * (1 << reading)) { $0.follow(generation, reading: reading + 1) }
        }
    }

    private func after(_ span: Duration, _ step: @escaping @Sendable (CommitWatch) -> Void) {
        let nanoseconds = Int(span / .nanoseconds(1))
        queue.asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) { [weak self] in self.map(step) }
    }

    private static func makeSource(
        path: String, queue: DispatchQueue, onChange: @escaping @Sendable () -> Void
    ) -> sending (any DispatchSourceProtocol)? {
        #if os(Linux)
        let descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        guard descriptor >= 0 else { return nil }
        guard inotify_add_watch(descriptor, path, UInt32(IN_MODIFY)) >= 0 else {
            close(descriptor)
            return nil
        }
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler {
            var buffer = [UInt8](repeating: 0, count: 4096)
            while read(descriptor, &buffer, buffer.count) > 0 {}
            onChange()
        }
        #else
        let descriptor = open(path, O_EVTONLY)
        guard descriptor >= 0 else { return nil }
        let source = DispatchSource.makeFileSystemObjectSource(
            fileDescriptor: descriptor, eventMask: [.write, .extend], queue: queue)
        source.setEventHandler { onChange() }
        #endif
        source.setCancelHandler { close(descriptor) }
        source.resume()
        return source
    }
}
