import Logging
import RedisClient
import RedisTesting

extension RedisClient {
    /// A client of a server on this host that connects again soon and logs nothing, changed as told.
    ///
    /// It waits long, so that no test fails because the host is busy; tests of timeouts set their own.
    static func quiet(port: Int, _ change: (inout RedisConfiguration) -> Void) -> RedisClient {
        var configuration = RedisConfiguration(address: .host("127.0.0.1", port: port))
        configuration.reconnect = ReconnectBackoff(base: .milliseconds(1), maximum: .milliseconds(20))
        configuration.connectTimeout = .seconds(60)
        configuration.commandTimeout = .seconds(60)
        change(&configuration)
        return RedisClient(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
}

extension RedisServer {
    /// A client of this server, by default over TCP.
    func client(_ change: (inout RedisConfiguration) -> Void = { _ in }) -> RedisClient {
        .quiet(port: port, change)
    }
}

extension ScriptedServer {
    /// A client of this server.
    func client(_ change: (inout RedisConfiguration) -> Void = { _ in }) -> RedisClient {
        .quiet(port: port, change)
    }
}
