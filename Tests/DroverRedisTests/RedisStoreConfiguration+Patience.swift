import DroverRedis
import RedisClient

extension RedisStoreConfiguration {
    /// A configuration whose calls wait long, so that no test fails because the host is busy.
    static func patient(_ url: String) throws -> RedisStoreConfiguration {
        var configuration = try RedisStoreConfiguration(url: url)
        configuration.server.connectTimeout = .seconds(60)
        configuration.server.commandTimeout = .seconds(60)
        return configuration
    }
}
