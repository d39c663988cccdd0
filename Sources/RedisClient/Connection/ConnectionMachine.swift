internal import NIOCore

/// Decides everything about a client's connection without a socket or a clock: the shell tells it what happened and
/// when, and carries out the actions that it returns.
///
/// Commands wait in `queue` until they are sent and then in `sent` for their answers, which come in the same order.
struct ConnectionMachine {
    /// What doesn't change while a client lives.
    struct Settings: Sendable {
        var endpoint: String
        var handshake = Handshake.Settings()
        var connectTimeout: TimeAmount = .seconds(5)
        var commandTimeout: TimeAmount = .seconds(5)
        var idleTimeout: TimeAmount?
        var backoff = ReconnectBackoff()
    }

    /// Where the connection stands; draining is `drainDeadline` on top of it.
    enum Phase {
        case disconnected
        case backingOff(until: NIODeadline)
        case connecting(deadline: NIODeadline)
        case handshaking(Handshake, deadline: NIODeadline)
        case ready(since: NIODeadline)
        case closed
    }

    /// What the shell must do.
    enum Action {
        case none
        /// Open a socket.
        case connect
        /// Send a command of the greeting.
        case greet(RedisCommand)
        /// Send what is queued, by `takeQueued`.
        case write
        case answer(PendingCommand, RESPValue)
        case fail(PendingCommand, RedisError)
        case push([RESPValue])
        /// The greeting is over; `isAgain` when there was a connection before.
        case ready(Handshake.Greeting, isAgain: Bool)
        /// An attempt to connect came to nothing: those who wait for it should know.
        case attemptFailed(RedisError, retry: TimeAmount?)
        /// A connection that was ready ended.
        case lost(RedisError)
        /// Close the socket, or give up opening it.
        case closeChannel
        /// Nothing will happen any more.
        case closed
    }

    let settings: Settings
    var phase = Phase.disconnected
    /// When `close` gives up waiting; nil while the client is open.
    var drainDeadline: NIODeadline?
    var queue = CircularBuffer<PendingCommand>()
    var sent = CircularBuffer<PendingCommand>()
    /// Failed attempts and short-lived connections in a row.
    var failures = 0
    var lastFailure: RedisError?
    var hasBeenReady = false
    /// Whether the last greeting agreed on RESP3, which subscriptions need.
    var isRESP3 = false
    /// When a command may begin the next attempt after one that failed.
    var notBefore = NIODeadline.uptimeNanoseconds(0)
    var lastTraffic = NIODeadline.uptimeNanoseconds(0)
    /// When the last blocking command was answered: those behind it could not be answered before.
    var lastUnblocked = NIODeadline.uptimeNanoseconds(0)
    /// When `tick` must be called next.
    var wakeAt = NIODeadline.distantFuture

    init(_ settings: Settings) {
        self.settings = settings
    }

    /// Whether commands can be sent.
    var isReady: Bool {
        if case .ready = phase { true } else { false }
    }

    /// Whether nothing will happen any more.
    var isClosed: Bool {
        if case .closed = phase { true } else { false }
    }

    /// Takes a command to send as soon as possible.
    mutating func enqueue(_ command: PendingCommand, now: NIODeadline) -> Action {
        if drainDeadline != nil || isClosed {
            return .fail(command, .closed(command.command.name, settings.endpoint, mayHaveRun: false))
        }
        var command = command
        command.since = now
        queue.append(command)
        if case .ready = phase { return .write }
        wake(at: now + command.timeout)
        guard case .disconnected = phase else { return .none }
        if notBefore <= now { return startConnecting(now: now) }
        phase = .backingOff(until: notBefore)
        wake(at: notBefore)
        return .none
    }

    /// Puts commands in front of the queue, in their order: the client's own after a greeting.
    mutating func enqueueFirst(_ commands: [PendingCommand], now: NIODeadline) {
        for var command in commands.reversed() {
            command.since = now
            queue.prepend(command)
        }
    }

    /// Wants a connection now, also while waiting between two attempts.
    mutating func demandConnection(now: NIODeadline) -> Action {
        switch phase {
        case .disconnected, .backingOff: startConnecting(now: now)
        case .connecting, .handshaking, .ready, .closed: .none
        }
    }

    /// Moves all queued commands to those that await answers and adds their bytes to `batch`.
    mutating func takeQueued(now: NIODeadline, into batch: inout WriteBatch) -> [Action] {
        guard isReady, !queue.isEmpty else { return [] }
        var refused: [Action] = []
        var shortest = queue[queue.startIndex].timeout
        while var command = queue.popFirst() {
            if command.confirmation != nil, !isRESP3 {
                refused.append(.fail(command, .needsRESP3(command.command.name, settings.endpoint)))
                continue
            }
            batch.add(command.command)
            command.command.dropBody()
            command.since = now
            shortest = min(shortest, command.timeout)
            sent.append(command)
        }
        lastTraffic = now
        wake(at: now + shortest)
        return refused
    }

    /// Takes a command out of the queue; nil when it was sent already, or is over.
    mutating func withdraw(id: UInt64) -> PendingCommand? {
        guard let index = queue.firstIndex(where: { $0.id == id }) else { return nil }
        return queue.remove(at: index)
    }

    /// Makes sure that `tick` is called no later than at `deadline`.
    mutating func wake(at deadline: NIODeadline) {
        if deadline < wakeAt { wakeAt = deadline }
    }

    /// A time in the range that deadlines can hold, ten years at most.
    static func time(_ duration: Duration) -> TimeAmount {
        TimeAmount(min(max(duration, .zero), .seconds(10 * 365 * 86400)))
    }

    /// Begins an attempt to connect.
    mutating func startConnecting(now: NIODeadline) -> Action {
        let deadline = now + settings.connectTimeout
        phase = .connecting(deadline: deadline)
        wake(at: deadline)
        return .connect
    }
}
