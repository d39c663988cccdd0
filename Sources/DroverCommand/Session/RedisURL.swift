import DroverCore
import DroverRedis

/// The URL of a Redis server, which may hold a password and so is never shown as it is.
struct RedisURL: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    private let text: String
    /// Scheme, host, port, database and prefix.
    let description: String

    /// Reads a URL.
    ///
    /// - Throws: ``CommandFailure`` that says what is wrong with it, without its user and password.
    init(_ text: String) throws(CommandFailure) {
        self.text = text
        description = try Self.read(text).description
    }

    /// A dump of the value shows what may be shown.
    var customMirror: Mirror { Mirror(self, children: ["description": description]) }

    /// How the store uses the server.
    ///
    /// - Parameter looksOnce: for a command that asks once, and must not call a queue unknown because the server has many
    ///   keys; one that goes on finds queues step by step.
    func configuration(looksOnce: Bool) throws(CommandFailure) -> RedisStoreConfiguration {
        var configuration = try Self.read(text)
        if looksOnce { configuration.discoverySteps = .max }
        return configuration
    }

    private static func read(_ text: String) throws(CommandFailure) -> RedisStoreConfiguration {
        do { return try RedisStoreConfiguration(url: text) } catch { throw .usage(error.message) }
    }
}
