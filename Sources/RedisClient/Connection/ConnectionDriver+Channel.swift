internal import Logging
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

extension ConnectionDriver {
    /// Begins an attempt to connect.
    func openChannel() {
        attempt += 1
        let attempt = attempt
        logger.debug("Connecting", metadata: ["redis": "\(endpoint)", "attempt": "\(attempt)"])
        guard let tls else {
            openChannel(attempt: attempt, context: nil)
            return
        }
        // Certificate files are read off the event loop.
        NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { tls.load() }
            .assumeIsolated().whenComplete { result in
                guard attempt == self.attempt else { return }
                switch result {
                case .success(.success(let context)): self.openChannel(attempt: attempt, context: context)
                case .success(.failure(let error)): self.attemptEnded(error)
                case .failure(let error): self.attemptEnded(self.connectError(error))
                }
            }
    }

    private func openChannel(attempt: Int, context: NIOSSLContext?) {
        let driver = NIOLoopBound(self, eventLoop: eventLoop)
        let serverName = tls?.serverName(for: configuration.address)
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(machine.settings.connectTimeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let driver = driver.value
                    guard driver.attempt == attempt else { throw CancellationError() }
                    let pipeline = channel.pipeline.syncOperations
                    if let context {
                        try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: serverName))
                    }
                    try pipeline.addHandler(RedisChannelHandler(attempt: attempt, driver: driver))
                    driver.channels.append(channel)
                }
            }
        let opening =
            switch configuration.address {
            case .host(let host, let port):
                bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1)
                    .channelOption(.socketOption(.so_keepalive), value: 1).connect(host: host, port: port)
            case .unixSocket(let path): bootstrap.connect(unixDomainSocketPath: path)
            }
        opening.assumeIsolated().whenFailure { error in
            guard attempt == self.attempt else { return }
            self.attemptEnded(self.connectError(error))
        }
    }

    /// Whether a handler belongs to the connection in use.
    func isCurrent(_ handler: RedisChannelHandler) -> Bool {
        handler === self.handler
    }

    /// A channel of an attempt is open.
    func channelOpened(_ handler: RedisChannelHandler, _ channel: any Channel) {
        guard handler.attempt == attempt, self.handler == nil else {
            handler.close()
            return
        }
        self.handler = handler
        apply([machine.channelOpened(now: .now())])
    }

    /// A value arrived on the connection in use.
    func received(_ value: RESPValue, now: NIODeadline) {
        guard machine.isReady else {
            apply(machine.received(value, now: now, random: Double.random(in: 0..<1)))
            return
        }
        switch machine.answered(value, now: now) {
        case .answer(let command, let value)?: answer(command, value)
        case .push(let items)?: push(items)
        case nil:
            let error = RedisError(
                .protocolViolation,
                "\(endpoint) sent an answer to no command; check that it is a Redis server and no proxy is at fault.")
            apply(machine.ended(error, now: now, random: Double.random(in: 0..<1)))
        default: break
        }
    }

    /// All values that arrived together were handed over.
    func receivedAll(now: NIODeadline) {
        if machine.drainDeadline != nil { apply(machine.finishIfDrained()) }
        rearm()
    }

    /// What arrived is not RESP.
    func violated(_ handler: RedisChannelHandler, _ error: RESPParseError) {
        guard isCurrent(handler) else { return }
        let error = RedisError(
            .protocolViolation,
            "\(endpoint) sent what is not RESP (\(error)); check that it is a Redis server and that both sides use TLS "
                + "or neither does.",
            cause: error)
        apply(machine.ended(error, now: .now(), random: Double.random(in: 0..<1)))
    }

    /// The channel of a handler ended.
    func channelClosed(_ handler: RedisChannelHandler, cause: (any Error)?) {
        guard isCurrent(handler) else { return }
        attemptEnded(channelError(cause))
    }

    private func attemptEnded(_ error: RedisError) {
        if error.code == .tls { tls?.forget() }
        apply(machine.ended(error, now: .now(), random: Double.random(in: 0..<1)))
    }

    /// Closes the channels of the present attempt and pays no more attention to them.
    func closeChannel() {
        attempt += 1
        handler = nil
        mailbox.status.withLock { $0.connectionID = nil }
        for channel in channels {
            channel.close(promise: nil)
        }
        if !machine.isClosed { channels = [] }
    }
}
