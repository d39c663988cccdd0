public import NIOCore

extension RedisClient {
    /// Listens to a channel, on the same connection as the commands, which needs a server with RESP3 (Redis 6 or later).
    ///
    /// The handlers run on the event loop and must not block. After every reconnection the channel is subscribed
    /// again and `onReconnect` is called, because messages may have been missed. A second call for the same channel
    /// replaces the handlers. Throws as `send(_:timeout:)` does.
    public func subscribe(
        to channel: String, onMessage: @escaping @Sendable (ByteBuffer) -> Void,
        onReconnect: @escaping @Sendable () -> Void
    ) async throws(RedisError) {
        let subscription = Subscription(channel: channel, onMessage: onMessage, onReconnect: onReconnect)
        _ = try await call(
            .make("SUBSCRIBE", channel), timeout: commandTimeout, confirmation: .subscribed(channel: channel)
        ) { .subscription(subscription, $0) }
    }

    /// Stops listening to a channel; no handler of it is called after this ends.
    public func unsubscribe(from channel: String) async {
        let driver = driver
        await withCheckedContinuation { continuation in
            eventLoop.execute {
                driver.value.subscriptions[channel] = nil
                continuation.resume()
            }
        }
        // Nothing is lost when it fails: messages of the channel are dropped, and it isn't subscribed again.
        _ = try? await call(
            .make("UNSUBSCRIBE", channel), timeout: commandTimeout, confirmation: .unsubscribed(channel: channel)
        ) { .one($0) }
    }
}
