package import DroverCore
import RedisClient

extension RedisStore {
    /// The server's present instant, which is the store's clock.
    package func serverTime() async throws(StoreError) -> Timestamp {
        if let clock = configuration.clock { return clock.now }
        let items = try await send(.make("TIME"), "ask the server for its time").items ?? []
        let parts = items.compactMap { $0.text.flatMap { Int64($0) } }
        guard parts.count == 2 else { throw StoreError(.unreachable, "the server did not tell its time") }
        return Timestamp(milliseconds: parts[0] * 1000 + parts[1] / 1000)
    }
}
