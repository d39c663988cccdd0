internal import NIOCore

extension ConnectionMachine {
    /// The socket is open: the greeting begins.
    mutating func channelOpened(now: NIODeadline) -> Action {
        guard case .connecting(let deadline) = phase else { return .none }
        let handshake = Handshake(settings.handshake)
        phase = .handshaking(handshake, deadline: deadline)
        lastTraffic = now
        return .greet(handshake.opening)
    }

    /// The server sent a value.
    mutating func received(_ value: RESPValue, now: NIODeadline, random: @autoclosure () -> Double) -> [Action] {
        guard case .handshaking(var handshake, let deadline) = phase else { return [] }
        if case .push = value { return [] }
        switch handshake.receive(value) {
        case .send(let command):
            phase = .handshaking(handshake, deadline: deadline)
            return [.greet(command)]
        case .done(let greeting):
            phase = .ready(since: now)
            lastTraffic = now
            lastUnblocked = now
            if let idle = settings.idleTimeout { wake(at: now + idle) }
            let isAgain = hasBeenReady
            hasBeenReady = true
            isRESP3 = greeting.isRESP3
            lastFailure = nil
            return [.ready(greeting, isAgain: isAgain), .write]
        case .refused(let refusal):
            let error = RedisError.refused(refusal, settings.endpoint)
            return ended(error, now: now, random: random())
        }
    }

    /// The server sent a value on a connection that is ready; nil when the value answers nothing.
    ///
    /// Push messages never take the place of an answer, but a confirmation that a command waits for.
    mutating func answered(_ value: RESPValue, now: NIODeadline) -> Action? {
        lastTraffic = now
        if case .push(let items) = value {
            guard let confirmation = sent.first?.confirmation, confirmation.matches(items) else { return .push(items) }
        }
        guard let command = sent.popFirst() else { return nil }
        if command.isBlocking {
            // The time of those behind it begins now.
            lastUnblocked = now
            wake(at: now)
        }
        return .answer(command, value)
    }

    /// The attempt failed, the connection ended, or what came over it makes no sense: `error` says which.
    ///
    /// Sent commands fail, because they may have run; queued ones wait for the next connection, unless the server or
    /// we refuse to make one.
    mutating func ended(_ error: RedisError, now: NIODeadline, random: Double) -> [Action] {
        var actions: [Action] = []
        switch phase {
        case .disconnected, .backingOff, .closed: return []
        case .ready(let since):
            if now - since >= Self.time(settings.backoff.maximum) { failures = 0 }
            actions.append(.lost(error))
            while let command = sent.popFirst() {
                actions.append(.fail(command, .lost(command.command.name, settings.endpoint, error)))
            }
        case .connecting, .handshaking: break
        }
        lastFailure = error
        actions.append(.closeChannel)
        let wait = Self.time(settings.backoff.delay(failures: failures, random: random))
        failures += 1
        if !isReady, error.isRefusal {
            while let command = queue.popFirst() {
                actions.append(.fail(command, error))
            }
        }
        let isRetrying = drainDeadline == nil ? hasBeenReady || !queue.isEmpty : !queue.isEmpty
        if !isReady { actions.append(.attemptFailed(error, retry: isRetrying ? wait : nil)) }
        notBefore = now + wait
        if isRetrying {
            phase = .backingOff(until: notBefore)
            wake(at: notBefore)
        } else {
            phase = .disconnected
        }
        return actions + finishIfDrained()
    }

    /// No more commands are taken; those under way may finish until `deadline`.
    mutating func beginClosing(deadline: NIODeadline) -> [Action] {
        if isClosed { return [.closed] }
        drainDeadline = min(deadline, drainDeadline ?? deadline)
        wake(at: deadline)
        return finishIfDrained()
    }

    /// Closes when `close` was called and nothing is under way any more.
    mutating func finishIfDrained() -> [Action] {
        guard drainDeadline != nil, !isClosed, queue.isEmpty, sent.isEmpty else { return [] }
        return closeNow()
    }

    /// Closes whatever is under way.
    mutating func closeNow() -> [Action] {
        var actions: [Action] = []
        while let command = sent.popFirst() {
            actions.append(.fail(command, .closed(command.command.name, settings.endpoint, mayHaveRun: true)))
        }
        while let command = queue.popFirst() {
            actions.append(.fail(command, .closed(command.command.name, settings.endpoint, mayHaveRun: false)))
        }
        phase = .closed
        wakeAt = .distantFuture
        actions.append(.attemptFailed(.closedWhileConnecting(settings.endpoint), retry: nil))
        actions.append(.closeChannel)
        actions.append(.closed)
        return actions
    }
}
