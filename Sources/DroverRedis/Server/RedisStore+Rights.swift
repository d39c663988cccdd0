import DroverCore
import RedisClient

extension RedisStore {
    /// Looks whether the server's user may use the keys of the prefix, by asking for two of them that all queues share.
    ///
    /// Channels are not asked for here: who only adds or looks needs none. A worker meets what it may not use in the first
    /// call that waits for work, and ends.
    ///
    /// - Throws: ``StoreError``: `incompatible` when it may not, in words that name the prefix.
    func checkRights() async throws(StoreError) {
        do {
            _ = try await client.send(.make("EXISTS", keys.queues, keys.workers))
        } catch {
            let trouble = StoreError.redis(error, "use the keys of the prefix \(keys.prefix)")
            guard trouble.code == .incompatible, !Self.isElsewhere(error) else { throw trouble }
            let begin = ValidationError.quote(keys.prefix + ":")
            throw StoreError(
                trouble.code,
                "\(configuration.server.endpoint): \(trouble.message) for keys and channels that begin with \(begin), or "
                    + "name the prefix that the user may use (prefix= in the URL)", cause: error)
        }
    }

    /// Whether another server of the cluster has the key of a command.
    private static func isElsewhere(_ error: RedisError) -> Bool {
        error.server?.prefix == "MOVED"
    }
}
