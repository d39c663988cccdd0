import NIOCore

@testable import RedisClient

extension RESPValue {
    /// A string value.
    static func text(_ text: String) -> RESPValue {
        .string(ByteBuffer(string: text))
    }
}

/// A connection machine with a clock that the test sets, whose actions are shown as text. The random number is 0.5.
struct MachineRig {
    var machine: ConnectionMachine
    var now = NIODeadline.uptimeNanoseconds(1_000_000_000)
    var lastError: RedisError?

    init(idle: TimeAmount? = nil) {
        machine = ConnectionMachine(ConnectionMachine.Settings(endpoint: "test:1", idleTimeout: idle))
    }

    /// One that is connected by RESP3.
    static func ready(idle: TimeAmount? = nil) -> MachineRig {
        var rig = MachineRig(idle: idle)
        _ = rig.machine.demandConnection(now: rig.now)
        rig.greet()
        return rig
    }

    mutating func greet() {
        _ = opened()
        _ = received(.map([]))
        _ = received(.integer(5))
    }

    mutating func enqueue(
        _ id: UInt64, timeout: TimeAmount = .seconds(5), isBlocking: Bool = false,
        confirmation: PendingCommand.Confirmation? = nil
    ) -> String {
        let command = PendingCommand(
            id: id, command: .make("CMD\(id)"), timeout: timeout, isBlocking: isBlocking, confirmation: confirmation,
            reply: .nobody)
        return show(machine.enqueue(command, now: now))
    }

    /// The names of the commands that are sent now, and the actions that come with it.
    mutating func take() -> String {
        var batch = WriteBatch()
        let actions = machine.takeQueued(now: now, into: &batch)
        let names = String(buffer: batch.tail).split(separator: "\r\n").filter { $0.first != "*" && $0.first != "$" }
        return (names.map(String.init) + actions.map { show($0) }).joined(separator: " ")
    }

    mutating func opened() -> String {
        show(machine.channelOpened(now: now))
    }

    mutating func received(_ value: RESPValue) -> String {
        show(machine.received(value, now: now, random: 0.5))
    }

    mutating func answered(_ value: RESPValue) -> String {
        machine.answered(value, now: now).map { show($0) } ?? "violation"
    }

    mutating func ended() -> String {
        show(machine.ended(RedisError(.connect, "test-made loss"), now: now, random: 0.5))
    }

    mutating func tick() -> String {
        show(machine.tick(now: now, random: 0.5))
    }

    mutating func close(grace: TimeAmount) -> String {
        show(machine.beginClosing(deadline: now + grace))
    }

    mutating func show(_ actions: [ConnectionMachine.Action]) -> String {
        actions.map { show($0) }.joined(separator: ", ")
    }

    mutating func show(_ action: ConnectionMachine.Action) -> String {
        switch action {
        case .none: return "none"
        case .connect: return "connect"
        case .greet(let command): return "greet \(command.name)"
        case .write: return "write"
        case .answer(let command, _): return "answer \(command.id)"
        case .fail(let command, let error):
            lastError = error
            return "fail \(command.id) \(error.code)" + (error.mayHaveRun ? " mayHaveRun" : "")
        case .push: return "push"
        case .ready(let greeting, let isAgain):
            return "ready \(greeting.isRESP3 ? 3 : 2) \(greeting.clientID ?? -1) \(isAgain ? "again" : "first")"
        case .attemptFailed(let error, let retry):
            return "attemptFailed \(error.code)" + (retry.map { " retry \($0.nanoseconds / 1_000_000)" } ?? "")
        case .lost: return "lost"
        case .closeChannel: return "closeChannel"
        case .closed: return "closed"
        }
    }
}
