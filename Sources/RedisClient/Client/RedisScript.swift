internal import NIOCore

/// A Lua script that the server runs as one step, called by its SHA-1 and loaded when the server doesn't have it.
public struct RedisScript: Sendable, Hashable {
    /// What messages call it.
    public let name: String
    /// The Lua text.
    public let source: String
    /// The SHA-1 of the text in lowercase hexadecimal, by which the server knows it ("Redis documentation, EVALSHA").
    public let sha: String

    /// Makes a script of its text and the text's SHA-1, which whoever embeds the text computes; a wrong one makes
    /// every call fail with `.invalid`.
    public init(name: String, source: String, sha: String) {
        self.name = name
        self.source = source
        self.sha = sha.lowercased()
    }
}

extension RedisClient {
    /// Runs a script by its SHA-1; when the server doesn't have it, the script is loaded and run once more, and by its
    /// text when it was removed in between.
    ///
    /// `keys` are `KEYS` in Lua and `arguments` are `ARGV`. Throws as `send(_:timeout:)` does, and `.invalid` when the
    /// server finds another SHA-1 for the text than the script says.
    public func evaluate(
        _ script: RedisScript, keys: [String], arguments: RedisArguments
    ) async throws(RedisError) -> RESPValue {
        let command = Self.evaluation("EVALSHA", script.sha, keys: keys, arguments: arguments)
        do throws(RedisError) {
            return try await send(command)
        } catch {
            guard error.server?.prefix == "NOSCRIPT" else { throw error }
        }
        // Together, so that nobody's SCRIPT FLUSH on this connection comes between.
        let results = await send([.make("SCRIPT", "LOAD", script.source), command])
        guard results.count == 2 else {
            throw RedisError(.invalid, "Running script '\(script.name)' on \(endpoint) gave no results; report this.")
        }
        let sha = try results[0].get().text
        guard sha == script.sha else {
            throw RedisError(
                .invalid,
                "Script '\(script.name)' has another SHA-1 on \(endpoint) than the one it was embedded with: the "
                    + "embedded scripts are stale. Generate them again and build.")
        }
        do throws(RedisError) {
            return try results[1].get()
        } catch {
            guard error.server?.prefix == "NOSCRIPT" else { throw error }
        }
        // Another client's came between, as the server read the two in portions: the text itself can't be removed.
        return try await send(Self.evaluation("EVAL", script.source, keys: keys, arguments: arguments))
    }

    private static func evaluation(
        _ name: String, _ script: String, keys: [String], arguments: RedisArguments
    ) -> RedisCommand {
        let size = keys.reduce(96 + script.utf8.count) { $0 + RESPWriter.bulkSize($1.utf8.count) }
        var command = RedisCommand(name, capacity: size + arguments.body.readableBytes)
        command.append(script)
        command.append(keys.count)
        for key in keys {
            command.append(key)
        }
        command.append(arguments)
        return command
    }
}
