internal import NIOCore

/// Writes the parts of a command as RESP, which a server takes as an array of bulk strings ("RESP3 specification").
///
/// A word goes into the buffer in one piece: each write to a buffer looks at who else shares it and how much room there is.
enum RESPWriter {
    /// The line that announces a command of `count` words.
    static func writeHead(count: Int, to buffer: inout ByteBuffer) {
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 3 + digits(of: count.magnitude)) { space in
            line(UInt8(ascii: "*"), count, in: space)
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
        let sign = number < 0 ? 1 : 0
        let count = sign + digits(of: magnitude)
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: bulkSize(count)) { space in
            let start = line(UInt8(ascii: "$"), count, in: space)
            if number < 0 { space[start] = UInt8(ascii: "-") }
            return lineEnd(at: write(magnitude, at: start + sign, of: space), of: space)
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
            let start = line(UInt8(ascii: "$"), bytes.count, in: space)
            UnsafeMutableRawBufferPointer(rebasing: space[start...]).copyMemory(from: bytes)
            return lineEnd(at: start + bytes.count, of: space)
        }
    }

    /// Writes a line of a kind and a number at the front of the space; gives where it ends.
    private static func line(_ kind: UInt8, _ count: Int, in space: UnsafeMutableRawBufferPointer) -> Int {
        space[0] = kind
        return lineEnd(at: write(count.magnitude, at: 1, of: space), of: space)
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

    /// Writes a number in decimal; gives where it ends.
    private static func write(_ number: UInt, at start: Int, of space: UnsafeMutableRawBufferPointer) -> Int {
        let end = start + digits(of: number)
        var rest = number
        for index in (start..<end).reversed() {
            space[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        return end
    }
}
