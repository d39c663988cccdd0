internal import NIOCore

/// Writes the parts of a command as RESP, which a server takes as an array of bulk strings ("RESP3 specification").
///
/// A word goes into the buffer in one piece: each write to a buffer looks at who else shares it and how much room there is.
enum RESPWriter {
    /// The line that announces a command of `count` words.
    static func writeHead(count: Int, to buffer: inout ByteBuffer) {
        let digits = digits(of: count.magnitude)
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: digits + 3) { space in
            line(UInt8(ascii: "*"), count.magnitude, digits: digits, at: 0, of: space)
        }
    }

    /// One word of text, in UTF-8.
    static func writeBulk(_ text: String, to buffer: inout ByteBuffer) {
        var text = text
        text.withUTF8 { writeBulk(UnsafeRawBufferPointer($0), to: &buffer) }
    }

    /// One word that is a number in decimal.
    static func writeBulk(_ number: Int64, to buffer: inout ByteBuffer) {
        let magnitude = UInt(number.magnitude)
        let digits = digits(of: magnitude)
        let sign = number < 0 ? 1 : 0
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: bulkSize(sign + digits)) { space in
            var end = head(of: sign + digits, in: space)
            if number < 0 { space[end] = UInt8(ascii: "-") }
            end += sign
            write(magnitude, digits: digits, at: end, of: space)
            return lineEnd(at: end + digits, of: space)
        }
    }

    /// One word of any bytes.
    static func writeBulk(_ bytes: ByteBuffer, to buffer: inout ByteBuffer) {
        bytes.withUnsafeReadableBytes { writeBulk($0, to: &buffer) }
    }

    /// The bytes that `writeBulk` uses for a word of so many bytes.
    static func bulkSize(_ count: Int) -> Int {
        count + 5 + digits(of: count.magnitude)
    }

    private static func writeBulk(_ bytes: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) {
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: bulkSize(bytes.count)) { space in
            let start = head(of: bytes.count, in: space)
            UnsafeMutableRawBufferPointer(rebasing: space[start...]).copyMemory(from: bytes)
            return lineEnd(at: start + bytes.count, of: space)
        }
    }

    /// Writes the line that announces a word at the front of the space; gives where it ends.
    private static func head(of count: Int, in space: UnsafeMutableRawBufferPointer) -> Int {
        line(UInt8(ascii: "$"), count.magnitude, digits: digits(of: count.magnitude), at: 0, of: space)
    }

    /// Writes a line of a kind and a number; gives where it ends.
    private static func line(
        _ kind: UInt8, _ number: UInt, digits: Int, at start: Int, of space: UnsafeMutableRawBufferPointer
    ) -> Int {
        space[start] = kind
        write(number, digits: digits, at: start + 1, of: space)
        return lineEnd(at: start + 1 + digits, of: space)
    }

    private static func lineEnd(at start: Int, of space: UnsafeMutableRawBufferPointer) -> Int {
        space[start] = UInt8(ascii: "\r")
        space[start + 1] = UInt8(ascii: "\n")
        return start + 2
    }

    private static func digits(of number: UInt) -> Int {
        var digits = 1
        var rest = number
        while rest > 9 {
            digits += 1
            rest /= 10
        }
        return digits
    }

    private static func write(_ number: UInt, digits: Int, at start: Int, of space: UnsafeMutableRawBufferPointer) {
        var rest = number
        var index = start + digits
        while index > start {
            index -= 1
            space[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }
}
