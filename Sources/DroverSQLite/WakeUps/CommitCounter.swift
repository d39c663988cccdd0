import DroverCore
import Synchronization

/// Counts the transactions that have been committed to a file, by whichever process.
///
/// SQLite keeps the number in the header of its write-ahead log's index, as
/// `iChange` at byte 8 (https://www.sqlite.org/walformat.html, section 2.1).
/// Reading it takes no lock and one call of the system, where asking SQLite
/// (`PRAGMA data_version`) costs a read transaction. With the number after our
/// own last commit it tells whether somebody else has committed since. A file
/// without such a log has a counter of its own, which is written just before
/// the commit counts.
final class CommitCounter: Sendable {
    private struct State {
        /// The number at which this process has last looked or committed.
        var known: UInt32
        var ownCommits = 0
    }

    private let index: LogIndex
    private let state: Mutex<State>

    /// Opens the index of the log, which SQLite has made when the file was opened, or a database without one.
    init(path: String, kind: LogIndex.Kind = .log) throws(StoreError) {
        guard let index = LogIndex(path: path, kind: kind) else {
            throw StoreError(
                .unreachable,
                "could not read \(path), which tells of commits of other processes; check its permissions, and how many "
                    + "files this process may open")
        }
        self.index = index
        state = Mutex(State(known: index.changeCounter))
    }

    /// How often this process has committed.
    var ownCommits: Int { state.withLock { $0.ownCommits } }

    /// Whether somebody else has committed since the last call or the last own commit.
    func hasForeignCommit() -> Bool {
        state.withLock { state in
            let present = index.changeCounter
            defer { state.known = present }
            return present != state.known
        }
    }

    /// Takes back that a commit was noticed, because what it brought could not be looked at: the next call tells of it
    /// again.
    func forget() { state.withLock { $0.known &-= 1 } }

    /// Notes a transaction of this process, in which nobody else could commit.
    ///
    /// - Parameter commit: commits, and says whether anything was written.
    /// - Returns: whether somebody else had committed before.
    func noteOwn(_ commit: () throws(StoreError) -> Bool) throws(StoreError) -> Bool {
        // Within the lock, so that the watch does not take our own commit for somebody else's.
        try state.withLock { state throws(StoreError) in
            let before = index.changeCounter
            let isForeign = before != state.known
            state.known = before
            if try commit() {
                state.ownCommits += 1
                // A transaction that wrote only what was there before is not counted.
                if index.changeCounter != before { state.known = before &+ 1 }
            }
            return isForeign
        }
    }

    /// Lets go of the file.
    func close() { index.release() }
}
