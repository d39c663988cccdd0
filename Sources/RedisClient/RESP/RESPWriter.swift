internal import NIOCore

/// Writes the parts of a command as RESP, which a server takes as an array of bulk strings ("RESP3 specification").
enum RESPWriter {
    /// The line that announces a command of `count` words.
    static func writeHead(count: Int, to buffer: inout ByteBuffer) {
        writeLine(UInt8(ascii: "*"), count, to: &buffer)
    }

    /// One word of text, in UTF-8.
    static func writeBulk(_ text: String, to buffer: inout ByteBuffer) {
        writeLine(UInt8(ascii: "$"), text.utf8.count, to: &buffer)
        buffer.writeString(text)
        writeLineEnd(to: &buffer)
    }

    /// One word that is a number in decimal.
    static func writeBulk(_ number: Int64, to buffer: inout ByteBuffer) {
        let magnitude = number.magnitude
        let digits = digits(of: magnitude)
        writeLine(UInt8(ascii: "$"), digits + (number < 0 ? 1 : 0), to: &buffer)
        if number < 0 { buffer.writeInteger(UInt8(ascii: "-")) }
        write(magnitude, digits: digits, to: &buffer)
        writeLineEnd(to: &buffer)
    }

    /// One word of any bytes.
    static func writeBulk(_ bytes: ByteBuffer, to buffer: inout ByteBuffer) {
        writeLine(UInt8(ascii: "$"), bytes.readableBytes, to: &buffer)
        buffer.writeImmutableBuffer(bytes)
        writeLineEnd(to: &buffer)
    }

    /// The bytes that `writeBulk` uses for a word of so many bytes, at most.
    static func bulkSize(_ count: Int) -> Int {
        count + 5 + digits(of: count.magnitude)
    }

    private static func writeLine(_ kind: UInt8, _ count: Int, to buffer: inout ByteBuffer) {
        if count < 10 {
            let digit = UInt32(UInt8(ascii: "0")) + UInt32(truncatingIfNeeded: count)
            buffer.writeInteger(UInt32(kind) << 24 | digit << 16 | 0x0D0A)
        } else {
            buffer.writeInteger(kind)
            write(UInt64(count.magnitude), digits: digits(of: count.magnitude), to: &buffer)
            writeLineEnd(to: &buffer)
        }
    }

    private static func writeLineEnd(to buffer: inout ByteBuffer) {
        buffer.writeInteger(0x0D0A as UInt16)
    }

    private static func digits(of magnitude: some UnsignedInteger) -> Int {
        var digits = 1
        var rest = UInt64(magnitude) / 10
        while rest > 0 {
            digits += 1
            rest /= 10
        }
        return digits
    }

    private static func write(_ magnitude: UInt64, digits: Int, to buffer: inout ByteBuffer) {
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: digits) { space in
            var rest = magnitude
            var index = digits
            while index > 0 {
                index -= 1
                space[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            return digits
        }
    }
}
