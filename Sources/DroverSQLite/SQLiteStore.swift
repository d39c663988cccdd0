public import DroverCore
import GRDB
import GRDBSQLite
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Keeps jobs in one SQLite file, or in memory.
///
/// Nothing needs to be set up: ``prepare()`` makes the file. A call that has
/// returned is on the disk (WAL with `synchronous=FULL`). Several processes of
/// one host may use the file at the same time, and wake each other.
///
/// ```swift
/// let store = SQLiteStore(path: "jobs.sqlite")
/// try await store.prepare()
/// ```
///
/// A store may also live in the application's own database: ``init(writer:clock:timer:)``.
public final class SQLiteStore: JobStore {
    /// What is open between `prepare` and `close`.
    struct Connections: Sendable {
        var database: any DatabaseWriter
        var commits: GroupCommit
        var counter: CommitCounter?
        var watch: CommitWatch?
        /// Where the application's transactions are joined; nil where the file is the store's own.
        var joined: JoinedTransactions?
    }

    private enum State {
        case new
        case open(Connections)
        case closed
    }

    private let path: String
    private let mustExist: Bool
    /// The application's, where the store lives in its database; nil where it has a file of its own.
    let borrowed: (any DatabaseWriter)?
    /// What was found of the application's database; nil before that.
    let found = Mutex<AdoptedDatabase?>(nil)
    let clock: any WallClock
    let uptime: HostUptime?
    let timer: any Clock<Duration>
    let hub: WakeUpHub
    private let state = Mutex<State>(.new)

    /// Names the file; nothing is opened before ``prepare()``.
    ///
    /// - Parameters:
    ///   - path: the file, made when it is missing, or `:memory:` for a store that lives and dies with this object.
    ///   - mustExist: refuse to make the file: for programs that only look.
    ///   - clock: tells the instants that are stored.
    ///   - timer: measures waits.
    public convenience init(
        path: String, mustExist: Bool = false, clock: any WallClock = SystemWallClock(),
        timer: any Clock<Duration> = ContinuousClock()
    ) {
        // The uptime goes with the host's own clock. Who brings another one tells all times.
        let uptime = clock is SystemWallClock ? HostUptime.system : nil
        self.init(path: path, mustExist: mustExist, clock: clock, timer: timer, uptime: uptime)
    }

    init(
        path: String, mustExist: Bool, clock: any WallClock, timer: any Clock<Duration>, uptime: HostUptime?,
        borrowed: (any DatabaseWriter)? = nil
    ) {
        self.path = path
        self.mustExist = mustExist
        self.borrowed = borrowed
        self.clock = clock
        hub = WakeUpHub(clock: clock)
        self.timer = timer
        self.uptime = uptime
    }

    /// How long opening waits for other processes that open the file at the same time, or hold it.
    private static let openingPatience: Duration = .seconds(5)

    private var isInMemory: Bool { path == ":memory:" }

    /// The present instant of the store's clock.
    var now: Timestamp { clock.now }

    /// Anywhere.
    public var callExecutor: (any TaskExecutor)? { nil }

    /// `sqlite`; durability `FULL` for a file of the store's own, `none` in memory. In the application's database it is what
    /// ``init(writer:clock:timer:)`` tells, and `unknown` before ``prepare()``.
    public var traits: StoreTraits {
        if borrowed != nil {
            let found = found.withLock { $0 }
            return StoreTraits(
                name: "sqlite", durability: found?.durability ?? "unknown", isShared: found?.isInMemory != true)
        }
        return StoreTraits(name: "sqlite", durability: isInMemory ? "none" : "FULL", isShared: !isInMemory)
    }

    /// Opens or makes the file, or takes up the application's database, and brings Drover's layout in it up to date.
    public func prepare() async throws(StoreError) {
        if let borrowed { return try await adopt(borrowed) }
        var waited = Duration.zero
        for attempt in 1... {
            var failure: StoreError?
            waited += timer.measure {
                do throws(StoreError) { try openOnce() } catch { failure = error }
            }
            guard let failure else { return }
            // Turning the write-ahead log on does not wait for another process that opens the file at the same time.
            let pause = Duration.milliseconds(10 * min(attempt, 10))
            waited += pause
            guard failure.code == .busy, waited < Self.openingPatience else { throw failure }
            do { try await timer.sleep(for: pause) } catch { throw failure }
        }
    }

    private func openOnce() throws(StoreError) {
        try state.withLock { state throws(StoreError) in
            switch state {
            case .open: return
            case .closed: throw Self.closed
            case .new: state = .open(try open())
            }
        }
    }

    /// Takes up what was opened, unless the store has been opened or closed meanwhile. False when there was no use for it.
    func takeUp(_ connections: Connections) throws(StoreError) -> Bool {
        try state.withLock { state throws(StoreError) in
            switch state {
            case .open: return false
            case .closed: throw Self.closed
            case .new: state = .open(connections)
            }
            return true
        }
    }

    /// Waits for calls under way and closes the file. The application's database stays open; the store's statements on it
    /// are gone. Close the store before the database: one with open statements can't be closed.
    public func close() async {
        let open = state.withLock { state -> Connections? in
            defer { state = .closed }
            if case .open(let connections) = state { return connections }
            return nil
        }
        guard let open else { return }
        hub.close()
        open.watch?.cancel()
        if borrowed != nil {
            await open.commits.close { [joined = open.joined] _ in joined?.close() }
            open.counter?.close()
            return
        }
        await open.commits.close()
        do {
            try open.database.close()
            if !isInMemory { foldLog() }
            open.counter?.close()
        } catch {
            // Readers that are still at work keep the file open until they end; nothing is lost by that.
        }
    }

    /// Lets SQLite write the log into the file and remove it, if nobody else has the file open: GRDB closes its readers
    /// last, and a connection that may only read leaves the log, without which the file is out of date.
    private func foldLog() {
        guard FileManager.default.fileExists(atPath: path) else { return }
        do {
            let last = try DatabaseQueue(path: path)
            try last.writeWithoutTransaction { _ = try Int.fetchOne($0, sql: "PRAGMA schema_version") }
            try last.close()
        } catch {
            // The file and its log are whole together, and the next who opens them goes on with both.
        }
    }

    // MARK: Opening

    private var isClosed: Bool { state.withLock { if case .closed = $0 { true } else { false } } }

    static var closed: StoreError { StoreError(.closed, "the store has been closed; make a new one") }

    private func open() throws(StoreError) -> Connections {
        do {
            if mustExist, !isInMemory { try checkPresence() }
            let database: any DatabaseWriter =
                isInMemory
                ? try DatabaseQueue(configuration: configuration)
                : try DatabasePool(path: path, configuration: configuration)
            let (times, file) = try database.writeWithoutTransaction { db in
                if !isInMemory { try Self.checkWritable(db, path) }
                // Here and not in the configuration: GRDB sets NORMAL when it turns the write-ahead log on, and a
                // commit that is not synced would be lost with the power.
                try db.execute(sql: "PRAGMA synchronous = FULL")
                return (try Schema.prepare(db, wall: clock, uptime: uptime), Self.file(of: db))
            }
            let counter = isInMemory ? nil : try CommitCounter(path: file + "-shm")
            let look: @Sendable () -> Void = { [hub] in Self.lookAfterCommit(database, hub, counter) }
            let commits = GroupCommit(writer: database, clock: times, hub: hub, counter: counter, onForeignCommit: look)
            let watch = counter.map { CommitWatch(log: file + "-wal", counter: $0, onForeignCommit: look) }
            return Connections(database: database, commits: commits, counter: counter, watch: watch)
        } catch {
            let error = StoreError.database(error, "open \(path)")
            throw error.code == .unreachable && isWriteProtected ? Self.readOnly(path, error) : error
        }
    }

    /// The file itself, where the path is a link to it: its log and that one's index lie beside it.
    static func file(of db: Database) -> String {
        sqlite3_db_filename(db.sqliteConnection, "main").map { String(cString: $0) } ?? ""
    }

    private var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "drover"
        // How long a writer waits for another process; then the call fails as `busy` and may be repeated.
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
            try db.execute(sql: "PRAGMA cache_size = -32000")
            try db.execute(sql: "PRAGMA temp_store = MEMORY")
        }
        return configuration
    }

    /// Refuses a file that is missing or holds no store, before anything in it is changed.
    private func checkPresence() throws {
        let advice = "name an existing file, or add a job to make one"
        guard FileManager.default.fileExists(atPath: path) else {
            throw StoreError(.unreachable, "there is no store at \(path); \(advice)")
        }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        let database = try DatabaseQueue(path: path, configuration: configuration)
        let isStore = try database.read { try $0.tableExists("drover_schema") }
        try database.close()
        if !isStore { throw StoreError(.unreachable, "the file \(path) holds no store of Drover; \(advice)") }
    }

    static func checkWritable(_ db: Database, _ path: String) throws {
        if sqlite3_db_readonly(db.sqliteConnection, "main") == 1 { throw readOnly(path, nil) }
    }

    static func readOnly(_ path: String, _ cause: (any Error)?) -> StoreError {
        StoreError(
            .readOnly, "\(path) can't be written to; mend the permissions of the file and its folder, or name another",
            cause: cause)
    }

    /// Whether the file, or the folder in which it and its log would be made, exists and refuses writes.
    private var isWriteProtected: Bool {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        return [path, folder].contains {
            FileManager.default.fileExists(atPath: $0) && !FileManager.default.isWritableFile(atPath: $0)
        }
    }

    // MARK: Access for the roles

    func connections() throws(StoreError) -> Connections {
        try state.withLock { state throws(StoreError) in
            switch state {
            case .open(let connections): return connections
            case .closed: throw Self.closed
            case .new: throw StoreError(.closed, "the store is not open yet; call prepare() first")
            }
        }
    }

    /// Runs a write with others in one transaction.
    func write<Answer: Sendable>(
        urgent: Bool = false, _ body: @escaping @Sendable (WriteSession) throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        try await connections().commits.submit(urgent: urgent, body)
    }

    /// Reads one snapshot of the file.
    func read<Answer: Sendable>(
        _ attempt: String, _ body: @escaping @Sendable (ReadSession) throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        let database = try connections().database
        // Not GRDB's own `async` read: that one throws in a cancelled task, and a cancelled reader may still read.
        let result: Result<Answer, StoreError> = await withCheckedContinuation { continuation in
            database.asyncRead { access in
                do throws(StoreError) {
                    let db: Database
                    do { db = try access.get() } catch {
                        throw self.isClosed ? Self.closed : StoreError.database(error, attempt)
                    }
                    continuation.resume(returning: .success(try body(ReadSession(db))))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    /// Looks at queues that somebody waits for, and wakes those who have something to do.
    static func look(_ db: Database, _ hub: WakeUpHub, at queues: Set<QueueName>) throws(StoreError) {
        let session = ReadSession(db)
        for queue in queues { if let seen = try session.observe(queue, now: hub.now) { hub.observe(seen) } }
    }

    /// Looks when the caller has reason to think that another process has committed. Returns at once.
    static func lookAfterCommit(_ database: any DatabaseReader, _ hub: WakeUpHub, _ counter: CommitCounter?) {
        if hub.watched.isEmpty { return }
        database.asyncRead { access in
            do { try look(access.get(), hub, at: hub.watched) } catch {
                // Made good by the next look, or by the end of the wait (rule 8). Without a write-ahead log the other
                // process may still hold the file, which the watch asks about again.
                counter?.forget()
            }
        }
    }
}
