import Synchronization

/// Bounds how many jobs run at once over several workers of one process, beside the concurrency of each.
///
/// ```swift
/// let renderers = ConcurrencyCap(4)
/// var options = WorkerOptions()
/// options.cap = renderers
/// jobs.work("images", concurrency: 4, options: options) { … }
/// jobs.work("videos", concurrency: 2, options: options) { … }
/// ```
///
/// Workers with work share it fairly: one that has to wait is served before those that run may take more. Jobs are not
/// claimed before there is a place for them, so other processes can take them.
public final class ConcurrencyCap: Sendable {
    private struct State {
        var permits: CapState
        var wakers: [Int: @Sendable () -> Void] = [:]
        var nextMember = 0
    }

    private let state: Mutex<State>

    /// A cap.
    ///
    /// - Parameter limit: how many jobs run at once at most; at least 1, smaller numbers are taken as that.
    public init(_ limit: Int) { state = Mutex(State(permits: CapState(limit: limit))) }

    /// How many jobs run at once at most.
    public var limit: Int { state.withLock { $0.permits.limit } }

    /// Changes the limit, also while workers run. Jobs that run beyond a smaller one go on.
    public func resize(to limit: Int) {
        let call = state.withLock { state in
            state.permits.resize(to: limit)
            return state.permits.next(but: nil).flatMap { state.wakers[$0] }
        }
        call?()
    }

    /// Adds a worker.
    func join() -> Seat {
        let member = state.withLock { state in
            defer { state.nextMember += 1 }
            return state.nextMember
        }
        return Seat(cap: self, member: member)
    }

    /// A worker's place among those who share a cap.
    struct Seat: Sendable {
        fileprivate let cap: ConcurrencyCap
        fileprivate let member: Int

        /// What to do when there may be permits for this worker. Called on a task of its own.
        func onRoom(_ wake: @escaping @Sendable () -> Void) {
            cap.state.withLock { $0.wakers[member] = wake }
        }

        /// Returns permits that are not used, and takes as many as there are for this worker.
        ///
        /// - Returns: how many it is given; when that is less than it wants it is told when there is room.
        func balance(returning returned: Int, wanting wanted: Int) -> Int {
            let (given, call) = cap.state.withLock { state in
                let given = state.permits.balance(member, returning: returned, wanting: wanted)
                return (given, state.permits.next(but: member).flatMap { state.wakers[$0] })
            }
            // A task of its own: the caller holds the lock of its worker, and the other worker takes its own.
            if let call { Task { call() } }
            return given
        }

        /// Leaves, with all permits.
        func leave(returning returned: Int) {
            _ = balance(returning: returned, wanting: 0)
            cap.state.withLock { $0.wakers[member] = nil }
        }
    }
}
