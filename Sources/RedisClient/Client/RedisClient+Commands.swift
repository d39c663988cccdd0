internal import NIOCore

extension RedisClient {
    /// Sends a command and waits for the answer.
    ///
    /// `timeout` replaces the configuration's `commandTimeout`; a blocking command needs its time of blocking and a
    /// margin. The time of commands behind one with a timeout of its own begins when that one is answered.
    ///
    /// An error answer throws `.server`; no connection or answer in time throws `.timeout`, and a lost connection
    /// `.connectionLost`. Commands that change how a server answers (SUBSCRIBE, MONITOR, HELLO, …) throw `.invalid`,
    /// and CLIENT REPLY must not be sent. When the task is cancelled, a command that was not sent is withdrawn and
    /// throws `.cancelled`, unless `withdrawsCancelled` is false; one that was sent is awaited, so that no answer is
    /// lost.
    public func send(_ command: RedisCommand, timeout: Duration? = nil) async throws(RedisError) -> RESPValue {
        if command.changesProtocol { throw unshareable(command.name) }
        let time = timeout.map { ConnectionMachine.time($0) } ?? commandTimeout
        return try await call(command, timeout: time, isBlocking: timeout != nil) { .one($0) }
    }

    /// Sends all commands back to back, with nothing of others between, and gives one result for each in its place.
    ///
    /// Results fail as those of `send(_:timeout:)` throw; that one fails says nothing of the others.
    public func send(_ commands: [RedisCommand]) async -> [Result<RESPValue, RedisError>] {
        guard !commands.isEmpty else { return [] }
        if let command = commands.first(where: \.changesProtocol) {
            return commands.map { _ in .failure(unshareable(command.name)) }
        }
        if isGivenUp {
            return commands.map { .failure(.cancelled($0.name, endpoint)) }
        }
        let first = mailbox.takeIDs(commands.count)
        let ids = first..<first + UInt64(commands.count)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let reply = BatchReply(count: commands.count, continuation: continuation)
                submit(
                    zip(ids, commands.enumerated()).map { id, command in
                        PendingCommand(
                            id: id, command: command.element, timeout: commandTimeout,
                            reply: .part(reply, index: command.offset))
                    })
                // A cancellation before the commands were in the outbox found nothing there.
                if isGivenUp { withdraw(ids) }
            }
        } onCancel: {
            if configuration.withdrawsCancelled { withdraw(ids) }
        }
    }

    /// Whether the call is no longer wanted, where that is looked at.
    private var isGivenUp: Bool { configuration.withdrawsCancelled && Task.isCancelled }

    private func unshareable(_ name: String) -> RedisError {
        RedisError(
            .invalid,
            "\(name) was not sent to \(endpoint): it changes how the server answers, on a connection that many share. "
                + "Use subscribe(to:) and the configuration.")
    }

    /// Submits one command and waits for its outcome.
    func call(
        _ command: RedisCommand, timeout: TimeAmount, isBlocking: Bool = false,
        confirmation: PendingCommand.Confirmation? = nil,
        reply: (CheckedContinuation<Result<RESPValue, RedisError>, Never>) -> PendingCommand.Reply
    ) async throws(RedisError) -> RESPValue {
        if isGivenUp { throw .cancelled(command.name, endpoint) }
        let id = mailbox.takeIDs(1)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                submit(
                    PendingCommand(
                        id: id, command: command, timeout: timeout, isBlocking: isBlocking,
                        confirmation: confirmation, reply: reply(continuation)))
                // A cancellation before the command was in the outbox found nothing there.
                if isGivenUp { withdraw(id..<id + 1) }
            }
        } onCancel: {
            if configuration.withdrawsCancelled { withdraw(id..<id + 1) }
        }
        return try result.get()
    }
}
