internal import NIOCore

extension ConnectionMachine {
    /// Deadlines are looked at no more often than this, so that many of them cost one look.
    private static let granularity = TimeAmount.milliseconds(5)

    /// Does what is due at `now`; to be called at `wakeAt`, or at any other time.
    mutating func tick(now: NIODeadline, random: @autoclosure () -> Double) -> [Action] {
        if isClosed { return [] }
        if let drainDeadline, drainDeadline <= now { return closeNow() }
        var actions = expireQueued(now: now)
        switch phase {
        case .backingOff(let until) where until <= now:
            actions.append(startConnecting(now: now))
        case .connecting(let deadline) where deadline <= now, .handshaking(_, let deadline) where deadline <= now:
            actions += ended(.notInTime(settings.endpoint, settings.connectTimeout), now: now, random: random())
        case .ready:
            if let overdue = takeOverdue(now: now) {
                let error = RedisError.noAnswer(overdue.command.name, settings.endpoint, overdue.timeout)
                actions.append(.fail(overdue, error))
                actions += ended(error, now: now, random: random())
            } else if isIdle(now: now) {
                let ping = PendingCommand(
                    id: 0, command: .make("PING"), timeout: settings.commandTimeout, reply: .nobody)
                actions.append(enqueue(ping, now: now))
            }
        case .disconnected, .backingOff, .connecting, .handshaking, .closed: break
        }
        wakeAt = nextWake(now: now)
        return actions + finishIfDrained()
    }

    /// Takes commands out of the queue that waited too long for a connection.
    private mutating func expireQueued(now: NIODeadline) -> [Action] {
        guard queue.contains(where: { $0.since + $0.timeout <= now }) else { return [] }
        var actions: [Action] = []
        var kept = CircularBuffer<PendingCommand>()
        while let command = queue.popFirst() {
            if command.since + command.timeout <= now {
                let error = RedisError.notSent(
                    command.command.name, settings.endpoint, command.timeout, lastFailure)
                actions.append(.fail(command, error))
            } else {
                kept.append(command)
            }
        }
        queue = kept
        return actions
    }

    /// When a sent command must be answered.
    private func deadline(of command: PendingCommand) -> NIODeadline {
        max(command.since, lastUnblocked) + command.timeout
    }

    /// Takes the first command out of those sent whose answer is overdue.
    ///
    /// Those behind a blocking command can't be answered before it, so their time begins when it is answered.
    private mutating func takeOverdue(now: NIODeadline) -> PendingCommand? {
        var index = sent.startIndex
        while index != sent.endIndex {
            if deadline(of: sent[index]) <= now { return sent.remove(at: index) }
            if sent[index].isBlocking { return nil }
            index = sent.index(after: index)
        }
        return nil
    }

    private func isIdle(now: NIODeadline) -> Bool {
        guard let idle = settings.idleTimeout, sent.isEmpty, queue.isEmpty, drainDeadline == nil else { return false }
        return lastTraffic + idle <= now
    }

    /// The earliest time at which something may be due.
    private func nextWake(now: NIODeadline) -> NIODeadline {
        var next = NIODeadline.distantFuture
        for command in queue {
            next = min(next, command.since + command.timeout)
        }
        for command in sent {
            next = min(next, deadline(of: command))
            if command.isBlocking { break }
        }
        if isReady, let idle = settings.idleTimeout { next = min(next, (sent.isEmpty ? lastTraffic : now) + idle) }
        next = max(next, now + Self.granularity)
        switch phase {
        case .backingOff(let until): next = min(next, until)
        case .connecting(let deadline), .handshaking(_, let deadline): next = min(next, deadline)
        case .disconnected, .ready, .closed: break
        }
        if let drainDeadline { next = min(next, drainDeadline) }
        return next
    }
}
