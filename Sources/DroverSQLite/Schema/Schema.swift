import DroverCore
import GRDB

/// The layout of the file and its versions.
///
/// Versions are recorded in `drover_schema`, never in GRDB's own table, so that
/// an application can share the file with migrations of its own. A version
/// that has been released is never changed; a new one is added.
enum Schema {
    /// The statements of each version, the first being version 1.
    static let versions = [
        SQL.schema1, SQL.schema2, SQL.schema3, SQL.schema4, SQL.schema5, SQL.schema6, SQL.schema7, SQL.schema8,
        SQL.schema9, SQL.schema10, SQL.schema11, SQL.schema12,
    ]

    /// Brings the file to the newest version and agrees with other processes on the time of leases.
    ///
    /// A file that needs neither is only read here, so that it can be opened while somebody else writes to it.
    ///
    /// - Parameter uptime: that of this host; nil when leases are told by `wall`.
    /// - Throws: ``StoreError`` `incompatible` when the file is newer than this program.
    static func prepare(_ db: Database, wall: any WallClock, uptime: HostUptime?) throws -> StoreClock {
        if try version(of: db) == versions.count {
            guard let uptime else { return StoreClock(wall: wall) }
            if let distance = try distance(of: uptime, db) {
                return StoreClock(wall: wall, uptime: uptime, distance: distance)
            }
        }
        try db.execute(sql: "BEGIN IMMEDIATE")
        do {
            try migrate(db, now: wall.now)
            let distance = try uptime.map { try agree(on: $0, wall, db) }
            try db.execute(sql: "COMMIT")
            return StoreClock(wall: wall, uptime: uptime, distance: distance ?? 0)
        } catch {
            if db.isInsideTransaction { try db.execute(sql: "ROLLBACK") }
            throw error
        }
    }

    // MARK: Versions

    /// The version of the file's layout; 0 when it has none.
    private static func version(of db: Database) throws -> Int {
        guard try db.tableExists("drover_schema") else { return 0 }
        let present = try Int.fetchOne(db, sql: "SELECT coalesce(max(version), 0) FROM drover_schema") ?? 0
        guard present <= versions.count else {
            throw StoreError(
                .incompatible,
                "the file has layout version \(present), this program knows up to \(versions.count); "
                    + "use the newer drover that wrote it")
        }
        return present
    }

    private static func migrate(_ db: Database, now: Timestamp) throws {
        try db.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS drover_schema (version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL)
                """)
        for version in try version(of: db)..<versions.count {
            try db.execute(sql: versions[version])
            try db.execute(
                sql: "INSERT INTO drover_schema (version, applied_at) VALUES (?, ?)",
                arguments: [version + 1, now.milliseconds])
        }
    }

    // MARK: The time of leases

    /// The distance that was agreed on in this run of the host; nil when none was.
    private static func distance(of uptime: HostUptime, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(db, sql: "SELECT distance FROM drover_host WHERE run = ?", arguments: [uptime.run])
    }

    /// How far ahead a lease may end when the host has been started anew, in milliseconds. Its holder is gone, and a clock
    /// that was wrong in the run before must not keep the job from others for as long as it was wrong.
    private static let longestInheritance: Int64 = 60_000

    private static func agree(on uptime: HostUptime, _ wall: any WallClock, _ db: Database) throws -> Int64 {
        if let distance = try distance(of: uptime, db) { return distance }
        let distance = wall.now.milliseconds - uptime.milliseconds()
        try db.execute(
            sql: "INSERT OR REPLACE INTO drover_host (id, run, distance) VALUES (1, ?, ?)",
            arguments: [uptime.run, distance])
        let latest = wall.now.milliseconds + longestInheritance
        try db.execute(sql: SQL.boundLeases, arguments: [latest])
        try db.execute(sql: SQL.boundExchanges, arguments: [latest])
        return distance
    }
}
