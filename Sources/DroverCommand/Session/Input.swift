#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

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
        isTerminal: isatty(STDIN_FILENO) == 1,
        readAll: { try read(STDIN_FILENO, limit: $0, source: "standard input") },
        readAnswer: { readLine() })

    /// Reads to the end, or `limit` bytes of it.
    func bytes(limit: Int) throws -> [UInt8] { try readAll(limit) }

    /// One line typed by a person; nil at the end of the input.
    func answer() -> String? { readAnswer() }

    /// Reads a file to its end, or `limit` bytes of it.
    static func file(_ path: String, limit: Int) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandFailure.usage("the file \(path) can't be opened: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        return try read(descriptor, limit: limit, source: "the file \(path)")
    }

    private static func read(_ descriptor: Int32, limit: Int, source: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < limit {
            let count = buffer.withUnsafeMutableBytes { space in
                #if canImport(Glibc)
                Glibc.read(descriptor, space.baseAddress, min(space.count, limit - bytes.count))
                #elseif canImport(Musl)
                Musl.read(descriptor, space.baseAddress, min(space.count, limit - bytes.count))
                #else
                Darwin.read(descriptor, space.baseAddress, min(space.count, limit - bytes.count))
                #endif
            }
            if count < 0 && errno == EINTR { continue }
            if count < 0 {
                throw CommandFailure.usage("\(source) can't be read: \(String(cString: strerror(errno)))")
            }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return bytes
    }
}
