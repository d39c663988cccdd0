import DroverCore
import GRDB
import GRDBSQLite

/// Begins and ends the store's transactions on a connection of the application's.
///
/// By GRDB and not by SQLite directly: observers of the application hear of every commit before it (they may refuse it)
/// and must hear of its end too, and GRDB's own record of the transaction must not go astray. On a connection of the
/// store's own nobody observes, and the plain statements cost less.
final class TransactionBoundary {
    private let db: Database
    /// Whether the transaction under way is the store's: one of the application's is not to be ended here.
    private var hasBegun = false

    init(_ db: Database) { self.db = db }

    func begin() throws(StoreError) {
        if db.isInsideTransaction {
            throw StoreError(
                .busy, "the application has left a transaction open on its database; end it, then try again")
        }
        try run("BEGIN IMMEDIATE TRANSACTION", "begin a transaction")
        hasBegun = true
    }

    func commit() throws(StoreError) {
        try run("COMMIT TRANSACTION", "commit")
        hasBegun = false
    }

    func rollback() {
        guard hasBegun else { return }
        hasBegun = false
        // SQLite is asked itself where GRDB can't.
        if db.isInsideTransaction { try? db.rollback() }
        if db.isInsideTransaction { sqlite3_exec(db.sqliteConnection, "ROLLBACK", nil, nil, nil) }
    }

    private func run(_ sql: String, _ attempt: String) throws(StoreError) {
        do { try db.cachedStatement(sql: sql).execute() } catch { throw StoreError.database(error, attempt) }
    }
}
