public import NIOCore

/// One command, written as RESP when it is made, on the caller's thread ("RESP3 specification").
public struct RedisCommand: Sendable {
    /// The first word, which is what may be told to people; arguments never are.
    public let name: String

    /// The words in the command, its name among them.
    public private(set) var count: Int

    /// The words as bulk strings, without the line that announces how many they are.
    private(set) var body: ByteBuffer

    /// Makes a command of one word, the name; `capacity` is a guess of its bytes with all arguments.
    public init(_ name: String, capacity: Int = 256) {
        self.name = name
        self.count = 1
        self.body = ByteBufferAllocator().buffer(capacity: capacity)
        RESPWriter.writeBulk(name, to: &body)
    }

    /// Makes a command of whole words, for example `.make("GET", "k")`; without any it is an empty name that every
    /// server refuses.
    public static func make(_ words: String...) -> RedisCommand {
        let capacity = words.reduce(0) { $0 + RESPWriter.bulkSize($1.utf8.count) }
        var command = RedisCommand(words.first ?? "", capacity: capacity)
        for word in words.dropFirst() {
            command.append(word)
        }
        return command
    }

    /// Adds an argument of text, sent as UTF-8.
    public mutating func append(_ text: String) {
        RESPWriter.writeBulk(text, to: &body)
        count += 1
    }

    /// Adds an argument that is a number, sent in decimal.
    public mutating func append(_ number: Int64) {
        RESPWriter.writeBulk(number, to: &body)
        count += 1
    }

    /// Adds an argument that is a number, sent in decimal.
    public mutating func append(_ number: Int) {
        append(Int64(number))
    }

    /// Adds an argument of any bytes: the readable ones of the buffer.
    public mutating func append(_ bytes: ByteBuffer) {
        RESPWriter.writeBulk(bytes, to: &body)
        count += 1
    }

    /// Adds arguments that are written already, in their order.
    public mutating func append(_ arguments: RedisArguments) {
        body.writeImmutableBuffer(arguments.body)
        count += arguments.count
    }

    /// Whether the server gives other than one answer to it, or answers later commands in another way.
    var changesProtocol: Bool {
        // Scripts, which are most of what is sent, begin with another letter and cost no comparison.
        switch name.utf8.first.map({ $0 | 0x20 }) {
        case UInt8(ascii: "h"), UInt8(ascii: "r"), UInt8(ascii: "m"), UInt8(ascii: "s"), UInt8(ascii: "p"),
            UInt8(ascii: "u"):
            switch name.uppercased() {
            case "HELLO", "RESET", "MONITOR", "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE",
                "SUNSUBSCRIBE":
                true
            default: false
            }
        default: false
        }
    }

    /// Lets go of the bytes, which a sent command doesn't need any more.
    mutating func dropBody() {
        body = ByteBuffer()
    }
}

/// Arguments for a script, written as RESP when they are added ("RESP3 specification"); in Lua they are `ARGV`.
public struct RedisArguments: Sendable {
    /// How many arguments were added.
    public private(set) var count = 0

    /// The arguments as bulk strings.
    private(set) var body: ByteBuffer

    /// How many bytes they take on the wire.
    public var byteCount: Int { body.readableBytes }

    /// Makes an empty list; `capacity` is a guess of the bytes that will be added.
    public init(capacity: Int = 0) {
        body = capacity > 0 ? ByteBufferAllocator().buffer(capacity: capacity) : ByteBuffer()
    }

    /// Adds an argument of text, sent as UTF-8.
    public mutating func append(_ text: String) {
        RESPWriter.writeBulk(text, to: &body)
        count += 1
    }

    /// Adds an argument that is a number, sent in decimal.
    public mutating func append(_ number: Int64) {
        RESPWriter.writeBulk(number, to: &body)
        count += 1
    }

    /// Adds an argument that is a number, sent in decimal.
    public mutating func append(_ number: Int) {
        append(Int64(number))
    }

    /// Adds the arguments of another list, in their order.
    public mutating func append(_ arguments: RedisArguments) {
        body.writeImmutableBuffer(arguments.body)
        count += arguments.count
    }

    /// Adds an argument of any bytes: the readable ones of the buffer.
    public mutating func append(_ bytes: ByteBuffer) {
        RESPWriter.writeBulk(bytes, to: &body)
        count += 1
    }
}
