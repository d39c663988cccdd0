import Foundation

extension RedisServer {
    /// Where a store finds it: `redis://127.0.0.1:PORT/0?prefix=P`.
    ///
    /// - Parameter prefix: of the keys; nil for none in the address.
    package func url(prefix: String? = nil) -> String {
        var url = URLComponents()
        url.scheme = "redis"
        url.host = "127.0.0.1"
        url.port = port
        url.path = "/0"
        url.queryItems = prefix.map { [URLQueryItem(name: "prefix", value: $0)] }
        return url.string ?? ""
    }

    /// Gives a command over a connection of its own, for set-up and inspection: `try await server.command("INFO")`.
    ///
    /// - Returns: the answer; elements of lists each on a line, without their nesting, and empty text for nothing.
    /// - Throws: ``Failed`` with what the server says when it refuses.
    @discardableResult
    package func command(_ words: String...) async throws -> String { try await command(words) }

    /// Gives a command whose words are in a list.
    ///
    /// - Parameter timeout: how long to wait for the answer.
    @discardableResult
    package func command(_ words: [String], timeout: Duration = .seconds(300)) async throws -> String {
        let replies = try await RedisExchange.send(
            [["AUTH", Self.setUpUser, "any"], words], toPort: port, timeout: timeout)
        for case .refusal(let text) in replies { throw Failed("\(words.first ?? ""): \(text)") }
        return replies.last?.lines.joined(separator: "\n") ?? ""
    }

    /// Has the append-only file written anew when its last write was cut.
    ///
    /// What a script changes stands there between MULTI and EXEC. If the end is missing, the server takes back the whole and
    /// goes on, but may leave the MULTI in the file and write on behind it: its next start would then run the first part
    /// after all, between what came later (https://github.com/valkey-io/valkey/pull/4342).
    func dropCutTransaction() async throws {
        guard log.contains(where: { $0.contains("short read while loading the AOF") }) else { return }
        try await command("BGREWRITEAOF")
        for _ in 0..<10_000 {
            let facts = try await command("INFO", "persistence")
            if facts.contains("aof_rewrite_in_progress:0"), facts.contains("aof_rewrite_scheduled:0") { return }
        }
        throw Failed("the Redis server on port \(port) did not end writing its append-only file anew")
    }

    /// Deletes the keys of a prefix: those that begin with it and a colon.
    package func flush(prefix: String) async throws {
        let pattern = Self.escaped(prefix) + ":*"
        let script = """
            local cursor = '0'
            repeat
                local page = redis.call('SCAN', cursor, 'MATCH', ARGV[1], 'COUNT', 1000)
                cursor = page[1]
                for _, key in ipairs(page[2]) do redis.call('UNLINK', key) end
            until cursor == '0'
            """
        try await command("EVAL", script, "0", pattern)
    }

    /// Lets the time pass for which deduplication ids under a prefix are held, and after which windows of rates are over: the
    /// server's own clock tells it, which no test moves.
    package func pass(_ span: Duration, forTimedKeysUnder prefix: String) async throws {
        let script = """
            local cursor = '0'
            repeat
                local page = redis.call('SCAN', cursor, 'MATCH', ARGV[1], 'COUNT', 1000)
                cursor = page[1]
                for _, key in ipairs(page[2]) do
                    local left = -1
                    if string.find(key, ':de:', 1, true) or string.find(key, ':limiter$') then
                        left = redis.call('PTTL', key)
                    end
                    if left >= 0 then redis.call('PEXPIRE', key, left - ARGV[2]) end
                end
            until cursor == '0'
            """
        let milliseconds = Int64(span / .milliseconds(1))
        try await command("EVAL", script, "0", Self.escaped(prefix) + ":*", String(milliseconds))
    }

    /// A text as a pattern that matches it alone.
    private static func escaped(_ text: String) -> String {
        text.map { #"*?[]\^-"#.contains($0) ? "\\\($0)" : String($0) }.joined()
    }
}
