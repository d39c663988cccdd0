import DroverCore
import GRDB
import Synchronization

/// Notices what others commit on a connection of the application's, where no file counts commits: a store in memory, and
/// a file that is locked for one process. There every commit is one of this connection.
final class CommitObserver: TransactionObserver, Sendable {
    private let hub: WakeUpHub
    private let isIgnoring = Mutex(false)

    init(_ hub: WakeUpHub) { self.hub = hub }

    /// Commits for the store itself, which tells by itself what that brought.
    func ignoring(_ commit: () throws(StoreError) -> Void) throws(StoreError) {
        isIgnoring.withLock { $0 = true }
        defer { isIgnoring.withLock { $0 = false } }
        try commit()
    }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { false }

    func databaseDidChange(with event: DatabaseEvent) {}

    func databaseDidCommit(_ db: Database) {
        if isIgnoring.withLock({ $0 }) { return }
        // A look that fails is made good by the next one, or by the end of the wait (rule 8).
        try? SQLiteStore.look(db, hub, at: hub.watched)
    }

    func databaseDidRollback(_ db: Database) {}
}
