import DroverCore
import DroverSQLite
import DroverTesting
import Foundation
import ProcessTesting
import RedisTesting
import Synchronization
import Testing

@testable import DroverCommand

@Suite("Backups of a SQLite store")
struct BackupCommandTests {
    @Test("A copy made under load holds every job that was acknowledged before, is sound, and can be worked")
    func underLoad() async throws {
        try await withTemporaryFolder { folder in
            let (path, target) = (folder.file("jobs.sqlite"), folder.file("copy.sqlite"))
            let store = SQLiteStore(path: path)
            try await store.prepare()
            let payload = try JSONText("\"" + String(repeating: "x", count: 2000) + "\"")
            let jobs = Array(repeating: NewJob(name: "n", payload: payload), count: 500)
            for _ in 0..<8 { _ = try await store.enqueue("q", jobs) }
            let isOver = Mutex(false)
            let begun = Probe<Void>("a job was added under load")
            async let load: Void = {
                while !isOver.withLock({ $0 }) {
                    _ = try await store.enqueue("q", [NewJob(name: "late")])
                    begun.signal()
                }
            }()
            try await begun.wait(for: 3)
            let acknowledged = try #require(try await store.queue("q")).counts.total
            let (status, transcript) = await drover(["backup", target, "--json"], url: "sqlite:\(path)")
            isOver.withLock { $0 = true }
            try await load
            #expect(status == .done, "\(transcript.notes)")
            #expect((try Parsed(transcript.results).int("bytes") ?? 0) > 8_000_000)
            #expect(try FileAudit.problems(in: target) == [])
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains("part") } == [])

            let copy = SQLiteStore(path: target, mustExist: true)
            try await copy.prepare()
            let held = try #require(try await copy.queue("q")).counts
            #expect(held.total >= acknowledged)
            let claim = Claim(limit: 100, lease: .seconds(30), worker: "w")
            let claimed = try await copy.exchange("q", id: ExchangeID("c"), settle: [], claim: claim).claimed
            #expect(claimed.count == 100)
            let reply = try await copy.exchange(
                "q", id: ExchangeID("s"),
                settle: claimed.map { Settlement(lease: $0.lease, outcome: .completed(.null)) },
                claim: nil)
            #expect(reply.settled.allSatisfy { $0 == .settled })
            await copy.close()
            #expect(try await store.queue("q")?.counts[.completed] == 0)
            await store.close()
        }
    }

    @Test("A file that is there is refused, and replaced only by force")
    func existing() async throws {
        try await withTemporaryFolder { folder in
            let (path, target) = (folder.file("jobs.sqlite"), folder.file("copy.sqlite"))
            let store = SQLiteStore(path: path)
            try await store.prepare()
            _ = try await store.enqueue("q", [NewJob(name: "n")])
            try Data("mine".utf8).write(to: URL(filePath: target))
            let (status, transcript) = await drover(["backup", target], url: "sqlite:\(path)")
            #expect(status == .usage)
            #expect(transcript.notes.contains("is there already"), "\(transcript.notes)")
            #expect(try String(contentsOfFile: target, encoding: .utf8) == "mine")
            let (forced, told) = await drover(["backup", target, "--force"], url: "sqlite:\(path)")
            #expect(forced == .done, "\(told.notes)")
            #expect(try FileAudit.problems(in: target) == [])
            await store.close()
        }
    }

    @Test("What is no store, is not there, or can't be copied is told, and leaves no file")
    func refused() async throws {
        try await withTemporaryFolder { folder in
            let target = folder.file("copy.sqlite")
            try Data("text".utf8).write(to: URL(filePath: folder.file("text")))
            for (url, status, words) in [
                (
                    "sqlite:\(folder.file("none.sqlite"))", DroverCommand.ExitStatus.storeUnreachable,
                    "there is no store"
                ),
                ("sqlite:\(folder.file("text"))", .storeUnreachable, "not an SQLite database"),
                ("sqlite::memory:", .usage, "in memory"), ("redis://127.0.0.1:1", .usage, "BGSAVE"),
            ] {
                let (ended, transcript) = await drover(["backup", target], url: url)
                #expect(ended == status, "\(url): \(transcript.notes)")
                #expect(transcript.notes.contains(words), "\(url): \(transcript.notes)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["text"])
        }
    }

    @Test("A copy that is stopped on its way leaves no file, and the old one stays")
    func stopped() async throws {
        struct Stopped: Error {}
        try await withTemporaryFolder { folder in
            let (path, target) = (folder.file("jobs.sqlite"), folder.file("copy.sqlite"))
            let store = SQLiteStore(path: path)
            try await store.prepare()
            let payload = try JSONText("\"" + String(repeating: "x", count: 20_000) + "\"")
            for _ in 0..<4 {
                _ = try await store.enqueue("q", Array(repeating: NewJob(name: "n", payload: payload), count: 100))
            }
            try Data("mine".utf8).write(to: URL(filePath: target))
            #expect(throws: Stopped.self) {
                _ = try SQLiteBackup.copy(from: path, to: target, replacing: true) { _, _ in throw Stopped() }
            }
            #expect(try String(contentsOfFile: target, encoding: .utf8) == "mine")
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(!files.contains { $0.contains(".part") }, "\(files)")
            await store.close()
        }
    }
}
