import DroverCore
import DroverTesting
import Foundation
import ProcessTesting
import Testing

@testable import DroverSQLite

@Suite("Two stores on one file")
struct TwoStoresTests {
    /// Far longer than any of this takes; what is waited for must come before.
    private let long = Duration.seconds(120)

    private func withTwoStores(_ body: (SQLiteStore, SQLiteStore, String) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            try await withStore(path, clock: SystemWallClock()) { first in
                try await withStore(path, clock: SystemWallClock()) { second in try await body(first, second, path) }
            }
            #expect(try FileAudit.problems(in: path) == [])
        }
    }

    @Test("An enqueue through one store wakes who waits for work through the other")
    func enqueueWakes() async throws {
        try await withTwoStores { first, second, _ in
            async let wake = first.waitForWork(WakeInterest(work: ["q", "other"]), atMost: long)
            try await second.add(1, to: "q")
            #expect(try await wake.work == ["q"])
        }
    }

    @Test("An enqueue wakes who waits through a store that was opened by a link to the file")
    func linkedFile() async throws {
        try await withTwoStores { _, second, path in
            let link = path + ".link"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
            try await withStore(link, clock: SystemWallClock()) { linked in
                async let wake = linked.waitForWork(WakeInterest(work: ["q"]), atMost: long)
                try await second.add(1, to: "q")
                #expect(try await wake.work == ["q"])
            }
        }
    }

    @Test("An enqueue wakes who waits through a store whose last transaction wrote what was there before")
    func unchangedTransaction() async throws {
        try await withTwoStores { first, second, _ in
            let id = try #require(try await first.add(1, to: "other").first)
            let update = JobCommand.updatePayload(JobKey(queue: "other", id: id), to: .emptyObject)
            #expect(try await first.apply([update]).count == 1)
            async let wake = first.waitForWork(WakeInterest(work: ["q"]), atMost: long)
            try await untilWatched("q", by: first)
            try await second.add(1, to: "q")
            #expect(try await wake.work == ["q"])
        }
    }

    /// Returns when somebody waits for a queue and has had a look at it: what comes then is told by the watch alone.
    private func untilWatched(_ queue: QueueName, by store: SQLiteStore) async throws {
        while !store.hub.watched.contains(queue) { await Task.yield() }
        // The look is a read too, and begun before these.
        for _ in 0..<16 { _ = try await store.queues() }
    }

    @Test("An enqueue that came before the wait wakes it as well")
    func earlierEnqueueWakes() async throws {
        try await withTwoStores { first, second, _ in
            try await second.add(1, to: "q")
            #expect(try await first.waitForWork(WakeInterest(work: ["q"]), atMost: long).work == ["q"])
        }
    }

    @Test("A group that rests until its rate allows a job wakes who waits through the other store, to learn when")
    func restWakes() async throws {
        try await withTwoStores { first, second, _ in
            var options = JobOptions()
            options.group = "g"
            let job = NewJob(name: "n", options: options)
            let rate = GroupSetting.rate(GroupRate(max: 1, per: .seconds(3600)))
            #expect(try await second.configure([.group("q", "g", rate)]) == [.done])
            _ = try await second.enqueue("q", [job])
            let reply = try await first.claim(2, of: "q", "look")
            #expect(reply.claimed.count == 1 && reply.nextDueIn == nil)
            async let wake = first.waitForWork(WakeInterest(work: ["q"]), atMost: .seconds(20))
            try await untilWatched("q", by: first)
            _ = try await second.enqueue("q", [job])
            #expect(try await wake.work == ["q"])
            #expect(try await first.claim(1, of: "q", "again").nextDueIn != nil)
        }
    }

    @Test("An earlier due time, set through one store, wakes who waits through the other")
    func earlierDueWakes() async throws {
        try await withTwoStores { first, second, _ in
            _ = try await second.enqueue("q", [NewJob(name: "later", start: .after(.seconds(3600)))])
            let reply = try await first.claim(1, of: "q", "look")
            #expect(reply.nextDueIn != nil)
            async let wake = first.waitForWork(WakeInterest(work: ["q"]), atMost: long)
            _ = try await second.enqueue("q", [NewJob(name: "sooner", start: .after(.seconds(1800)))])
            #expect(try await wake.work == ["q"])
        }
    }

    @Test("Resuming a queue through one store wakes who waits through the other")
    func resumeWakes() async throws {
        try await withTwoStores { first, second, _ in
            _ = try await second.configure([.pause("q")])
            try await second.add(1, to: "q")
            #expect(try await first.claim(1, of: "q", "paused").isPaused)
            async let wake = first.waitForWork(WakeInterest(work: ["q"]), atMost: long)
            _ = try await second.configure([.resume("q")])
            #expect(try await wake.work == ["q"])
        }
    }

    @Test("Cancelling an active job through one store wakes its holder at the other, whose renewal then says so")
    func cancelWakes() async throws {
        try await withTwoStores { first, second, _ in
            async let work = first.waitForWork(WakeInterest(work: ["q"]), atMost: long)
            try await second.add(1, to: "q")
            #expect(try await work.work == ["q"])
            let claimed = try await first.claim(1, of: "q", "holder").claimed
            let job = try #require(claimed.first)
            async let wake = first.waitForWork(WakeInterest(cancellations: ["q"]), atMost: long)
            #expect(try await second.apply([.cancel(job.job.key)]) == [.requested])
            #expect(try await wake.cancellations == ["q"])
            #expect(try await first.renew([job.lease]) == [.cancelRequested])
        }
    }

    @Test("Events that one store brings are followed through the other, without a gap")
    func eventsFollowed() async throws {
        try await withTwoStores { first, second, _ in
            var page = try await first.events(EventQuery(queue: "q", start: .end), waitingAtMost: .zero)
            var names: [String] = []
            for number in 0..<20 {
                let query = EventQuery(queue: "q", start: .after(page.next))
                async let next = first.events(query, waitingAtMost: long)
                try await second.add(1, to: "q", named: JobName("job-\(number)"))
                page = try await next
                #expect(!page.hasGap)
                names += page.events.compactMap { if case .added(let name) = $0.kind { name.text } else { nil } }
            }
            #expect(names == (0..<20).map { "job-\($0)" })
        }
    }

    @Test("A reader that came before its queue follows without a gap, and sees one when events are gone")
    func eventsOfNewQueue() async throws {
        try await withTwoStores { first, second, _ in
            try await second.add(3, to: "older")
            let before = try await first.events(EventQuery(queue: "new", start: .end), waitingAtMost: .zero).next
            try await second.add(2, to: "new")
            let query = EventQuery(queue: "new", start: .after(before))
            let page = try await first.events(query, waitingAtMost: .zero)
            #expect(!page.hasGap)
            #expect(page.events.count == 4)
            for _ in 0..<80 { try await second.add(100, to: "new") }
            #expect(try await first.events(query, waitingAtMost: .zero).hasGap)
        }
    }

    @Test("Exchanges through both stores at the same time never hand out a job twice")
    func neverTwice() async throws {
        try await withTwoStores { first, second, _ in
            let ids = try await first.add(400, to: "q")
            let taken = try await withThrowingTaskGroup(of: [JobID].self) { group in
                for (number, store) in [first, second, first, second].enumerated() {
                    group.addTask {
                        var mine: [JobID] = []
                        var settlements: [Settlement] = []
                        var step = 0
                        repeat {
                            let reply = try await store.claim(7, of: "q", "\(number)-\(step)", settling: settlements)
                            #expect(reply.settled.allSatisfy { $0 == .settled })
                            settlements = reply.claimed.map { Settlement(lease: $0.lease, outcome: .completed(.null)) }
                            mine += reply.claimed.map(\.job.key.id)
                            step += 1
                        } while !settlements.isEmpty
                        return mine
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(taken.count == 400)
            #expect(Set(taken) == Set(ids))
            let counts = try await second.queues()[0].counts
            #expect(counts == JobCounts([.completed: 400]))
        }
    }

    @Test("After random work through both stores the counters equal the jobs")
    func countersHold() async throws {
        let random = TestRun.generator()
        try await withTwoStores { first, second, path in
            try await withThrowingTaskGroup { group in
                for (number, store) in [first, second, first].enumerated() {
                    group.addTask {
                        var work = RandomWork(store, name: "\(number)", seed: random.seed &+ UInt64(number))
                        for _ in 0..<120 { try await work.step() }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try FileAudit.problems(in: path) == [])
            #expect(try await first.queues() == second.queues())
        }
    }
}
