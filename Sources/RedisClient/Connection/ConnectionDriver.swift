internal import Logging
internal import NIOCore
internal import Synchronization

/// Carries out on the event loop what the connection machine decides: the shell between it and the channel.
///
/// All of it runs on the event loop; callers reach it through the `Mailbox` and `RedisClient`.
final class ConnectionDriver {
    let eventLoop: any EventLoop
    let configuration: RedisConfiguration
    let endpoint: String
    let mailbox: Mailbox
    let logger: Logger
    let tls: TLSContextLoader?

    var machine: ConnectionMachine
    /// The number of the present attempt to connect; channels of earlier ones are of no interest.
    var attempt = 0
    var handler: RedisChannelHandler?
    /// The channels of the present attempt: several while more than one address of a host is tried.
    var channels: [any Channel] = []
    var subscriptions: [String: Subscription] = [:]
    /// Those who wait for the connection, by number.
    var waiters: [UInt64: CheckedContinuation<Result<Void, RedisError>, Never>] = [:]
    var closers: [CheckedContinuation<Void, Never>] = []
    /// Set when everything is over; done when the socket is closed.
    var ending: EventLoopFuture<Void>?
    /// Whether the present trouble was told at warning; more of it is told at debug.
    var hasWarned = false
    private var batch = WriteBatch()
    /// An empty array that the outbox gets in exchange for its own, so that neither is made anew each time.
    private var spare: [PendingCommand] = []
    private var timer: Scheduled<Void>?
    private var timerAt = NIODeadline.distantFuture

    init(
        eventLoop: any EventLoop, configuration: RedisConfiguration, mailbox: Mailbox, logger: Logger
    ) {
        self.eventLoop = eventLoop
        self.configuration = configuration
        self.mailbox = mailbox
        self.logger = logger
        endpoint = configuration.endpoint
        tls = configuration.tls.map { TLSContextLoader($0, endpoint: configuration.endpoint) }
        machine = ConnectionMachine(
            ConnectionMachine.Settings(
                endpoint: configuration.endpoint,
                handshake: Handshake.Settings(
                    user: configuration.user, password: configuration.password,
                    clientName: configuration.clientName, database: configuration.database),
                connectTimeout: ConnectionMachine.time(configuration.connectTimeout),
                commandTimeout: ConnectionMachine.time(configuration.commandTimeout),
                idleTimeout: configuration.idleTimeout.map { ConnectionMachine.time($0) },
                backoff: configuration.reconnect))
    }

    /// Fetches what callers put into the outbox and sends it.
    func drain() {
        var commands = spare
        spare = []
        mailbox.outbox.withLock { outbox in
            outbox.isScheduled = false
            swap(&outbox.commands, &commands)
        }
        let now = NIODeadline.now()
        for command in commands {
            switch machine.enqueue(command, now: now) {
            case .write: continue
            case let action: apply(action)
            }
        }
        write(now: now)
        rearm()
        commands.removeAll(keepingCapacity: commands.capacity <= 4096)
        spare = commands
    }

    /// Sends what is queued, if there is a connection.
    func write(now: NIODeadline) {
        guard let handler else { return }
        let refused = machine.takeQueued(now: now, into: &batch)
        for action in refused {
            apply(action)
        }
        guard batch.count > 0 else { return }
        let count = batch.count
        mailbox.status.withLock { $0.statistics.commandsSent += count }
        handler.write(batch)
        batch.clear()
    }

    /// Carries out what the machine decided.
    func apply(_ actions: [ConnectionMachine.Action]) {
        for action in actions {
            apply(action)
        }
        rearm()
    }

    private func apply(_ action: ConnectionMachine.Action) {
        switch action {
        case .none: break
        case .connect: openChannel()
        case .greet(let command):
            var greeting = WriteBatch()
            greeting.add(command)
            handler?.write(greeting)
        case .write: write(now: .now())
        case .answer(let command, let value): answer(command, value)
        case .fail(let command, let error): fail(command, error)
        case .push(let items): push(items)
        case .ready(let greeting, let isAgain): becameReady(greeting, isAgain: isAgain)
        case .attemptFailed(let error, let retry): attemptFailed(error, retry: retry)
        case .lost(let error): lost(error)
        case .closeChannel: closeChannel()
        case .closed: closed()
        }
    }

    /// Makes sure the machine is called when it next wants to be.
    func rearm() {
        guard machine.wakeAt < timerAt else { return }
        timer?.cancel()
        timerAt = machine.wakeAt
        timer = eventLoop.assumeIsolated().scheduleTask(deadline: timerAt) { self.tick() }
    }

    /// Ends all waiting for a time that will not come.
    func cancelTimer() {
        timer?.cancel()
        timer = nil
        timerAt = .distantFuture
    }

    private func tick() {
        timer = nil
        timerAt = .distantFuture
        apply(machine.tick(now: .now(), random: Double.random(in: 0..<1)))
    }

    /// Hands an answer to who waits for it.
    func answer(_ command: PendingCommand, _ value: RESPValue) {
        if case .error(let error) = value {
            fail(command, .refusal(error, to: command.command.name, endpoint))
            return
        }
        confirmed(command)
        mailbox.deliver(.success(value), of: command)
    }

    /// Hands an error to who waits for the answer.
    func fail(_ command: PendingCommand, _ error: RedisError) {
        if case .resubscription = command.reply {
            logger.warning("Subscribing again failed", metadata: ["redis": "\(endpoint)", "error": "\(error.message)"])
        }
        mailbox.deliver(.failure(error), of: command)
    }
}
