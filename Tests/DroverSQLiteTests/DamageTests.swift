import DroverCore
import DroverTesting
import Foundation
import GRDB
import ProcessTesting
import Testing

@testable import DroverSQLite

@Suite("Damaged files")
struct DamageTests {
    /// One of the calls that read and change much of a file.
    private enum Call: CaseIterable {
        case queues, lists, events, claim, enqueue, reclaim, clean

        func make(on store: SQLiteStore) async throws(StoreError) {
            switch self {
            case .queues: _ = try await store.queues()
            case .lists:
                for state in JobState.allCases {
                    _ = try await store.jobs(matching: JobQuery(queue: "q", state: state), page: Page(limit: 1000))
                }
            case .events:
                _ = try await store.events(EventQuery(queue: "q", start: .beginning, limit: 1000), waitingAtMost: .zero)
            case .claim:
                _ = try await store.exchange(
                    "q", id: ExchangeID("a"), settle: [], claim: Claim(limit: 50, lease: .seconds(30), worker: "w"))
            case .enqueue: _ = try await store.enqueue("q", [NewJob(name: "more")])
            case .reclaim: _ = try await store.reclaimStalled("q", maxStalled: 1, limit: 100)
            case .clean:
                _ = try await store.sweep(.clean("q", state: .waiting, olderThan: .zero), after: nil, limit: 1000)
            }
        }
    }

    /// Makes all calls and returns their errors.
    private func errors(on store: SQLiteStore) async -> [StoreError] {
        var errors: [StoreError] = []
        for call in Call.allCases {
            do throws(StoreError) { try await call.make(on: store) } catch { errors.append(error) }
        }
        return errors
    }

    @Test("Numbers that can't be counted on from stop nobody", arguments: [Int64.max, .min])
    func extremeNumbers(number: Int64) async throws {
        let columns = [
            "drover_jobs": [
                "attempts_made", "attempts_started", "stalls", "log_lines", "priority", "created_at", "place", "rank",
            ],
            "drover_queues": ["waiting", "prioritized", "delayed", "active", "completed", "last_event", "cancels"],
            "drover_sequence": ["value"],
            "drover_host": ["distance"],
            "drover_events": ["last", "count"],
        ]
        try await withTemporaryFolder { folder in
            for (table, columns) in columns {
                for name in columns {
                    let path = folder.file("\(table)-\(name).sqlite")
                    try await withStore(path) { store in
                        try await store.add(3, to: "q")
                        _ = try await store.claim(1, of: "q", "before", lease: .zero)
                    }
                    try raw(path) {
                        try $0.execute(
                            sql: "UPDATE \(table) SET \(name) = ? WHERE rowid = (SELECT min(rowid) FROM \(table))",
                            arguments: [number])
                    }
                    let names = try await withStore(path) { store in
                        // Calls may fail, and must come back.
                        _ = await errors(on: store)
                        return try await store.queues().map(\.name)
                    }
                    #expect(names == ["q"], "\(table).\(name)")
                }
            }
        }
    }

    @Test("A file with damaged pages fails calls as corrupt, or serves what it can")
    func damagedPages() async throws {
        var random = TestRun.generator()
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            try await withStore(path) { store in
                for _ in 0..<10 { try await store.add(50, to: "q") }
                _ = try await store.claim(40, of: "q", "before")
            }
            let whole = try Data(contentsOf: URL(filePath: path))
            var errors: [StoreError] = []
            for round in 0..<24 {
                let copy = folder.file("damaged-\(round).sqlite")
                var bytes = whole
                let pages = bytes.count / 4096
                for _ in 0..<3 {
                    let page = Int.random(in: 1..<pages, using: &random)
                    for offset in 0..<4096 where round % 2 == 0 || Int.random(in: 0..<40, using: &random) == 0 {
                        bytes[page * 4096 + offset] = UInt8.random(in: .min ... .max, using: &random)
                    }
                }
                try bytes.write(to: URL(filePath: copy))
                let store = SQLiteStore(path: copy, clock: ManualWallClock())
                do throws(StoreError) {
                    try await store.prepare()
                    errors += await self.errors(on: store)
                } catch {
                    errors.append(error)
                }
                await store.close()
            }
            #expect(!errors.isEmpty)
            // A damaged number may look like that of a newer layout.
            for error in errors { #expect([.corrupt, .incompatible].contains(error.code), "\(error)") }
        }
    }

    @Test("A value that no store writes fails the call as corrupt and harms no other job")
    func impossibleValues() async throws {
        let damages = ["state = 9", "state = -1"]
        for damage in damages {
            try await withTemporaryFolder { folder in
                let path = folder.file("jobs.sqlite")
                let ids = try await withStore(path) { try await $0.add(2, to: "q") }
                try raw(path) {
                    try $0.execute(sql: "PRAGMA ignore_check_constraints = ON")
                    try $0.execute(sql: "UPDATE drover_jobs SET \(damage) WHERE seq = ?", arguments: [ids[0].text])
                }
                try await withStore(path) { store in
                    let error = await #expect(throws: StoreError.self, "\(damage)") {
                        try await store.jobs([JobKey(queue: "q", id: ids[0])])
                    }
                    #expect(error?.code == .corrupt, "\(damage)")
                    let neighbour = try await store.jobs([JobKey(queue: "q", id: ids[1])])[0]
                    #expect(neighbour?.state == .waiting, "\(damage)")
                }
            }
        }
    }

    @Test("Damaged stack traces are read as none")
    func damagedTraces() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            try await withStore(path) { _ = try await $0.add(1, to: "q") }
            try raw(path) { try $0.execute(sql: "UPDATE drover_jobs SET stacktrace = '[1'") }
            try await withStore(path) { store in
                let job = try #require(try await store.claim(1, of: "q", "first").claimed.first).job
                #expect(job.stacktrace == [])
                #expect(job.deferredFailure == nil)
            }
        }
    }

    @Test("Jobs with damaged options are handed out to fail, and hold up no other")
    func damagedNeighbour() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            try await withStore(path) { store in
                try await store.add(2, to: "bad")
                try await store.add(2, to: "good")
            }
            try raw(path) {
                try $0.execute(
                    sql: """
                        UPDATE drover_jobs SET options = 'not JSON'
                        WHERE queue = (SELECT number FROM drover_queues WHERE name = 'bad')
                        """)
            }
            try await withStore(path) { store in
                let damaged = try await store.claim(2, of: "bad", "first").claimed
                #expect(
                    damaged.map(\.job.deferredFailure) == Array(repeating: "the stored options can't be read", count: 2)
                )
                let reply = try await store.claim(2, of: "good", "second")
                #expect(reply.claimed.count == 2)
            }
            #expect(try FileAudit.problems(in: path) == [])
        }
    }

    @Test("A file that lost its sequence is refused as corrupt")
    func lostSequence() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            try await withStore(path) { _ = try await $0.add(1, to: "q") }
            try raw(path) { try $0.execute(sql: "DELETE FROM drover_sequence") }
            try await withStore(path) { store in
                let error = await #expect(throws: StoreError.self) { try await store.add(1, to: "q") }
                #expect(error?.code == .corrupt)
                #expect(error?.message.contains("restore") == true)
            }
        }
    }
}
