import DroverCore
import DroverRedis

extension JobStore {
    /// The present instant of the store's clock, with which its instants are compared.
    ///
    /// - Parameter host: this host's clock, by which every store goes but one on a server.
    /// - Throws: `StoreError` when the server can't be asked.
    func now(_ host: any WallClock) async throws(StoreError) -> Timestamp {
        guard let store = self as? RedisStore else { return host.now }
        return try await store.serverTime()
    }
}
