import DroverCore
import RedisClient

/// Looks whether a server can keep jobs, before the first of them.
struct ServerCheck: Sendable {
    /// What survives which accident, in words.
    var durability: String

    /// Asks the server.
    ///
    /// - Throws: ``StoreError`` when it is too old, may drop jobs, or does not let its user do what is needed.
    static func run(on client: RedisClient, _ configuration: RedisStoreConfiguration) async throws(StoreError)
        -> ServerCheck
    {
        let facts = try await facts(client, configuration)
        if let problem = facts.problem(allowsEviction: configuration.allowsEviction) {
            throw StoreError(problem.code, "\(configuration.shownAddress): \(problem.text)")
        }
        return ServerCheck(durability: facts.durability)
    }

    /// What the server tells of itself.
    static func facts(
        _ client: RedisClient, _ configuration: RedisStoreConfiguration
    ) async throws(StoreError) -> ServerFacts {
        do {
            let info = try await client.send(.make("INFO")).text ?? ""
            return ServerFacts(info: info, settings: await settings(client))
        } catch {
            throw .redis(error, "look at the server \(configuration.shownAddress)")
        }
    }

    /// What `CONFIG GET` tells; nothing where it is not allowed, as with many managed servers.
    private static func settings(_ client: RedisClient) async -> [String: String] {
        var settings: [String: String] = [:]
        for name in ["maxmemory", "maxmemory-policy", "appendonly", "appendfsync", "save"] {
            // An answer that is refused is one that is unknown: that is told as such.
            guard let items = try? await client.send(.make("CONFIG", "GET", name)).items, items.count == 2 else {
                continue
            }
            settings[name] = items[1].text
        }
        return settings
    }
}
