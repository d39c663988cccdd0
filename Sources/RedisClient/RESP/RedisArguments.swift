public import NIOCore

/// Arguments for a script, written as RESP when they are added ("RESP3 specification"); in Lua they are `ARGV`.
public struct RedisArguments: Sendable {
    /// How many arguments were added.
    public private(set) var count = 0

    /// The arguments as bulk strings.
    private(set) var body: ByteBuffer

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

    /// Adds an argument of any bytes: the readable ones of the buffer.
    public mutating func append(_ bytes: ByteBuffer) {
        RESPWriter.writeBulk(bytes, to: &body)
        count += 1
    }
}
