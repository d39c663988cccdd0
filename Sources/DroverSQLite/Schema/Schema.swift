import DroverCore
import GRDB

/// The layout of the file and its versions.
///
/// Versions are recorded in `drover_schema`, never in GRDB's own table, so that
/// an application can share the file with migrations of its own. A version
/// that has been released is never changed; a new one is added.
enum Schema {
    /// The statements of each version, the first being version 1.
    private static let versions = [SQL.schema1]

    /// Brings the file to the newest version, in one transaction that other processes wait for.
    ///
    /// - Throws: ``StoreError`` `incompatible` when the file is newer than this program.
    static func migrate(_ db: Database, now: Timestamp) throws {
        try db.execute(sql: "BEGIN IMMEDIATE")
        do {
            try db.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS drover_schema (version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL)
                    """)
            let present = try Int.fetchOne(db, sql: "SELECT coalesce(max(version), 0) FROM drover_schema") ?? 0
            guard present <= versions.count else {
                throw StoreError(
                    .incompatible,
                    "the file has layout version \(present), this program knows up to \(versions.count); "
                        + "use the newer drover that wrote it")
            }
            for version in present..<versions.count {
                try db.execute(sql: versions[version])
                try db.execute(
                    sql: "INSERT INTO drover_schema (version, applied_at) VALUES (?, ?)",
                    arguments: [version + 1, now.milliseconds])
            }
            try db.execute(sql: "COMMIT")
        } catch {
            if db.isInsideTransaction { try db.execute(sql: "ROLLBACK") }
            throw error
        }
    }
}
