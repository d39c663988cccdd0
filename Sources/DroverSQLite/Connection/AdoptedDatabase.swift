import DroverCore
import GRDB

/// What a store finds when it takes up the application's database.
struct AdoptedDatabase: Sendable {
    /// The connection that the application writes with.
    let writer: ObjectIdentifier
    let times: StoreClock
    /// The database file; empty in memory.
    private let file: String
    private let journal: String
    private let synchronous: Int
    /// Whether the file is locked for this connection alone.
    private let isExclusive: Bool

    /// Brings Drover's layout up to date and reads what the application has set.
    init(_ db: Database, _ wall: any WallClock, _ uptime: HostUptime?) throws(StoreError) {
        do {
            try SQLiteStore.checkWritable(db, "the application's database")
            if db.isInsideTransaction {
                throw StoreError(.busy, "the application has left a transaction open on its database; end it first")
            }
            times = try Schema.prepare(db, wall: wall, uptime: uptime)
            writer = ObjectIdentifier(db)
            file = SQLiteStore.file(of: db)
            journal = try String.fetchOne(db, sql: "PRAGMA journal_mode")?.lowercased() ?? ""
            synchronous = try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? 0
            isExclusive = try String.fetchOne(db, sql: "PRAGMA locking_mode")?.lowercased() == "exclusive"
        } catch {
            throw StoreError.database(error, "prepare the application's database")
        }
    }

    var isInMemory: Bool { file.isEmpty }

    /// What survives which accident, as `StoreTraits.durability` says it.
    var durability: String {
        // Without a journal on the disk a process that dies in a commit leaves a damaged file.
        if isInMemory || journal == "memory" || journal == "off" { return "none" }
        return switch synchronous {
        case 0: "OFF"
        case 1: "NORMAL"
        case 2: "FULL"
        default: "EXTRA"
        }
    }

    /// Whether something counts the commits of all processes; not where this is the only connection.
    var hasCounter: Bool { !isInMemory && !isExclusive }

    /// What counts the commits of all processes.
    func counter() throws(StoreError) -> CommitCounter? {
        if !hasCounter { return nil }
        return journal == "wal"
            ? try CommitCounter(path: file + "-shm") : try CommitCounter(path: file, kind: .database)
    }

    /// The file to watch for writes of other processes; nil where the counter is to be read again and again.
    var watchedFile: String? {
        if journal == "wal" { return file + "-wal" }
        #if os(Linux)
        return file
        #else
        // To watch a file one has to open it here, and closing the database file would lose SQLite's locks on it.
        return nil
        #endif
    }
}
