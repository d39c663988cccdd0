import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Lines that are written at once, each by one call to the system, so that a recorder sees them in their true order.
struct AnswerFile: Sendable {
    /// A line could not be written.
    struct Unwritten: Error {
        let code: Int32
    }

    private let file: Int32

    init(path: String) throws {
        file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        if file < 0 { throw Unwritten(code: errno) }
    }

    func write(_ line: String) throws {
        let bytes = Array((line + "\n").utf8)
        #if canImport(Glibc)
        let written = Glibc.write(file, bytes, bytes.count)
        #else
        let written = Darwin.write(file, bytes, bytes.count)
        #endif
        if written != bytes.count { throw Unwritten(code: errno) }
    }
}
