/// The end of what a program wrote, of bounded length.
struct OutputTail: Sendable {
    private let limit: Int
    private var bytes: [UInt8] = []
    private var isCut = false

    /// Keeps the last `limit` bytes.
    init(limit: Int) { self.limit = limit }

    /// Adds what came next. The buffer grows to twice the limit before it is cut: a byte is moved once on average.
    mutating func append(_ next: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: next)
        if bytes.count > limit * 2 {
            bytes.removeFirst(bytes.count - limit)
            isCut = true
        }
    }

    /// The kept end as text; bytes that are not UTF-8 are replaced.
    var text: String { String(decoding: bytes.suffix(limit), as: UTF8.self) }

    /// The last line that is not blank, or nil when there is none.
    ///
    /// - Throws: `HandlerFailure` when the line is longer than the limit, so that only its end is known.
    func lastLine() throws(HandlerFailure) -> String? {
        let kept = bytes.suffix(limit)
        let isCut = isCut || kept.count < bytes.count
        guard let last = kept.lastIndex(where: { !Self.isBlank($0) }) else {
            if isCut { throw HandlerFailure("the program wrote more than \(limit) blank bytes at its end") }
            return nil
        }
        let line = kept[...last]
        guard let lineBreak = line.lastIndex(of: UInt8(ascii: "\n")) else {
            if isCut { throw HandlerFailure("the program's last line is longer than \(limit) bytes") }
            return String(decoding: line, as: UTF8.self)
        }
        return String(decoding: line[(lineBreak + 1)...], as: UTF8.self)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
