public import Logging
public import NIOCore
public import NIOPosix
internal import Synchronization

/// One logical connection to a Redis server that many tasks share.
///
/// Commands are pipelined in the order of the calls. The connection is made when it is first needed, and made anew
/// when it is lost; a command that was not sent by then waits for the next connection, one that was sent fails with
/// `.connectionLost`, because it may have run.
public final class RedisClient: Sendable {
    /// What a client did so far.
    public struct Statistics: Sendable, Hashable {
        /// Connections whose greeting succeeded; more than one means that it reconnected.
        public var connections = 0
        /// Commands handed to the socket, the client's own PING and SUBSCRIBE included.
        public var commandsSent = 0
    }

    /// What the client was made with.
    public let configuration: RedisConfiguration
    let mailbox = Mailbox()
    /// Runs tasks on the thread of the connection: a call from there wakes no other thread, and its answer is handed over
    /// where it was read. What runs there must be short, and never block.
    public let executor: any TaskExecutor
    let eventLoop: any EventLoop
    let driver: NIOLoopBoundBox<ConnectionDriver>
    let endpoint: String
    let commandTimeout: TimeAmount
    private let drain: @Sendable () -> Void

    /// Makes a client without connecting; its work is done on one event loop of `group`.
    public init(
        _ configuration: RedisConfiguration, group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        logger: Logger
    ) {
        self.configuration = configuration
        eventLoop = group.next()
        executor = LoopExecutor(eventLoop)
        endpoint = configuration.endpoint
        commandTimeout = ConnectionMachine.time(configuration.commandTimeout)
        let driver = NIOLoopBoundBox.makeBoxSendingValue(
            ConnectionDriver(eventLoop: eventLoop, configuration: configuration, mailbox: mailbox, logger: logger),
            eventLoop: eventLoop)
        self.driver = driver
        drain = { driver.value.drain() }
    }

    deinit {
        // The event loop may be gone by now when there is nothing left to close.
        guard !mailbox.status.withLock({ $0.isOver }) else { return }
        let driver = driver
        eventLoop.execute { driver.value.close(grace: .zero, nil) }
    }

    /// Connects now, where else the first command does; ends when commands can be sent.
    ///
    /// Throws `.connect`, `.tls`, `.authentication` or `.invalid` when one attempt fails, within `connectTimeout`;
    /// later commands try again. Throws `.cancelled` when the task is.
    public func connect() async throws(RedisError) {
        let id = mailbox.takeIDs(1)
        let driver = driver
        let eventLoop = eventLoop
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                eventLoop.execute { driver.value.connect(id: id, waiter) }
                if Task.isCancelled { eventLoop.execute { driver.value.stopWaiting(id: id) } }
            }
        } onCancel: {
            eventLoop.execute { driver.value.stopWaiting(id: id) }
        }
        try result.get()
    }

    /// `CLIENT ID` of the present connection, by which another client can unblock it; nil while there is none.
    public var connectionID: Int64? {
        mailbox.status.withLock { $0.connectionID }
    }

    /// What the client did so far, for tests and health checks.
    public var statistics: Statistics {
        mailbox.status.withLock { $0.statistics }
    }

    /// Lets commands under way finish for up to `grace` (1 s unless told), then closes; later calls throw `.closed`.
    ///
    /// Commands that are still under way then fail with `.closed`. It may be called any number of times, and ends
    /// when the socket is closed.
    public func close(grace: Duration = .seconds(1)) async {
        mailbox.outbox.withLock { $0.isClosed = true }
        let driver = driver
        let grace = ConnectionMachine.time(grace)
        await withCheckedContinuation { closer in
            eventLoop.execute { driver.value.close(grace: grace, closer) }
        }
    }

    /// Puts commands into the outbox, all or none, and sees to it that the event loop fetches them.
    func submit(_ commands: some Collection<PendingCommand> & Sendable) {
        let count = commands.count
        guard reserve(count) else {
            for command in commands {
                mailbox.deliver(.failure(overloaded(command.command.name)), of: command)
            }
            return
        }
        let (isOpen, isFirst) = mailbox.outbox.withLock { outbox in
            guard !outbox.isClosed else { return (false, false) }
            outbox.commands.append(contentsOf: commands)
            defer { outbox.isScheduled = true }
            return (true, !outbox.isScheduled)
        }
        guard isOpen else {
            for command in commands {
                let error = RedisError.closed(command.command.name, endpoint, mayHaveRun: false)
                mailbox.deliver(.failure(error), of: command)
            }
            return
        }
        if isFirst { eventLoop.execute(drain) }
    }

    /// Puts one command into the outbox.
    func submit(_ command: PendingCommand) {
        submit(CollectionOfOne(command))
    }

    /// Withdraws commands that were not sent yet.
    func withdraw(_ ids: Range<UInt64>) {
        let withdrawn = mailbox.outbox.withLock { outbox in
            let withdrawn = outbox.commands.filter { ids.contains($0.id) }
            if !withdrawn.isEmpty { outbox.commands.removeAll { ids.contains($0.id) } }
            return withdrawn
        }
        for command in withdrawn {
            mailbox.deliver(.failure(.cancelled(command.command.name, endpoint)), of: command)
        }
        guard withdrawn.count < ids.count else { return }
        let driver = driver
        eventLoop.execute { driver.value.withdraw(ids: ids) }
    }

    private func reserve(_ count: Int) -> Bool {
        let pending = mailbox.pending.wrappingAdd(count, ordering: .relaxed).newValue
        return pending <= configuration.maximumPending
    }

    private func overloaded(_ name: String) -> RedisError {
        RedisError(
            .overloaded,
            "\(name) was not sent to \(endpoint): \(configuration.maximumPending) commands are pending already. Send "
                + "fewer at a time, or allow more (maximumPending).")
    }
}
