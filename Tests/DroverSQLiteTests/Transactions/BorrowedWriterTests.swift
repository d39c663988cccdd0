import Dispatch
import DroverCore
import DroverTesting
import GRDB
import ProcessTesting
import Testing

@testable import DroverSQLite

@Suite("A store in the application's database")
struct BorrowedWriterTests {
    @Test(
        "The traits tell how durable the application has made its database",
        arguments: [
            (SQLiteFixture.Place.pool, "synchronous = FULL", "FULL"), (.pool, "synchronous = NORMAL", "NORMAL"),
            (.pool, "synchronous = OFF", "OFF"), (.queue, "synchronous = FULL", "FULL"),
            (.queue, "synchronous = EXTRA", "EXTRA"), (.queue, "journal_mode = MEMORY", "none"),
            (.queue, "journal_mode = TRUNCATE", "FULL"), (.queue, "journal_mode = WAL", "FULL"),
            (.memoryQueue, "synchronous = FULL", "none"),
        ])
    func durability(place: SQLiteFixture.Place, setting: String, expected: String) async throws {
        try await withTemporaryFolder { folder in
            let database = try #require(try place.writer(folder.file("shop.sqlite")))
            try await database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA \(setting)") }
            let store = SQLiteStore(writer: database)
            #expect(store.traits.durability == "unknown")
            try await store.prepare()
            #expect(store.traits.durability == expected)
            #expect(store.traits.isShared == (place != .memoryQueue))
            try await store.add(1, to: "q")
            try await database.read { db throws in
                let (name, value) = (setting.prefix { $0 != " " }, setting.split(separator: " ").last ?? "")
                let now = try #require(try String.fetchOne(db, sql: "PRAGMA \(name)")).uppercased()
                let names = ["0": "OFF", "1": "NORMAL", "2": "FULL", "3": "EXTRA"]
                if place == .queue { #expect(names[now] ?? now == value) }
            }
            await store.close()
            try database.close()
        }
    }

    @Test(
        "Closing leaves the database open and no statement on it; then the store refuses", arguments: Application.places
    )
    func closing(_ place: SQLiteFixture.Place) async throws {
        try await withApplication(place) { shop async throws in
            try await shop.store.add(2, to: "q")
            #expect(try await shop.store.queues().count == 1)
            try await shop.database.write { db in _ = try shop.store.enqueue("q", [NewJob(name: "test")], in: db) }
            let waiting = Task { try await shop.store.waitForWork(WakeInterest(work: ["none"]), atMost: .seconds(120)) }
            while !shop.store.hub.watched.contains("none") { await Task.yield() }
            await shop.store.close()
            #expect(try await waiting.value.isEmpty)
            try await shop.database.write { try $0.order(1) }
            #expect(try await shop.orders() == [1])
            #expect(try await storeError { try await shop.store.add(1, to: "q") }?.code == .closed)
            #expect(try await storeError { _ = try await shop.store.queues() }?.code == .closed)
            #expect(try await storeError { try await shop.store.prepare() }?.code == .closed)
            // Another store goes on in the same database.
            let next = SQLiteStore(writer: shop.database)
            try await next.prepare()
            try await next.prepare()
            #expect(try await next.claim(5, of: "q", "c").claimed.count == 3)
            await next.close()
        }
    }

    @Test("The layout is recorded apart from the application's migrations, which go on beside it")
    func migrations() async throws {
        try await withApplication(.pool) { shop async throws in
            var migrator = DatabaseMigrator()
            migrator.registerMigration("orders") { try $0.execute(sql: "ALTER TABLE orders ADD COLUMN note TEXT") }
            try migrator.migrate(shop.database)
            try await shop.store.add(1, to: "q")
            migrator.registerMigration("more") { try $0.execute(sql: "CREATE TABLE more (id INTEGER)") }
            try migrator.migrate(shop.database)
            try await shop.store.add(1, to: "q")
            let (own, applied) = try await shop.database.read { db throws in
                (
                    try Int.fetchAll(db, sql: "SELECT version FROM drover_schema"),
                    try String.fetchAll(db, sql: "SELECT identifier FROM grdb_migrations ORDER BY 1")
                )
            }
            #expect(own == Array(1...Schema.versions.count))
            #expect(applied == ["more", "orders"])
            #expect(try await shop.counts() == JobCounts([.waiting: 2]))
        }
    }

    @Test("A call that is waited for inside of a write fails as busy, is not done later, and others go on")
    func heldWriter() async throws {
        let clock = ManualClock()
        try await withApplication(.pool, timer: clock) { shop async throws in
            let isHeld = Probe<Void>("held writer")
            let gate = DispatchSemaphore(value: 0)
            shop.database.asyncWriteWithoutTransaction { _ in
                isHeld.signal()
                gate.wait()
            }
            try await isHeld.wait()
            async let error = storeError { try await shop.store.add(1, to: "q") }
            try await clock.waitForSleepers(1)
            clock.advance(by: .seconds(5))
            let told = try await error
            gate.signal()
            #expect(told?.code == .busy)
            #expect(told?.message.contains("join the transaction instead") == true)
            try await shop.store.add(2, to: "q")
            #expect(try await shop.counts() == JobCounts([.waiting: 2]))
        }
    }

    @Test("A transaction that the application has left open is told of, and what the store does is not lost in it")
    func openTransaction() async throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let database = try DatabaseQueue(configuration: configuration)
        let store = SQLiteStore(writer: database)
        try await store.prepare()
        try await database.writeWithoutTransaction { try $0.beginTransaction() }
        let error = try await storeError { try await store.add(1, to: "q") }
        #expect(error?.code == .busy)
        #expect(error?.message.contains("left a transaction open") == true)
        try await database.writeWithoutTransaction { try $0.commit() }
        try await store.add(1, to: "q")
        #expect(try await store.queues().map(\.counts) == [JobCounts([.waiting: 1])])
        await store.close()
        try database.close()
    }

    @Test("A database that is only read is refused")
    func readOnly() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("shop.sqlite")
            try raw(path) { try $0.execute(sql: "CREATE TABLE orders (number INTEGER PRIMARY KEY)") }
            var configuration = Configuration()
            configuration.readonly = true
            let database = try DatabaseQueue(path: path, configuration: configuration)
            await expectError(.readOnly, saying: "can't be written to", opening: SQLiteStore(writer: database))
            try database.close()
        }
    }

    @Test(
        "Two stores on one writer wake each other, and for what the application commits", arguments: Application.places)
    func wakeEachOther(_ place: SQLiteFixture.Place) async throws {
        try await withApplication(place) { shop async throws in
            let other = SQLiteStore(writer: shop.database)
            try await other.prepare()
            async let wake = other.waitForWork(WakeInterest(work: ["q"]), atMost: .seconds(120))
            try await shop.store.add(1, to: "q")
            #expect(try await wake.work == ["q"])
            async let joined = other.waitForWork(WakeInterest(work: ["j"]), atMost: .seconds(120))
            try await shop.database.write { db in _ = try shop.store.enqueue("j", [NewJob(name: "test")], in: db) }
            #expect(try await joined.work == ["j"])
            await other.close()
        }
    }

    @Test("A file that is locked for one process needs no counter of commits", arguments: ["WAL", "DELETE"])
    func exclusive(journal: String) async throws {
        try await withTemporaryFolder { folder in
            let database = try DatabaseQueue(path: folder.file("shop.sqlite"))
            try await database.writeWithoutTransaction { db throws in
                try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = \(journal)")
            }
            let (store, other) = (SQLiteStore(writer: database), SQLiteStore(writer: database))
            try await store.prepare()
            try await other.prepare()
            async let wake = other.waitForWork(WakeInterest(work: ["q"]), atMost: .seconds(120))
            try await store.add(1, to: "q")
            #expect(try await wake.work == ["q"])
            await store.close()
            await other.close()
            try database.close()
        }
    }

    @Test(
        "The enqueue of another process wakes this one, and a commit of this one's application wakes the other",
        arguments: Application.filePlaces)
    func otherProcess(_ place: SQLiteFixture.Place) async throws {
        try await withApplication(place) { shop async throws in
            let command = place == .pool ? "console" : "console-queue"
            let other = try ChildProcess(BuiltProducts.path(of: "PowerCutWorkload"), [command, shop.path])
            defer { other.crash() }
            #expect(try await other.lines.wait()[0] == "ready")

            async let wake = shop.store.waitForWork(WakeInterest(work: ["here"]), atMost: .seconds(120))
            // What comes after the first look is told by the watch alone; that look is a read, and begun before these.
            while !shop.store.hub.watched.contains("here") { await Task.yield() }
            for _ in 0..<16 { _ = try await shop.store.queues() }
            #expect(try await other.ask("add here 1").split(separator: " ").count == 1)
            #expect(try await wake.work == ["here"])

            async let woken = other.ask("wait there")
            try await shop.database.write { db throws in
                try db.order(1)
                _ = try shop.store.enqueue("there", [NewJob(name: "test")], in: db)
            }
            #expect(try await woken == "woken")
            try other.closeInput()
            #expect(try await other.end().isSuccess)
        }
    }
}
