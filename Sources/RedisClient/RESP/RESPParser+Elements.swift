internal import NIOCore

extension RESPParser {
    /// What the front of the buffer holds of a line.
    enum Line {
        /// No line end among the first `seen` bytes.
        case incomplete(seen: Int)
        case refused(RESPParseError)
        /// A line of `length` bytes between its kind and its line end, with the number it spells where one is due.
        case whole(kind: UInt8, length: Int, number: Int64?)
        /// The line of a bulk string with all of it behind: its `length` bytes begin at `start`.
        case bulk(start: Int, length: Int)
    }

    /// Looks for the end of the line at the front, from where the last look ended.
    static func line(_ bytes: UnsafeRawBufferPointer, from seen: Int, limits: Limits) -> Line {
        guard let kind = bytes.first else { return .incomplete(seen: 0) }
        if seen == 0, !isKind(kind) { return .refused(.unknownKind(kind)) }
        var index = max(seen, 1)
        while index < bytes.count, bytes[index] != UInt8(ascii: "\r"), bytes[index] != UInt8(ascii: "\n") {
            index += 1
        }
        guard index - 1 <= limits.line else { return .refused(.lineTooLong) }
        guard index < bytes.count else { return .incomplete(seen: index) }
        guard bytes[index] == UInt8(ascii: "\r") else { return .refused(.missingLineEnd) }
        guard index + 1 < bytes.count else { return .incomplete(seen: index) }
        guard bytes[index + 1] == UInt8(ascii: "\n") else { return .refused(.missingLineEnd) }
        guard hasNumber(kind) else { return .whole(kind: kind, length: index - 1, number: nil) }
        let number = DecimalText.integer(UnsafeRawBufferPointer(rebasing: bytes[1..<index]))
        let start = index + 2
        if kind == UInt8(ascii: "$"), let number, number >= 0, number <= limits.bulk, number <= bytes.count - start - 2
        {
            let end = start + Int(number)
            if bytes[end] == UInt8(ascii: "\r"), bytes[end + 1] == UInt8(ascii: "\n") {
                return .bulk(start: start, length: Int(number))
            }
        }
        if number == nil, kind != UInt8(ascii: ":"), index == 2, bytes[1] == UInt8(ascii: "?") {
            return .refused(.streamed)
        }
        return .whole(kind: kind, length: index - 1, number: number)
    }

    private static func isKind(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "#"), UInt8(ascii: ","),
            UInt8(ascii: "("):
            true
        default: hasNumber(byte)
        }
    }

    private static func hasNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ":"), UInt8(ascii: "$"), UInt8(ascii: "*"), UInt8(ascii: "%"), UInt8(ascii: "~"),
            UInt8(ascii: ">"), UInt8(ascii: "|"), UInt8(ascii: "!"), UInt8(ascii: "="):
            true
        default: false
        }
    }

    /// Consumes a whole line and gives what it stands for.
    mutating func element(kind: UInt8, length: Int, number: Int64?) throws(RESPParseError) -> Step {
        switch kind {
        case UInt8(ascii: "+"):
            let text = take(skipping: 1, length: length)
            return .value(.string(text))
        case UInt8(ascii: "-"):
            return .value(.error(RedisServerError(text: String(buffer: take(skipping: 1, length: length)))))
        case UInt8(ascii: ":"):
            guard let number else { throw .malformedNumber }
            buffer.moveReaderIndex(forwardBy: length + 3)
            return .value(.integer(number))
        case UInt8(ascii: "$"), UInt8(ascii: "!"), UInt8(ascii: "="):
            buffer.moveReaderIndex(forwardBy: length + 3)
            return try openBulk(kind: kind, announced: number)
        case UInt8(ascii: "_"), UInt8(ascii: "#"), UInt8(ascii: ","), UInt8(ascii: "("):
            return try .value(scalar(kind: kind, length: length))
        default:
            buffer.moveReaderIndex(forwardBy: length + 3)
            return try open(kind: kind, announced: number)
        }
    }

    private mutating func scalar(kind: UInt8, length: Int) throws(RESPParseError) -> RESPValue {
        let text = take(skipping: 1, length: length)
        switch kind {
        case UInt8(ascii: "_"):
            guard length == 0 else { throw .malformedNumber }
            return .null
        case UInt8(ascii: "#"):
            let letter = text.getInteger(at: text.readerIndex, as: UInt8.self)
            guard length == 1, letter == UInt8(ascii: "t") || letter == UInt8(ascii: "f") else {
                throw .malformedNumber
            }
            return .boolean(letter == UInt8(ascii: "t"))
        case UInt8(ascii: ","):
            guard let number = text.withUnsafeReadableBytes({ DecimalText.double($0) }) else { throw .malformedNumber }
            return .double(number)
        default:
            guard text.withUnsafeReadableBytes({ DecimalText.isWholeNumber($0) }) else { throw .malformedNumber }
            return .string(text)
        }
    }

    private mutating func openBulk(kind: UInt8, announced: Int64?) throws(RESPParseError) -> Step {
        guard let announced else { throw .malformedNumber }
        if announced == -1, kind == UInt8(ascii: "$") { return .value(.null) }
        guard announced >= 0 else { throw .malformedNumber }
        guard announced <= limits.bulk else { throw .bulkTooLong }
        guard kind != UInt8(ascii: "=") || announced >= 4 else { throw .malformedVerbatim }
        let opened = Bulk(kind: kind, length: Int(announced))
        openBulk = opened
        return try bulk(opened)
    }

    /// Gives the string at the front once all its bytes and its line end are there.
    mutating func bulk(_ opened: Bulk) throws(RESPParseError) -> Step {
        guard buffer.readableBytes >= opened.length + 2 else { return .incomplete }
        let end = buffer.getInteger(at: buffer.readerIndex + opened.length, as: UInt16.self)
        guard end == 0x0D0A else { throw .missingLineEnd }
        openBulk = nil
        var bytes = take(skipping: 0, length: opened.length)
        switch opened.kind {
        case UInt8(ascii: "!"):
            return .value(.error(RedisServerError(text: String(buffer: bytes))))
        case UInt8(ascii: "="):
            guard bytes.getInteger(at: bytes.readerIndex + 3, as: UInt8.self) == UInt8(ascii: ":") else {
                throw .malformedVerbatim
            }
            bytes.moveReaderIndex(forwardBy: 4)
            return .value(.string(bytes))
        default:
            return .value(.string(bytes))
        }
    }

    /// A slice of the front and past it and its line end.
    mutating func take(skipping head: Int, length: Int) -> ByteBuffer {
        let slice = buffer.getSlice(at: buffer.readerIndex + head, length: length)
        buffer.moveReaderIndex(forwardBy: head + length + 2)
        isShared = true
        return slice ?? ByteBuffer()
    }
}
