import Dispatch
import DroverCore
import DroverTesting
import ProcessTesting
import Testing

@testable import DroverSQLite

@Suite("Two processes on one file")
struct TwoProcessesTests {
    private let long = Duration.seconds(120)

    private func withOtherProcess(_ body: (SQLiteStore, ChildProcess) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            try await withStore(path, clock: SystemWallClock()) { store in
                let other = try ChildProcess(BuiltProducts.path(of: "PowerCutWorkload"), ["console", path])
                defer { other.crash() }
                #expect(try await other.lines.wait()[0] == "ready")
                try await body(store, other)
                try other.closeInput()
                #expect(try await other.end().isSuccess)
            }
            #expect(try FileAudit.problems(in: path) == [])
        }
    }

    @Test("An enqueue of one process wakes the other, in both directions")
    func enqueueWakes() async throws {
        try await withOtherProcess { store, other in
            async let wake = store.waitForWork(WakeInterest(work: ["here"]), atMost: long)
            let ids = try await other.ask("add here 2").split(separator: " ")
            #expect(ids.count == 2)
            #expect(try await wake.work == ["here"])

            async let woken = other.ask("wait there")
            try await store.add(1, to: "there")
            #expect(try await woken == "woken")
        }
    }

    @Test("Resuming and cancelling in one process wake the other")
    func resumeAndCancelWake() async throws {
        try await withOtherProcess { store, other in
            _ = try await other.ask("pause q")
            _ = try await other.ask("add q 1")
            #expect(try await store.claim(1, of: "q", "paused").isPaused)
            async let resumed = store.waitForWork(WakeInterest(work: ["q"]), atMost: long)
            _ = try await other.ask("resume q")
            #expect(try await resumed.work == ["q"])

            let job = try #require(try await store.claim(1, of: "q", "holder").claimed.first)
            async let cancelled = store.waitForWork(WakeInterest(cancellations: ["q"]), atMost: long)
            #expect(try await other.ask("cancel q \(job.job.key.id)").contains("requested"))
            #expect(try await cancelled.cancellations == ["q"])
        }
    }

    @Test("Events of one process are followed by the other without a gap")
    func eventsFollowed() async throws {
        try await withOtherProcess { store, other in
            var position = try await store.events(EventQuery(queue: "q", start: .end), waitingAtMost: .zero).next
            var seen: [JobID] = []
            var added: [JobID] = []
            for _ in 0..<10 {
                let query = EventQuery(queue: "q", start: .after(position))
                async let next = store.events(query, waitingAtMost: long)
                added += try await other.ask("add q 1").split(separator: " ").map { try JobID(String($0)) }
                let page = try await next
                #expect(!page.hasGap)
                position = page.next
                seen += page.events.compactMap { if case .added = $0.kind { $0.job } else { nil } }
            }
            #expect(seen == added)
        }
    }

    @Test("Two processes at work on one queue never get the same job")
    func neverTwice() async throws {
        try await withOtherProcess { store, other in
            let ids = try await store.add(300, to: "q")
            async let theirs = other.ask("work q 300")
            var mine: [JobID] = []
            var settlements: [Settlement] = []
            var step = 0
            repeat {
                let reply = try await store.claim(3, of: "q", "mine-\(step)", settling: settlements)
                settlements = reply.claimed.map { Settlement(lease: $0.lease, outcome: .completed(.null)) }
                mine += reply.claimed.map(\.job.key.id)
                step += 1
            } while !settlements.isEmpty
            let all = try await mine.map(\.text) + theirs.split(separator: " ").map(String.init)
            #expect(all.count == 300)
            #expect(Set(all) == Set(ids.map(\.text)))
        }
    }

    @Test("Closing one store of a process leaves the locks of its other store on the same file in force")
    func closingKeepsLocks() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            try await withStore(path, clock: SystemWallClock()) { store in
                let closing = SQLiteStore(path: path)
                try await closing.prepare()
                let other = try ChildProcess(BuiltProducts.path(of: "PowerCutWorkload"), ["console", path])
                defer { other.crash() }
                try await other.lines.wait()

                let isWriting = Probe<Void>("writing store")
                let gate = DispatchSemaphore(value: 0)
                async let writing: Void = store.write { _ throws(StoreError) in
                    isWriting.signal()
                    gate.wait()
                }
                try await isWriting.wait()
                await closing.close()
                let answer = try await other.ask("add q 1")
                gate.signal()
                try await writing
                #expect(answer.hasPrefix("error busy: "), "the other process wrote meanwhile: \(answer)")
            }
            #expect(try FileAudit.problems(in: path) == [])
        }
    }
}
