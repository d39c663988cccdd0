/// Where a command reads: standard input, files, and the answers of a person.
struct Input: Sendable {
    /// Whether a person sits at the other end and can be asked.
    let isTerminal: Bool
    private let readAll: @Sendable (_ limit: Int) throws -> [UInt8]
    private let readAnswer: @Sendable () -> String?

    /// An input from closures; `readAll` returns at most `limit` bytes.
    init(
        isTerminal: Bool = false, readAll: @escaping @Sendable (_ limit: Int) throws -> [UInt8],
        readAnswer: @escaping @Sendable () -> String? = { nil }
    ) {
        self.isTerminal = isTerminal
        self.readAll = readAll
        self.readAnswer = readAnswer
    }

    /// The standard input of this process.
    static let process = Input(
        isTerminal: POSIX.isTerminal(POSIX.standardInput),
        readAll: { try read(POSIX.standardInput, limit: $0, source: "standard input") },
        readAnswer: { readLine() })

    /// Reads to the end, or `limit` bytes of it.
    func bytes(limit: Int) throws -> [UInt8] { try readAll(limit) }

    /// One line typed by a person; nil at the end of the input.
    func answer() -> String? { readAnswer() }

    /// Reads a file to its end, or `limit` bytes of it.
    static func file(_ path: String, limit: Int) throws -> [UInt8] {
        let descriptor = POSIX.openToRead(path)
        guard descriptor >= 0 else {
            throw CommandFailure.usage("the file \(path) can't be opened: \(POSIX.words(POSIX.lastError))")
        }
        defer { POSIX.closeDescriptor(descriptor) }
        return try read(descriptor, limit: limit, source: "the file \(path)")
    }

    private static func read(_ descriptor: Int32, limit: Int, source: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < limit {
            let room = min(buffer.count, limit - bytes.count)
            let count = buffer.withUnsafeMutableBytes {
                POSIX.readBytes(descriptor, into: .init(rebasing: $0[..<room]))
            }
            if count < 0 && POSIX.isInterruption(POSIX.lastError) { continue }
            if count < 0 {
                throw CommandFailure.usage("\(source) can't be read: \(POSIX.words(POSIX.lastError))")
            }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return bytes
    }
}
