import NIOCore
import NIOPosix
import Synchronization
import Testing

/// Counts events and lets a test wait until there were enough, or too much time has passed.
final class Signal: Sendable {
    /// Nothing came in time.
    struct Missing: Error {
        var what: String
    }

    private struct Waiter {
        let id: Int
        let count: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var count = 0
        var lastID = 0
        var waiters: [Waiter] = []
    }

    private let what: String
    private let state = Mutex(State())

    init(_ what: String) {
        self.what = what
    }

    var count: Int {
        state.withLock { $0.count }
    }

    /// Tells that it happened once more.
    func fire() {
        let done = state.withLock { state in
            state.count += 1
            let count = state.count
            let done = state.waiters.filter { $0.count <= count }
            state.waiters.removeAll { $0.count <= count }
            return done
        }
        for waiter in done {
            waiter.continuation.resume(returning: true)
        }
    }

    /// Ends when it happened `count` times, throws when that takes longer than `seconds`.
    func wait(for count: Int = 1, seconds: Int64 = 20) async throws {
        let came = await withCheckedContinuation { continuation in
            let id: Int? = state.withLock { state in
                guard state.count < count else { return nil }
                state.lastID += 1
                state.waiters.append(Waiter(id: state.lastID, count: count, continuation: continuation))
                return state.lastID
            }
            guard let id else {
                continuation.resume(returning: true)
                return
            }
            MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: .seconds(seconds)) {
                let late = self.state.withLock { state in
                    let late = state.waiters.first { $0.id == id }
                    state.waiters.removeAll { $0.id == id }
                    return late
                }
                late?.continuation.resume(returning: false)
            }
        }
        guard came else { throw Missing(what: what) }
    }
}

/// Gives up on `body` after `seconds`: a call that hangs must fail the test and not stop it.
func within<T: Sendable>(
    seconds: Int64 = 30, _ what: String, _ body: @escaping @Sendable () async throws -> T
) async throws -> T {
    let signal = Signal(what)
    let task = Task {
        defer { signal.fire() }
        return try await body()
    }
    try await signal.wait(seconds: seconds)
    return try await task.value
}
