import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The number in a file by which commits can be told, open for reading: that of a write-ahead log's index, or that of
/// the database itself where there is no such log.
///
/// Closing any descriptor of a file makes a process lose all its locks on it
/// (https://www.sqlite.org/howtocorrupt.html, section 2.2), and SQLite keeps
/// its locks on these files. So all stores of a process share one
/// descriptor of a file, which stays open until the file has been removed:
/// then no connection of any process uses it.
final class LogIndex: Sendable {
    /// Which number is read.
    enum Kind: Sendable {
        /// `iChange` of the index of a log, in the host's byte order (https://www.sqlite.org/walformat.html, section 2.1).
        case log
        /// The change counter of a database file without such a log, which every commit raises
        /// (https://www.sqlite.org/fileformat2.html, section 1.3.6).
        case database
    }

    private struct File: Hashable {
        var device: UInt64
        var number: UInt64
    }

    private struct Entry {
        var descriptor: Int32
        var users: Int
    }

    private static let entries = Mutex<[File: Entry]>([:])

    private let file: File
    private let descriptor: Int32
    private let kind: Kind

    /// Opens the file at a path; nil when there is none.
    init?(path: String, kind: Kind = .log) {
        self.kind = kind
        let opened = Self.entries.withLock { entries -> (File, Int32)? in
            Self.closeRemoved(&entries)
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            let file = File(device: UInt64(truncatingIfNeeded: status.st_dev), number: UInt64(status.st_ino))
            if let entry = entries[file] {
                entries[file]?.users += 1
                return (file, entry.descriptor)
            }
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return nil }
            entries[file] = Entry(descriptor: descriptor, users: 1)
            return (file, descriptor)
        }
        guard let opened else { return nil }
        (file, descriptor) = opened
    }

    /// Rises by one with each transaction that is committed.
    var changeCounter: UInt32 {
        var number: UInt32 = 0
        let place: off_t = kind == .log ? 8 : 24
        // A read that fails or is short gives 0, which looks like somebody's commit: a needless look, no lost one.
        guard withUnsafeMutableBytes(of: &number, { pread(descriptor, $0.baseAddress, 4, place) }) == 4 else {
            return 0
        }
        return kind == .log ? number : UInt32(bigEndian: number)
    }

    /// To be called once, when the store's own connections are closed. A store that is dropped without being closed
    /// keeps the descriptor: losing one is better than losing locks.
    func release() {
        Self.entries.withLock { entries in
            entries[file]?.users -= 1
            Self.closeRemoved(&entries)
        }
    }

    private static func closeRemoved(_ entries: inout [File: Entry]) {
        for (file, entry) in entries where entry.users == 0 {
            var status = stat()
            guard fstat(entry.descriptor, &status) == 0, status.st_nlink == 0 else { continue }
            close(entry.descriptor)
            entries[file] = nil
        }
    }
}
