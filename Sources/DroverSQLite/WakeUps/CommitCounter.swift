import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Counts the transactions that have been committed to a file, by whichever process.
///
/// SQLite keeps the number in the header of its write-ahead log's index, as
/// `iChange` at byte 8 (https://www.sqlite.org/walformat.html, section 2.1).
/// Reading it takes no lock and one call of the system, where asking SQLite
/// (`PRAGMA data_version`) costs a read transaction. With the number after our
/// own last commit it tells whether somebody else has committed since.
final class CommitCounter: Sendable {
    /// Descriptors that nobody uses and that can't be closed yet.
    private static let kept = Mutex<[Int32]>([])

    private let descriptor: Int32
    private let own: Atomic<UInt32>

    /// Opens the index of the log; nil when it can't be read.
    init?(path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
        own = Atomic(0)
        noteOwn(read())
    }

    deinit { Self.release(descriptor) }

    /// The present number.
    func read() -> UInt32 {
        var number: UInt32 = 0
        // A read that fails or is short gives 0, which looks like somebody else's commit: a needless look, no lost one.
        return withUnsafeMutableBytes(of: &number) { pread(descriptor, $0.baseAddress, 4, 8) } == 4 ? number : 0
    }

    /// The number after the last commit of this process, or the last at which it has looked.
    var lastOwn: UInt32 { own.load(ordering: .acquiring) }

    func noteOwn(_ number: UInt32) { own.store(number, ordering: .releasing) }

    /// Closes a descriptor once its file is gone.
    ///
    /// The locks of SQLite on this file belong to the process: closing any
    /// descriptor of it drops them all, also those of another store in the
    /// midst of a transaction (https://www.sqlite.org/howtocorrupt.html,
    /// section 2.2). SQLite removes the file with its last connection; until
    /// then the descriptor is kept, and looked at when the next one is released.
    private static func release(_ descriptor: Int32) {
        kept.withLock { kept in
            kept.append(descriptor)
            kept.removeAll { descriptor in
                var status = stat()
                guard fstat(descriptor, &status) == 0, status.st_nlink == 0 else { return false }
                close(descriptor)
                return true
            }
        }
    }
}
