internal import Synchronization

/// Gathers the outcomes of commands that were called together and gives them all when the last is there.
final class BatchReply: Sendable {
    typealias Outcome = Result<RESPValue, RedisError>

    private struct State {
        var outcomes: [Outcome?]
        var missing: Int
        let continuation: CheckedContinuation<[Outcome], Never>
    }

    private let state: Mutex<State>

    /// Makes one for `count` outcomes, at least one.
    init(count: Int, continuation: CheckedContinuation<[Outcome], Never>) {
        state = Mutex(
            State(outcomes: Array(repeating: nil, count: count), missing: count, continuation: continuation))
    }

    /// Takes the outcome of one command; a second one for the same command is ignored.
    func deliver(_ outcome: Outcome, at index: Int) {
        state.withLock { state in
            guard state.outcomes[index] == nil else { return }
            state.outcomes[index] = outcome
            state.missing -= 1
            if state.missing == 0 {
                state.continuation.resume(returning: state.outcomes.compactMap { $0 })
            }
        }
    }
}
