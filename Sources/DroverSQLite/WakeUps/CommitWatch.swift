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
/// at growing intervals until it moves. Commits of this process end that at
/// once and make the watch rest for a while: they are known without it.
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

    // A source may not go while it is suspended, and only its cancellation closes the descriptor.
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

    private func signalled() {
        let rests = state.withLock { state in
            guard let source = state.source, !state.isResting else { return false }
            source.suspend()
            state.isResting = true
            return true
        }
        if rests { follow(from: counter.lastOwn, reading: 0) }
    }

    private func follow(from own: UInt32, reading: Int) {
        let present = counter.read()
        let lastOwn = counter.lastOwn
        if present != lastOwn {
            counter.noteOwn(present)
            onForeignCommit()
            goOn()
        } else if lastOwn != own {
            after(Self.rest) { $0.goOn() }
        } else if reading < Self.readings {
            after(Self.firstInterval * (1 << reading)) { $0.follow(from: own, reading: reading + 1) }
        } else {
            goOn()
        }
    }

    private func goOn() {
        state.withLock { state in
            if state.isResting { state.source?.resume() }
            state.isResting = false
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
