import DroverCore
import RedisClient

extension ServerFacts {
    /// Asks a server about itself; a few short commands, that change nothing.
    static func ask(_ client: RedisClient) async throws(StoreError) -> ServerFacts {
        let names = ["maxmemory", "maxmemory-policy", "appendonly", "appendfsync", "save"]
        let answers = await client.send([.make("INFO")] + names.map { .make("CONFIG", "GET", $0) })
        do {
            var settings: [String: String] = [:]
            for (name, answer) in zip(names, answers.dropFirst()) { settings[name] = try setting(answer) }
            return ServerFacts(info: try answers[0].get().text ?? "", settings: settings)
        } catch {
            throw .redis(error, "look at the server \(client.configuration.endpoint)")
        }
    }

    /// What `CONFIG GET` tells; nil where the server refuses to, as many managed servers do.
    private static func setting(_ answer: Result<RESPValue, RedisError>) throws(RedisError) -> String? {
        if case .failure(let error) = answer, error.code == .server { return nil }
        guard let items = try answer.get().items, items.count == 2 else { return nil }
        return items[1].text
    }
}
