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
        var covered: Set<QueueName>?
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
            return state.round
        }
        // Unstructured: whoever wants something waits for it and not for this.
        if let interrupted { Task { await self.interrupt(interrupted) } }
    }

    private func loop() async {
        while true {
            let round: Round? = state.withLock { state in
                // Asked under the lock, so that a wish either is in the round or finds it too small.
                guard !state.isClosed, let round = next() else {
                    state.task = nil
                    state.covered = nil
                    return nil
                }
                state.round += 1
                state.covered = round.queues
                return round
            }
            guard let round else { return }
            let result: Result<RESPValue, RedisError>
            do {
                result = .success(try await blocked.send(round.command, timeout: Self.blocking + .seconds(5)))
            } catch {
                result = .failure(error)
            }
            state.withLock { $0.covered = round.queues.isEmpty ? [] : nil }
            await answered(result, round)
            // A server that refuses at once must not be asked without a pause. Cut short only by the end of the process.
            if case .failure = result { try? await timer.sleep(for: .milliseconds(100)) }
        }
    }

    /// Ends the command of a round; it may not have reached the server yet, so it is tried until the round is over.
    private func interrupt(_ round: UInt64) async {
        while state.withLock({ $0.round == round && $0.covered != nil && !$0.isClosed }) {
            if let id = blocked.connectionID {
                // An error here is one of the connection, which ends the round too.
                _ = try? await client.send(.make("CLIENT", "UNBLOCK", String(id)))
            }
            // Cut short only by the end of the process.
            try? await timer.sleep(for: .milliseconds(1))
        }
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
