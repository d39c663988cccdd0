internal import NIOCore
internal import Synchronization

/// One command on its way: what to send, how long to wait and who wants the answer.
struct PendingCommand: Sendable {
    /// The push message that stands in for an answer: RESP3 confirms subscriptions out of band.
    enum Confirmation: Sendable, Hashable {
        case subscribed(channel: String)
        case unsubscribed(channel: String)

        /// Whether a push message is this confirmation.
        func matches(_ items: [RESPValue]) -> Bool {
            guard items.count >= 2, let kind = items[0].text else { return false }
            switch self {
            case .subscribed(let channel): return kind == "subscribe" && items[1].text == channel
            case .unsubscribed(let channel): return kind == "unsubscribe" && items[1].text == channel
            }
        }
    }

    /// Who gets the outcome.
    enum Reply: Sendable {
        case one(CheckedContinuation<Result<RESPValue, RedisError>, Never>)
        case part(BatchReply, index: Int)
        case subscription(Subscription, CheckedContinuation<Result<RESPValue, RedisError>, Never>)
        case resubscription(Subscription)
        case nobody
    }

    /// Unique among the commands of a client; 0 for the client's own.
    let id: UInt64
    var command: RedisCommand
    /// How long it may wait unsent, and then again for its answer.
    let timeout: TimeAmount
    /// Whether the command has a timeout of its own, as one has that blocks: the time of later ones begins after it.
    let isBlocking: Bool
    let confirmation: Confirmation?
    let reply: Reply
    /// When it was queued or, once it is sent, when it was sent.
    var since: NIODeadline = .uptimeNanoseconds(0)

    init(
        id: UInt64, command: RedisCommand, timeout: TimeAmount, isBlocking: Bool = false,
        confirmation: Confirmation? = nil, reply: Reply
    ) {
        self.id = id
        self.command = command
        self.timeout = timeout
        self.isBlocking = isBlocking
        self.confirmation = confirmation
        self.reply = reply
    }
}

/// Who listens to a channel; both handlers run on the event loop.
struct Subscription: Sendable {
    let channel: String
    let onMessage: @Sendable (ByteBuffer) -> Void
    let onReconnect: @Sendable () -> Void
}

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
