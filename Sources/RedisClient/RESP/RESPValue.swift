public import NIOCore

/// One value that a Redis server sends, of RESP2 or RESP3 ("RESP3 specification").
///
/// Strings are slices of the received bytes and are decoded only when asked for.
public enum RESPValue: Sendable, Hashable {
    /// No value: RESP3 `_`, RESP2 `$-1` and `*-1`.
    case null
    /// A signed 64-bit number, `:`.
    case integer(Int64)
    /// A simple `+`, bulk `$`, verbatim `=` (without its four-byte format prefix) or big number `(` string.
    case string(ByteBuffer)
    /// An error answer, simple `-` or blob `!`, also as an element of an aggregate.
    case error(RedisServerError)
    /// A floating point number, `,`, infinities and NaN among them.
    case double(Double)
    /// A truth value, `#t` or `#f`.
    case boolean(Bool)
    /// An ordered list, `*`.
    case array([RESPValue])
    /// Keys with values in the order of the server, `%`.
    case map([RESPPair])
    /// A collection without order, `~`, in the order of the server.
    case set([RESPValue])
    /// An out-of-band message, `>`, that answers no command.
    case push([RESPValue])
}

/// One key with its value in a `RESPValue.map` ("RESP3 specification").
public struct RESPPair: Sendable, Hashable {
    /// The key; any kind of value is allowed.
    public var key: RESPValue
    /// What the key stands for.
    public var value: RESPValue

    /// Makes a pair of a key and its value.
    public init(key: RESPValue, value: RESPValue) {
        self.key = key
        self.value = value
    }
}

/// The text with which a server refuses a command, for example `WRONGTYPE Operation against …`.
///
public struct RedisServerError: Sendable, Hashable, Error {
    /// The whole text without the leading `-` and the line end. It may repeat arguments of the command, so it is for
    /// programs and not for people and logs.
    public var text: String

    /// The part of the text that may be shown: where servers repeat arguments, they do it at the end, behind these words.
    public var shownText: String {
        let marks = [", with args", " args beginning with"].compactMap { text.firstRange(of: $0)?.lowerBound }
        return String(text[..<(marks.min() ?? text.endIndex)])
    }

    /// The first word of the text, by convention the kind of error: `ERR`, `NOSCRIPT`, `LOADING`, `OOM`, `READONLY`.
    public var prefix: String {
        guard let end = text.utf8.firstIndex(of: UInt8(ascii: " ")) else { return text }
        return String(text[..<end])
    }

    /// Makes an error of the server's text.
    public init(text: String) {
        self.text = text
    }
}
