import DroverCore
import DroverTesting
import Foundation
import GRDB
import ProcessTesting
import Testing

@testable import DroverSQLite

@Suite("Opening a file")
struct OpeningTests {
    @Test("A fresh file gets the layout, recorded in drover_schema, and a write-ahead log")
    func freshFile() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            try await withStore(path) { store in
                #expect(store.traits.durability == "FULL")
                #expect(store.traits.isShared)
            }
            let (versions, tables, journal) = try raw(path) { db in
                (
                    try Row.fetchAll(db, sql: "SELECT version, applied_at FROM drover_schema"),
                    try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"),
                    try String.fetchOne(db, sql: "PRAGMA journal_mode")
                )
            }
            #expect(versions.map { $0["version"] as Int } == Array(1...Schema.versions.count))
            let now = ManualWallClock().now.milliseconds
            #expect(versions.allSatisfy { $0["applied_at"] as Int64 == now })
            #expect(tables.allSatisfy { $0.hasPrefix("drover_") })
            #expect(tables.contains("drover_jobs"))
            #expect(journal == "wal")
        }
    }

    @Test("Opening a file again changes nothing in it")
    func openedAgain() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            let ids = try await withStore(path) { try await $0.add(3, to: "q") }
            try await withStore(path) { store in
                try await store.prepare()
                let records = try await store.jobs(ids.map { JobKey(queue: "q", id: $0) })
                #expect(records.allSatisfy { $0?.state == .waiting })
            }
            #expect(
                try raw(path) { try Int.fetchOne($0, sql: "SELECT count(*) FROM drover_schema") }
                    == Schema.versions.count)
            #expect(try FileAudit.problems(in: path) == [])
        }
    }

    @Test("A file of the layout before steps is brought up to date, and its jobs record steps")
    func layoutWithoutSteps() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            let ids = try await withStore(path) { try await $0.add(2, to: "q") }
            try raw(path) { try undoLayout(to: 4, $0) }
            try await withStore(path) { store in
                let claim = Claim(limit: 1, lease: .seconds(30), worker: "w")
                let job = try await store.exchange("q", id: ExchangeID("x"), settle: [], claim: claim).claimed[0]
                let report = JobReport(lease: job.lease, content: .step("s", result: .null))
                #expect(try await store.record([report]) == [.recorded])
                let records = try await store.jobs(ids.map { JobKey(queue: "q", id: $0) })
                #expect(records.map { $0?.steps.map(\.name) } == [["s"], []])
            }
            #expect(try FileAudit.problems(in: path) == [])
        }
    }

    @Test("Jobs of a file of the layout before groups join the groups that they were stored with")
    func layoutWithoutGroups() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            var options = JobOptions(priority: 3)
            options.group = "g"
            let claim = Claim(limit: 1, lease: .seconds(3600), worker: "w")
            let held = try await withStore(path) { store in
                _ = try await store.enqueue("q", [NewJob(name: "n", options: options)])
                let held = try await store.exchange("q", id: ExchangeID("x"), settle: [], claim: claim).claimed
                _ = try await store.add(1, to: "q")
                let later = NewJob(name: "n", start: .after(.seconds(3600)), options: options)
                _ = try await store.enqueue("q", [NewJob(name: "n", options: options), later])
                return try #require(held.first)
            }
            try raw(path) { try undoLayout(to: 8, $0) }
            try await withStore(path) { store in
                let counts = JobCounts([.waiting: 1, .grouped: 1, .delayed: 1, .active: 1])
                #expect(try await store.queues().map(\.counts) == [counts])
                let query = JobQuery(queue: "q", part: .groups)
                let groups = try await store.jobs(matching: query, page: Page()).groups
                #expect(groups == [GroupSummary(name: "g", waiting: 1, active: 1)])
                let done = Settlement(lease: held.lease, outcome: .completed(.null))
                let all = Claim(limit: 9, lease: .seconds(3600), worker: "w")
                let reply = try await store.exchange("q", id: ExchangeID("y"), settle: [done], claim: all)
                #expect(reply.settled == [.settled])
                #expect(reply.claimed.count == 2)
                #expect(try await store.jobs(matching: query, page: Page()).groups.map(\.waiting) == [0])
            }
            #expect(try raw(path) { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
            #expect(try FileAudit.problems(in: path) == [])
        }
    }

    @Test("A file of the layout before flows is brought up to date, and its jobs wait for children")
    func layoutWithoutFlows() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            let ids = try await withStore(path) { try await $0.add(2, to: "q") }
            try raw(path) { db in
                try undoLayout(to: 7, db)
                #expect(throws: (any Error).self) { try db.execute(sql: "UPDATE drover_jobs SET state = 6") }
            }
            try await withStore(path) { store in
                let flow = NewJob(
                    id: JobID(stored: "p"), name: "n",
                    children: [ChildJob("q", NewJob(id: JobID(stored: "c"), name: "n"))])
                #expect(try await store.enqueue("q", [flow]) == [.added(JobID(stored: "p"))])
                let records = try await store.jobs((ids + [JobID(stored: "p")]).map { JobKey(queue: "q", id: $0) })
                #expect(records.map { $0?.state } == [.waiting, .waiting, .waitingChildren])
            }
            #expect(try raw(path) { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
            #expect(try FileAudit.problems(in: path) == [])
        }
    }

    @Test("Flows of the layout before jobs had several parents go on, and their jobs can be waited for by more")
    func layoutWithoutDependents() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            func key(_ id: String) -> JobKey { JobKey(queue: "q", id: JobID(stored: id)) }
            try await withStore(path) { store in
                let child = ChildJob("q", NewJob(id: JobID(stored: "c"), name: "n"), onFailure: .ignore)
                _ = try await store.enqueue("q", [NewJob(id: JobID(stored: "p"), name: "n", children: [child])])
            }
            try raw(path) { try undoLayout(to: 10, $0) }
            try await withStore(path) { store in
                let more = NewJob(
                    id: JobID(stored: "o"), name: "n",
                    children: [ChildJob(reference: key("c"), onFailure: .failParent)])
                #expect(try await store.enqueue("q", [more]) == [.added(JobID(stored: "o"))])
                let record = try await store.jobs([key("c")])[0]
                #expect(record?.parent == JobParent(key("p"), onFailure: .ignore))
                #expect(record?.dependents == [JobParent(key("o"), onFailure: .failParent)])
            }
            #expect(try raw(path) { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
            #expect(try FileAudit.problems(in: path) == [])
        }
    }

    @Test("After the last store that read and wrote has closed, the file alone holds everything")
    func closedFileIsWhole() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            try await withStore(path) { store in
                try await store.add(3, to: "q")
                #expect(try await store.queues().map(\.counts.ready) == [3])
            }
            #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
            let copy = folder.file("copy.sqlite")
            try FileManager.default.copyItem(atPath: path, toPath: copy)
            let counts = try await withStore(copy) { try await $0.queues().map(\.counts.ready) }
            #expect(counts == [3])
        }
    }

    @Test("A store that only looks refuses a file without Drover's tables, and changes nothing in it")
    func foreignFile() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("other.sqlite")
            try raw(path) { try $0.execute(sql: "CREATE TABLE mine (a INTEGER)") }
            let before = try Data(contentsOf: URL(filePath: path))
            await expectError(
                .unreachable, saying: "holds no store of Drover", opening: SQLiteStore(path: path, mustExist: true))
            #expect(try Data(contentsOf: URL(filePath: path)) == before)
        }
    }

    @Test("A file is opened and read while somebody else holds its write lock")
    func openedUnderLock() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            try await withStore(path, clock: SystemWallClock()) { store in
                try await store.add(3, to: "q")
                let other = try holdLock(of: path)
                for clock: any WallClock in [ManualWallClock(), SystemWallClock()] {
                    let counts = try await withStore(path, clock: clock) { try await $0.queues().map(\.counts.ready) }
                    #expect(counts == [3])
                }
                try releaseLock(other)
            }
        }
    }

    #if os(Linux)
    /// How often this process has a file open.
    private func descriptors(of path: String) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count { number in
            // One that another test has closed by now leads nowhere.
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)")
            return target == path || target == path + " (deleted)"
        }
    }

    @Test("Closing a store takes no lock from another connection of the process: its descriptor of the index stays")
    func sharedIndex() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            _ = try await withStore(path) { try await $0.add(1, to: "q") }
            let other = try DatabasePool(path: path)
            try await other.write { try $0.execute(sql: "UPDATE drover_sequence SET value = value + 1") }
            let before = try descriptors(of: path + "-shm")
            let count = try await withStore(path) { try await $0.queues().count }
            #expect(count == 1)
            #expect(try descriptors(of: path + "-shm") == before + 1)
            try other.close()
            // The next store that opens any file lets go of what nobody uses any more.
            _ = try await withStore(folder.file("next.sqlite")) { try await $0.add(1, to: "q") }
            #expect(try descriptors(of: path + "-shm") == 0)
        }
    }
    #endif

    @Test("Several stores may make one file at the same time")
    func openedTogether() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            let stores = (0..<6).map { _ in SQLiteStore(path: path) }
            try await withThrowingTaskGroup { group in
                for store in stores {
                    group.addTask {
                        try await store.prepare()
                        try await store.add(1, to: "q")
                    }
                }
                try await group.waitForAll()
            }
            for store in stores { await store.close() }
            #expect(
                try raw(path) { try Int.fetchOne($0, sql: "SELECT count(*) FROM drover_schema") }
                    == Schema.versions.count)
            #expect(try raw(path) { try Int.fetchOne($0, sql: "SELECT count(*) FROM drover_jobs") } == 6)
        }
    }

    @Test("Tables of an application in the same file stay as they are")
    func foreignTables() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("app.sqlite")
            try raw(path) { try $0.execute(sql: "CREATE TABLE orders (id INTEGER); INSERT INTO orders VALUES (7)") }
            try await withStore(path) { _ = try await $0.add(1, to: "q") }
            #expect(try raw(path) { try Int.fetchOne($0, sql: "SELECT id FROM orders") } == 7)
        }
    }

    @Test("A file of the layout before queues had a maximum length keeps its jobs, and its queues can be bounded")
    func olderLayout() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            try await withStore(path) { _ = try await $0.add(2, to: "q") }
            try raw(path) { try undoLayout(to: 3, $0) }
            try await withStore(path) { store in
                let expected = QueueSummary(name: "q", isPaused: false, counts: JobCounts([.waiting: 2]))
                #expect(try await store.queues() == [expected])
                _ = try await store.configure([.maxLength("q", 2)])
                #expect(try await store.enqueue("q", [NewJob(name: "n")]) == [.queueFull(maxLength: 2)])
            }
            // Another program's store, which has not seen the setting.
            let refused = try await withStore(path) { try await $0.enqueue("q", [NewJob(name: "n")]) }
            #expect(refused == [.queueFull(maxLength: 2)])
        }
    }

    @Test("A file of the layout before limits keeps its jobs, and its queues can be limited")
    func layoutWithoutLimits() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            try await withStore(path) { _ = try await $0.add(2, to: "q") }
            try raw(path) { try undoLayout(to: 5, $0) }
            let set = try await withStore(path) { try await $0.configure([.concurrency("q", 1)]) }
            #expect(set == [.done])
            // Another program's store, which has not seen the setting.
            let claimed = try await withStore(path) { store in
                let claim = Claim(limit: 2, lease: .seconds(30), worker: "w")
                return try await store.exchange("q", id: ExchangeID("x"), settle: [], claim: claim).claimed.count
            }
            #expect(claimed == 1)
        }
    }

    @Test("A file of a newer layout is refused as incompatible and left as it is")
    func newerLayout() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            try await withStore(path) { _ = try await $0.add(1, to: "q") }
            try raw(path) { try $0.execute(sql: "INSERT INTO drover_schema VALUES (99, 0)") }
            let before = try raw(path, content)
            await expectError(.incompatible, saying: "version 99", "newer drover", opening: SQLiteStore(path: path))
            #expect(try raw(path, content) == before)
            #expect(before.contains { $0.contains("99") })
        }
    }

    /// All that a file holds: its schema and every row, as text.
    private func content(_ db: Database) throws -> [String] {
        let schema = try Row.fetchAll(db, sql: "SELECT * FROM sqlite_schema")
        let tables = schema.filter { $0["type"] == "table" }.map { $0["name"] as String }
        return try (schema + tables.flatMap { try Row.fetchAll(db, sql: "SELECT * FROM \($0)") }).map(\.description)
    }

    @Test("An empty file becomes a store")
    func emptyFile() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            try Data().write(to: URL(filePath: path))
            let ids = try await withStore(path) { try await $0.add(1, to: "q") }
            #expect(ids.count == 1)
        }
    }

    @Test("A file that is no database is refused as corrupt and left as it is", arguments: [100, 1000, 20_000])
    func noDatabase(size: Int) async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            var random = TestRun.generator()
            let bytes = Data((0..<size).map { _ in UInt8.random(in: .min ... .max, using: &random) })
            try bytes.write(to: URL(filePath: path))
            await expectError(.corrupt, saying: path, "name another file", opening: SQLiteStore(path: path))
            #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
        }
    }

    @Test("A folder in place of the file can't be opened, and the error says so")
    func folderInPlace() async throws {
        try await withTemporaryFolder { folder in
            await expectError(
                .unreachable, saying: folder.path, "can't be opened", opening: SQLiteStore(path: folder.path))
        }
    }

    @Test("A file in a folder that does not exist can't be opened, and the error says so")
    func missingFolder() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("nowhere/jobs.sqlite")
            await expectError(
                .unreachable, saying: path, "check that its folder exists", opening: SQLiteStore(path: path))
            #expect(!FileManager.default.fileExists(atPath: folder.file("nowhere")))
        }
    }

    @Test("A program that only looks makes no file")
    func mustExist() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            await expectError(
                .unreachable, saying: path, "name an existing file", opening: SQLiteStore(path: path, mustExist: true))
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test("After a failed opening the same store opens once the trouble is mended")
    func opensAfterMending() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("later/jobs.sqlite")
            let store = SQLiteStore(path: path)
            await expectError(.unreachable, opening: store)
            try FileManager.default.createDirectory(atPath: folder.file("later"), withIntermediateDirectories: false)
            try await store.prepare()
            #expect(try await store.add(1, to: "q").count == 1)
            await store.close()
        }
    }

    @Test("A store that was not opened, or was closed, refuses calls as closed")
    func closedStore() async throws {
        try await withTemporaryFolder { folder in
            let store = SQLiteStore(path: folder.file("jobs.sqlite"))
            let before = await #expect(throws: StoreError.self) { try await store.add(1, to: "q") }
            #expect(before?.code == .closed)
            try await store.prepare()
            await store.close()
            await store.close()
            let after = await #expect(throws: StoreError.self) { try await store.queues() }
            #expect(after?.code == .closed)
        }
    }
}

/// Brings a file back to an older version of the layout, from 3 on.
private func undoLayout(to version: Int, _ db: Database) throws {
    let undoing = [
        4: "ALTER TABLE drover_queues DROP COLUMN max_length",
        5: "ALTER TABLE drover_jobs DROP COLUMN steps; DROP TABLE drover_steps",
        6: "ALTER TABLE drover_queues DROP COLUMN limited; DROP TABLE drover_limits; DROP TABLE drover_slices",
        7: "ALTER TABLE drover_jobs DROP COLUMN dedup; DROP TABLE drover_dedups",
        8: """
        DROP TABLE drover_children;
        DROP TABLE drover_parents;
        ALTER TABLE drover_queues DROP COLUMN waiting_children;
        ALTER TABLE drover_jobs DROP COLUMN wait_delay;
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, 'BETWEEN 0 AND 6', 'BETWEEN 0 AND 5') WHERE name = 'drover_jobs';
        PRAGMA writable_schema = RESET;
        """,
        9: "DROP TABLE drover_allowances",
        10: """
        DROP TABLE drover_groups;
        DROP TABLE drover_turns;
        DROP INDEX drover_jobs_group;
        UPDATE drover_jobs SET state = 0, steps = steps & 7 WHERE state = 7;
        ALTER TABLE drover_jobs DROP COLUMN grp;
        ALTER TABLE drover_jobs DROP COLUMN grp_rank;
        ALTER TABLE drover_jobs DROP COLUMN grp_place;
        UPDATE drover_queues SET waiting = waiting + grouped;
        ALTER TABLE drover_queues DROP COLUMN grouped;
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, 'BETWEEN 0 AND 7', 'BETWEEN 0 AND 6') WHERE name = 'drover_jobs';
        PRAGMA writable_schema = RESET;
        """,
        11: "DROP TABLE drover_dependents; ALTER TABLE drover_parents DROP COLUMN more",
        12: "DROP TABLE drover_results",
    ]
    for newer in ((version + 1)...Schema.versions.count).reversed() {
        try db.execute(sql: try #require(undoing[newer]))
        try db.execute(sql: "DELETE FROM drover_schema WHERE version = ?", arguments: [newer])
    }
}
