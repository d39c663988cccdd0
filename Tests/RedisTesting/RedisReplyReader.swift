import NIOCore

/// Takes replies out of the bytes of a connection, which come in parts of any size.
///
/// What has been read of a list is kept, and not read again with each part that comes: a long list has hundreds of them.
struct RedisReplyReader {
    private var buffer = ByteBuffer()
    /// The lists that are not complete, the outermost first, each with the number of its elements.
    private var lists: [(count: Int, items: [RedisReply])] = []

    /// How many bytes have come of what is not complete, without lists.
    var count: Int { buffer.readableBytes }

    /// Takes in what has come.
    mutating func append(_ part: ByteBuffer) {
        buffer.discardReadBytes()
        buffer.writeImmutableBuffer(part)
    }

    /// The next reply; nil while it is not complete.
    mutating func next() throws -> RedisReply? {
        while let value = try nextValue() {
            if let reply = place(value) { return reply }
        }
        return nil
    }

    /// Puts a value where it belongs. It may complete a list, and that the one around it.
    ///
    /// - Returns: the reply that is complete with it.
    private mutating func place(_ value: RedisReply) -> RedisReply? {
        var value = value
        while !lists.isEmpty {
            let last = lists.count - 1
            lists[last].items.append(value)
            if lists[last].items.count < lists[last].count { return nil }
            value = .list(lists.removeLast().items)
        }
        return value
    }

    /// The next value that has no elements; lists that begin before it are opened. Nil when it is not complete.
    private mutating func nextValue() throws -> RedisReply? {
        while true {
            var rest = buffer
            guard let line = Self.takeLine(&rest) else { return nil }
            let text = String(line.dropFirst())
            var value: RedisReply?
            switch line.first {
            case "+": value = .text(text)
            case "-": value = .refusal(text)
            case ":": value = .number(try Self.number(text))
            case "$":
                let length = try Self.number(text)
                if length < 0 {
                    value = .nothing
                } else {
                    guard rest.readableBytes >= length + 2, let body = rest.readString(length: length) else {
                        return nil
                    }
                    rest.moveReaderIndex(forwardBy: 2)
                    value = .text(body)
                }
            case "*":
                let count = try Self.number(text)
                if count > 0 { lists.append((count, [])) } else { value = count < 0 ? .nothing : .list([]) }
            default: throw RedisServer.Failed("a reply begins with \"\(line)\", which is not RESP2")
            }
            buffer = rest
            if let value { return value }
        }
    }

    private static func takeLine(_ buffer: inout ByteBuffer) -> String? {
        guard let end = buffer.readableBytesView.firstIndex(of: 0x0D), end + 1 < buffer.writerIndex else { return nil }
        let line = buffer.readString(length: end - buffer.readerIndex)
        buffer.moveReaderIndex(forwardBy: 2)
        return line
    }

    private static func number(_ text: String) throws -> Int {
        guard let number = Int(text) else { throw RedisServer.Failed("a reply has no number: \(text)") }
        return number
    }
}
