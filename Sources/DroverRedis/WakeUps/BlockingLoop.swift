import DroverCore
import Logging
import RedisClient
import Synchronization

/// Runs one blocking command after another, on a connection of its own, each for the queues that are wanted then.
///
/// When a queue is wanted that the command under way does not cover, the command is ended and made anew.
final class BlockingLoop: Sendable {
    /// What one round is made of.
    struct Round: Sendable {
        /// The queues of the command.
        var queues: Set<QueueName>
        var command: RedisCommand
    }

    private struct State {
        var task: Task<Void, Never>?
        /// The queues of the command under way; nil while there is none that is to go on.
        var covered: Set<QueueName>?
        /// How many commands are over.
        var round: UInt64 = 0
        var isClosed = false
    }

    private let blocked: RedisClient
    /// The connection by which a blocked one is ended.
    private let client: RedisClient
    private let timer: any Clock<Duration>
    private let next: @Sendable () -> Round?
    private let answered: @Sendable (Result<RESPValue, RedisError>, Round) async -> Void
    private let state = Mutex(State())

    /// How long a command blocks at most.
    static let blocking: Duration = .seconds(10)
    /// How long an answer is waited for, or a connection.
    private static let patience = blocking + .seconds(5)

    /// - Parameters:
    ///   - next: the next round, or nil while nobody wants anything.
    ///   - answered: told what the command was answered.
    init(
        configuration: RedisStoreConfiguration, client: RedisClient, logger: Logger,
        next: @escaping @Sendable () -> Round?,
        answered: @escaping @Sendable (Result<RESPValue, RedisError>, Round) async -> Void
    ) {
        blocked = RedisClient(configuration.server, logger: logger)
        self.client = client
        timer = configuration.timer
        self.next = next
        self.answered = answered
    }

    /// Somebody may want a queue that is not covered.
    func wantsChanged(_ wanted: Set<QueueName>) {
        let interrupted: UInt64? = state.withLock { state in
            if state.isClosed || wanted.isEmpty { return nil }
            guard state.task != nil else {
                // Unstructured: it serves all who wait, and ends when nobody does.
                state.task = Task { await self.loop() }
                return nil
            }
            guard let covered = state.covered, !wanted.isSubset(of: covered) else { return nil }
            state.covered = nil
            return state.round
        }
        // Unstructured: whoever wants something waits for it and not for this.
        if let interrupted { Task { await self.interrupt(interrupted) } }
    }

    private func loop() async {
        while true {
            let trouble = await connect()
            let round: Round? = state.withLock { state in
                // Asked under the lock, so that a wish either is in the round or finds it too small.
                guard !state.isClosed, let round = next() else {
                    state.task = nil
                    return nil
                }
                state.covered = round.queues
                return round
            }
            guard let round else { return }
            let result: Result<RESPValue, RedisError>
            do throws(RedisError) {
                if let trouble { throw trouble }
                result = .success(try await blocked.send(round.command, timeout: Self.patience))
            } catch {
                result = .failure(error)
            }
            let isClosed = state.withLock { state in
                state.covered = nil
                state.round += 1
                return state.isClosed
            }
            await answered(result, round)
            // A server that refuses at once must not be asked without a pause.
            if case .failure = result, !isClosed { await pause(.milliseconds(100)) }
        }
    }

    /// Waits for a connection, and says why there is none. A command that waited for it would, once it is sent, not
    /// cover what is wanted since it was made.
    private func connect() async -> RedisError? {
        if blocked.connectionID != nil { return nil }
        do {
            _ = try await blocked.send(.make("PING"), timeout: Self.patience)
            return nil
        } catch {
            return error
        }
    }

    /// Ends the command of a round.
    private func interrupt(_ round: UInt64) async {
        var span: Duration = .milliseconds(1)
        while state.withLock({ $0.round == round && !$0.isClosed }) {
            if let id = blocked.connectionID {
                // An error counts as a command that was not found: it is tried again as long as the round lasts.
                let ended = try? await client.send(.make("CLIENT", "UNBLOCK", String(id))).int
                if ended == 1 { return }
            }
            // It may not have reached the server yet, or the connection has just been lost.
            await pause(span)
            span = min(span * 2, .milliseconds(100))
        }
    }

    private func pause(_ span: Duration) async {
        // Only a cancelled sleep throws, and nobody cancels the tasks of this loop.
        try? await timer.sleep(for: span)
    }

    /// Ends the command under way and the connection.
    func close() async {
        let task = state.withLock { state in
            state.isClosed = true
            return state.task
        }
        await blocked.close(grace: .zero)
        await task?.value
    }
}
