import NIOCore

/// What a Redis server answers, in the second version of its protocol.
enum RedisReply: Sendable, Hashable {
    case text(String)
    case number(Int)
    case refusal(String)
    case list([RedisReply])
    case nothing

    /// It as lines: those of a list one after the other, without its nesting.
    var lines: [String] {
        switch self {
        case .text(let text), .refusal(let text): [text]
        case .number(let number): [String(number)]
        case .list(let items): items.flatMap(\.lines)
        case .nothing: [""]
        }
    }

    /// Takes the first reply out of a buffer; nil, and nothing is taken, when it is not complete.
    static func take(from buffer: inout ByteBuffer) throws -> RedisReply? {
        var rest = buffer
        guard let reply = try parse(&rest) else { return nil }
        buffer = rest
        return reply
    }

    private static func parse(_ buffer: inout ByteBuffer) throws -> RedisReply? {
        guard let line = takeLine(&buffer), let kind = line.first else { return nil }
        let text = String(line.dropFirst())
        switch kind {
        case "+": return .text(text)
        case "-": return .refusal(text)
        case ":": return .number(try number(text))
        case "$":
            let length = try number(text)
            if length < 0 { return .nothing }
            guard buffer.readableBytes >= length + 2, let body = buffer.readString(length: length) else { return nil }
            buffer.moveReaderIndex(forwardBy: 2)
            return .text(body)
        case "*":
            let count = try number(text)
            if count < 0 { return .nothing }
            var items: [RedisReply] = []
            while items.count < count {
                guard let item = try parse(&buffer) else { return nil }
                items.append(item)
            }
            return .list(items)
        default: throw RedisServer.Failed("a reply begins with \(kind), which is not RESP2")
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
