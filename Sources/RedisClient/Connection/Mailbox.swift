internal import NIOCore
internal import Synchronization

/// What a client's callers and its event loop share: the outbox, the count of pending commands and the status.
final class Mailbox: Sendable {
    /// Commands that callers gave and the event loop hasn't fetched yet.
    struct Outbox {
        var commands: [PendingCommand] = []
        /// Whether the event loop will come to fetch them.
        var isScheduled = false
        var isClosed = false
    }

    /// What the event loop tells callers.
    struct Status {
        var connectionID: Int64?
        var statistics = RedisClient.Statistics()
        /// Whether the event loop has nothing to do any more.
        var isOver = false
    }

    let outbox = Mutex(Outbox())
    let status = Mutex(Status())
    /// Commands queued or unanswered.
    let pending = Atomic<Int>(0)
    private let lastID = Atomic<UInt64>(0)

    init() {}

    /// The first of `count` numbers in a row that no command has.
    func takeIDs(_ count: Int) -> UInt64 {
        lastID.wrappingAdd(UInt64(count), ordering: .relaxed).oldValue + 1
    }

    /// Hands an outcome to whoever waits for the command.
    func deliver(_ outcome: Result<RESPValue, RedisError>, of command: PendingCommand) {
        if command.id != 0 { pending.wrappingSubtract(1, ordering: .relaxed) }
        switch command.reply {
        case .one(let continuation), .subscription(_, let continuation): continuation.resume(returning: outcome)
        case .part(let batch, let index): batch.deliver(outcome, at: index)
        case .resubscription, .nobody: break
        }
    }
}
