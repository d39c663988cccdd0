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

    deinit { close(descriptor) }

    /// The present number.
    func read() -> UInt32 {
        var number: UInt32 = 0
        // A read that fails or is short gives 0, which looks like somebody else's commit: a needless look, no lost one.
        return withUnsafeMutableBytes(of: &number) { pread(descriptor, $0.baseAddress, 4, 8) } == 4 ? number : 0
    }

    /// The number after the last commit of this process, or the last at which it has looked.
    var lastOwn: UInt32 { own.load(ordering: .acquiring) }

    func noteOwn(_ number: UInt32) { own.store(number, ordering: .releasing) }
}
