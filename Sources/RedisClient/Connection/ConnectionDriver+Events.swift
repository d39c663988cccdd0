internal import Logging
internal import NIOCore
internal import Synchronization

extension ConnectionDriver {
    /// The greeting is over.
    func becameReady(_ greeting: Handshake.Greeting, isAgain: Bool) {
        mailbox.status.withLock { status in
            status.connectionID = greeting.clientID
            status.statistics.connections += 1
        }
        let metadata: Logger.Metadata = [
            "redis": "\(endpoint)", "protocol": greeting.isRESP3 ? "RESP3" : "RESP2",
        ]
        if isAgain {
            logger.info("Connected again", metadata: metadata)
        } else {
            logger.debug("Connected", metadata: metadata)
        }
        hasWarned = false
        machine.enqueueFirst(resubscriptions(), now: .now())
        resumeWaiters(.success(()))
    }

    /// An attempt to connect came to nothing.
    func attemptFailed(_ error: RedisError, retry: TimeAmount?) {
        resumeWaiters(.failure(error))
        guard !machine.isClosed else { return }
        var metadata: Logger.Metadata = ["redis": "\(endpoint)", "error": "\(error.message)"]
        if let retry { metadata["retryAfter"] = "\(Duration.nanoseconds(retry.nanoseconds))" }
        if hasWarned {
            logger.debug("Connecting failed", metadata: metadata)
        } else {
            hasWarned = true
            logger.warning("Connecting failed", metadata: metadata)
        }
    }

    /// The connection ended.
    func lost(_ error: RedisError) {
        hasWarned = true
        logger.warning("Connection lost", metadata: ["redis": "\(endpoint)", "error": "\(error.message)"])
    }

    /// Everything is over: those who wait for that are told when the socket is closed.
    func closed() {
        cancelTimer()
        subscriptions = [:]
        mailbox.status.withLock { $0.isOver = true }
        let ending = ending ?? EventLoopFuture.andAllComplete(channels.map(\.closeFuture), on: eventLoop)
        self.ending = ending
        channels = []
        let closers = closers
        self.closers = []
        ending.whenComplete { _ in
            for closer in closers {
                closer.resume()
            }
        }
    }

    /// Wants a connection now, and tells `waiter` when there is one or the attempt failed.
    func connect(id: UInt64, _ waiter: CheckedContinuation<Result<Void, RedisError>, Never>) {
        if machine.isReady {
            waiter.resume(returning: .success(()))
        } else if machine.isClosed || machine.drainDeadline != nil {
            waiter.resume(returning: .failure(.closedWhileConnecting(endpoint)))
        } else {
            waiters[id] = waiter
            apply([machine.demandConnection(now: .now())])
        }
    }

    /// Ends the waiting of one whose task was cancelled.
    func stopWaiting(id: UInt64) {
        let error = RedisError(
            .cancelled, "Connecting to \(endpoint) was cancelled; the client goes on as if it hadn't been called.")
        waiters.removeValue(forKey: id)?.resume(returning: .failure(error))
    }

    /// Withdraws commands that were not sent yet; the others get their answers.
    func withdraw(ids: Range<UInt64>) {
        for id in ids {
            guard let command = machine.withdraw(id: id) else { continue }
            mailbox.deliver(.failure(.cancelled(command.command.name, endpoint)), of: command)
        }
        if machine.drainDeadline != nil { apply(machine.finishIfDrained()) }
    }

    /// Takes no more commands, lets those under way finish until `grace` is over, and then closes.
    func close(grace: TimeAmount, _ closer: CheckedContinuation<Void, Never>?) {
        if let closer { closers.append(closer) }
        apply(machine.beginClosing(deadline: .now() + grace))
    }

    private func resumeWaiters(_ result: Result<Void, RedisError>) {
        let waiting = waiters.values
        waiters = [:]
        for waiter in waiting {
            waiter.resume(returning: result)
        }
    }
}

extension ConnectionDriver {
    /// A subscription or its end that the server confirmed.
    func confirmed(_ command: PendingCommand) {
        switch command.reply {
        case .subscription(let subscription, _): subscriptions[subscription.channel] = subscription
        case .resubscription(let subscription): subscription.onReconnect()
        case .one, .part, .nobody: break
        }
    }

    /// A message came that answers no command.
    func push(_ items: [RESPValue]) {
        guard items.count == 3, items[0].text == "message", let channel = items[1].text,
            case .string(let message) = items[2]
        else { return }
        subscriptions[channel]?.onMessage(message)
    }

    private func resubscriptions() -> [PendingCommand] {
        guard machine.isRESP3 else { return [] }
        return subscriptions.values.map { subscription in
            PendingCommand(
                id: 0, command: .make("SUBSCRIBE", subscription.channel), timeout: machine.settings.commandTimeout,
                confirmation: .subscribed(channel: subscription.channel), reply: .resubscription(subscription))
        }
    }
}
