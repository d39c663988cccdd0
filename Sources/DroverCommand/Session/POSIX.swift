#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The calls of the system that reading and writing need: each C library puts them into a module of its own.
enum POSIX {
    static let standardInput = STDIN_FILENO
    static let standardOutput = STDOUT_FILENO
    static let standardError = STDERR_FILENO

    /// The number of the last error of this thread.
    static var lastError: Int32 { errno }

    /// An error's number in words.
    static func words(_ error: Int32) -> String { String(cString: strerror(error)) }

    /// Whether a person sits at the other end.
    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// Opens a file to read it; negative when it can't be opened.
    static func openToRead(_ path: String) -> Int32 { open(path, O_RDONLY | O_CLOEXEC) }

    /// Writes a file that must not be there yet, for its owner alone. One that can't be written whole is taken away again.
    ///
    /// - Throws: ``CommandFailure`` when it is there, or can't be written.
    static func writeNewFile(_ path: String, _ bytes: [UInt8]) throws(CommandFailure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if lastError == EEXIST {
                throw CommandFailure(
                    .failed, "the file \(path) is there already",
                    advice: "it was left as it is; name another one by --config")
            }
            throw CommandFailure(.failed, "the file \(path) can't be written: \(words(lastError))")
        }
        defer { closeDescriptor(descriptor) }
        var left = bytes[...]
        while !left.isEmpty {
            let count = left.withUnsafeBytes { writeBytes(descriptor, $0) }
            if count < 0 && isInterruption(lastError) { continue }
            if count <= 0 {
                let reason = words(lastError)
                _ = unlink(path)
                throw CommandFailure(.failed, "the file \(path) can't be written: \(reason)")
            }
            left = left.dropFirst(count)
        }
    }

    /// Whether a path leads to something.
    static func isThere(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Whether a path leads to a folder.
    static func isFolder(_ path: String) -> Bool {
        var facts = stat()
        return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
    }

    /// A path without links and detours; as it is, where it leads to nothing.
    static func realPath(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Gives a descriptor back.
    static func closeDescriptor(_ descriptor: Int32) { _ = close(descriptor) }

    /// Reads at most as many bytes as there is space for: 0 at the end, negative on an error.
    static func readBytes(_ descriptor: Int32, into space: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.read(descriptor, space.baseAddress, space.count)
        #elseif canImport(Musl)
        Musl.read(descriptor, space.baseAddress, space.count)
        #else
        Darwin.read(descriptor, space.baseAddress, space.count)
        #endif
    }

    /// Writes at most these bytes: how many were written, negative on an error.
    static func writeBytes(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
        Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #else
        Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }

    /// Whether an error says that a signal came in between: the call is made again.
    static func isInterruption(_ error: Int32) -> Bool { error == EINTR }

    /// Whether an error says that a descriptor that does not block has no room now.
    static func isNoRoomNow(_ error: Int32) -> Bool { error == EAGAIN || error == EWOULDBLOCK }

    /// Whether an error says that nobody reads any more.
    static func isReaderGone(_ error: Int32) -> Bool { error == EPIPE }

    /// Waits until a descriptor takes bytes again, or has failed.
    static func waitForRoom(_ descriptor: Int32) {
        var wish = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&wish, 1, -1)
    }
}
