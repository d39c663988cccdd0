import Synchronization

/// How urgently a service is to stop.
enum ShutdownPhase: Int, Comparable, Sendable {
    case running
    /// Let running jobs end.
    case graceful
    /// Cancel them now.
    case immediate

    static func < (left: ShutdownPhase, right: ShutdownPhase) -> Bool { left.rawValue < right.rawValue }
}

/// Carries requests to stop, from wherever they come, to the service that runs. A request that comes before the service
/// listens is kept.
final class ShutdownControl: Sendable {
    private struct State {
        var phase = ShutdownPhase.running
        var listener: (@Sendable (ShutdownPhase) -> Void)?
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Asks to stop; a phase that has been reached is not left again.
    func request(_ phase: ShutdownPhase) {
        let reached: State? = state.withLock { state in
            if phase <= state.phase { return nil }
            state.phase = phase
            defer { state.waiters = [] }
            return state
        }
        guard let reached else { return }
        reached.listener?(phase)
        for waiter in reached.waiters { waiter.resume() }
    }

    /// Calls `listener` for every phase from now on, and for the present one if it is not `running`.
    func listen(_ listener: @escaping @Sendable (ShutdownPhase) -> Void) {
        let phase = state.withLock { state in
            state.listener = listener
            return state.phase
        }
        if phase != .running { listener(phase) }
    }

    /// Waits for the first request.
    func wait() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.phase != .running { return true }
                state.waiters.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }
}
