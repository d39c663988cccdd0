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
