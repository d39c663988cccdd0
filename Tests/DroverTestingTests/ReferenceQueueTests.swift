import DroverCore
import DroverTesting
import Testing

/// The pure rules of one queue. All stores are held to them by the conformance suite; here stand those
/// that the rest of the suite leans on.
@Suite struct ReferenceQueueTests {
    let start = Timestamp(milliseconds: 1_000_000)
    let claimOne = Claim(limit: 1, lease: .seconds(30), worker: "w")

    func makeQueue(_ jobs: [NewJob] = []) -> ReferenceQueue {
        var queue = ReferenceQueue("q")
        for job in jobs { _ = queue.enqueue(job, now: start) }
        return queue
    }

    func job(
        _ id: String, priority: Int = 0, lifo: Bool = false, start: NewJob.Start = .now
    ) throws -> NewJob {
        NewJob(
            id: try .custom(id), name: "n", start: start, options: JobOptions(priority: priority, lifo: lifo))
    }

    func later(_ span: Duration) -> Timestamp { start + span }

    /// Claims up to `limit` jobs and returns their leases in order.
    func claim(
        _ limit: Int, from queue: inout ReferenceQueue, id: ExchangeID = ExchangeID("x"), at now: Timestamp? = nil
    ) -> [Lease] {
        let claim = Claim(limit: limit, lease: .seconds(30), worker: "w")
        return queue.exchange(id: id, settle: [], claim: claim, now: now ?? start).claimed.map(\.lease)
    }

    @Test func claimsComeWithoutPriorityFirstThenByPriorityThenByEntry() throws {
        var queue = makeQueue([
            try job("p2", priority: 2), try job("a"), try job("p1", priority: 1), try job("b"),
            try job("p1-later", priority: 1), try job("top", lifo: true),
        ])
        let order = claim(10, from: &queue).map(\.job.id.text)
        #expect(order == ["top", "a", "b", "p1", "p1-later", "p2"])
    }

    @Test func generatedIDsAreWholeNumbersThatAreNotUsedAgain() throws {
        var queue = makeQueue([NewJob(name: "n"), NewJob(name: "n")])
        let leases = claim(2, from: &queue)
        let settlements = leases.map { Settlement(lease: $0, outcome: .completed(.null), retention: .removeAtOnce) }
        _ = queue.exchange(id: ExchangeID("y"), settle: settlements, claim: nil, now: start)
        #expect(queue.counts.total == 0)
        #expect(queue.enqueue(NewJob(name: "n"), now: start) == .added(try JobID("3")))
    }

    @Test func aDelayedJobIsClaimableAtItsTimeAndNotBefore() throws {
        var queue = makeQueue([try job("d", start: .after(.milliseconds(500)))])
        let early = queue.exchange(id: ExchangeID("1"), settle: [], claim: claimOne, now: later(.milliseconds(499)))
        #expect(early.claimed.isEmpty)
        #expect(early.nextDueIn == .milliseconds(1))
        let due = queue.exchange(id: ExchangeID("2"), settle: [], claim: claimOne, now: later(.milliseconds(500)))
        #expect(due.claimed.map(\.job.key.id.text) == ["d"])
        #expect(due.claimed.first?.job.dueAt == nil)
        #expect(due.nextDueIn == nil)
    }

    @Test func aRepeatedExchangeAnswersTheSameAndCountsNothing() throws {
        var queue = makeQueue([try job("a"), try job("b"), try job("c")])
        let first = claim(1, from: &queue, id: ExchangeID("1"))
        let settle = first.map { Settlement(lease: $0, outcome: .completed(.null)) }
        let id = ExchangeID("2")
        let reply = queue.exchange(id: id, settle: settle, claim: claimOne, now: start)
        let again = queue.exchange(id: id, settle: settle, claim: claimOne, now: later(.seconds(10)))
        #expect(again.settled == [.settled])
        #expect(again.claimed.map(\.job) == reply.claimed.map(\.job))
        #expect(again.claimed.map(\.leaseFor) == [.seconds(20)])
        #expect(queue.counts[.active] == 1)
        #expect(queue.counts[.completed] == 1)
    }

    @Test func anExchangeIsForgottenWhenItsLeaseHasPassed() throws {
        var queue = makeQueue([try job("a"), try job("b")])
        let id = ExchangeID("1")
        _ = queue.exchange(id: id, settle: [], claim: claimOne, now: start)
        let late = queue.exchange(id: id, settle: [], claim: claimOne, now: later(.seconds(30)))
        #expect(late.claimed.map(\.job.key.id.text) == ["b"])
    }

    @Test func aLeaseThatWasReclaimedSettlesNothing() throws {
        var queue = makeQueue([try job("a")])
        let leases = claim(1, from: &queue)
        #expect(queue.reclaimStalled(maxStalled: 1, limit: 10, now: later(.milliseconds(29_999))).isEmpty)
        let stalled = queue.reclaimStalled(maxStalled: 1, limit: 10, now: later(.seconds(30)))
        #expect(stalled.map(\.stalls) == [1])
        #expect(stalled.map(\.mustFail) == [false])
        let settle = leases.map { Settlement(lease: $0, outcome: .completed(.null)) }
        let reply = queue.exchange(id: ExchangeID("2"), settle: settle, claim: nil, now: later(.seconds(30)))
        #expect(reply.settled == [.leaseLost])
        #expect(queue.counts[.waiting] == 1)
    }

    @Test func aLeaseWhoseTimeHasPassedSettlesWhileNobodyReclaimed() throws {
        var queue = makeQueue([try job("a")])
        let settle = claim(1, from: &queue).map { Settlement(lease: $0, outcome: .completed(.null)) }
        let reply = queue.exchange(id: ExchangeID("2"), settle: settle, claim: nil, now: later(.seconds(300)))
        #expect(reply.settled == [.settled])
    }

    @Test func stalledJobsComeBackInTheOrderOfTheirExpiries() throws {
        var queue = makeQueue([try job("a"), try job("b"), try job("z")])
        _ = claim(1, from: &queue, id: ExchangeID("1"))
        _ = claim(1, from: &queue, id: ExchangeID("2"), at: later(.seconds(1)))
        let now = later(.seconds(60))
        let stalled = queue.reclaimStalled(maxStalled: 0, limit: 10, now: now)
        #expect(stalled.map(\.key.id.text) == ["b", "a"])
        #expect(stalled.map(\.mustFail) == [true, true])
        let order = claim(3, from: &queue, id: ExchangeID("3"), at: now).map(\.job.id.text)
        #expect(order == ["a", "b", "z"])
    }

    @Test func aRenewalExtendsFromNowAndTellsOfACancellation() throws {
        var queue = makeQueue([try job("a")])
        let lease = try #require(claim(1, from: &queue).first)
        #expect(queue.renew(lease, now: later(.seconds(20))) == .held)
        #expect(queue.reclaimStalled(maxStalled: 1, limit: 1, now: later(.seconds(49))).isEmpty)
        #expect(queue.apply(.cancel(lease.job), now: later(.seconds(49))) == .requested)
        #expect(queue.renew(lease, now: later(.seconds(49))) == .cancelRequested)
    }

    @Test func retentionRemovesTheOldestOfTheSameEnd() throws {
        var queue = makeQueue(try (1...5).map { try job("j\($0)") })
        let settle = claim(5, from: &queue).map { lease in
            Settlement(lease: lease, outcome: .completed(.null), retention: .keep(2))
        }
        _ = queue.exchange(id: ExchangeID("2"), settle: settle, claim: nil, now: start)
        let page = try queue.page(of: .completed, Page())
        #expect(page.jobs.map(\.key.id.text) == ["j4", "j5"])
    }

    @Test func retentionByAgeRemovesWhatIsExactlyThatOld() throws {
        var queue = makeQueue([try job("old"), try job("new")])
        let leases = claim(2, from: &queue)
        _ = queue.exchange(
            id: ExchangeID("2"), settle: [Settlement(lease: leases[0], outcome: .failed(Failure(reason: "r")))],
            claim: nil, now: start)
        let rule = Retention.keep(for: .seconds(10))
        let second = Settlement(lease: leases[1], outcome: .failed(Failure(reason: "r")), retention: rule)
        _ = queue.exchange(id: ExchangeID("3"), settle: [second], claim: nil, now: later(.seconds(10)))
        let page = try queue.page(of: .failed, Page())
        #expect(page.jobs.map(\.key.id.text) == ["new"])
    }

    @Test func releasedJobsGoToTheFrontTheLastSettledFirst() throws {
        var queue = makeQueue([try job("a"), try job("b"), try job("c")])
        let settle = claim(2, from: &queue).map { Settlement(lease: $0, outcome: .released) }
        let claim = Claim(limit: 3, lease: .seconds(30), worker: "w")
        let reply = queue.exchange(id: ExchangeID("2"), settle: settle, claim: claim, now: start)
        #expect(reply.claimed.map(\.job.key.id.text) == ["b", "a", "c"])
        #expect(reply.claimed.map(\.job.attemptsMade) == [0, 0, 0])
        #expect(reply.claimed.map(\.job.attemptsStarted) == [2, 2, 1])
    }

    @Test func aPausedQueueSettlesAndHandsOutNothing() throws {
        var queue = makeQueue([try job("a"), try job("b")])
        let settle = claim(1, from: &queue).map { Settlement(lease: $0, outcome: .completed(.null)) }
        _ = queue.configure(.pause("q"), now: start)
        let reply = queue.exchange(id: ExchangeID("2"), settle: settle, claim: claimOne, now: start)
        #expect(reply.settled == [.settled])
        #expect(reply.claimed.isEmpty)
        #expect(reply.isPaused)
    }

    @Test func drainedIsToldOnceWhenTheLastJobEnds() throws {
        var queue = makeQueue([try job("a"), try job("b")])
        let leases = claim(2, from: &queue)
        for (number, lease) in leases.enumerated() {
            let settle = [Settlement(lease: lease, outcome: .completed(.null))]
            _ = queue.exchange(id: ExchangeID("s\(number)"), settle: settle, claim: nil, now: start)
        }
        let kinds = try queue.events.page(from: .beginning, limit: 1000).events.map(\.kind)
        #expect(kinds.filter { $0 == .drained }.count == 1)
        #expect(kinds.last == .drained)
    }

    @Test func oneBadSettlementDoesNotTouchItsNeighbours() throws {
        var queue = makeQueue([try job("a"), try job("b")])
        let leases = claim(2, from: &queue)
        let foreign = Lease(
            job: JobKey(queue: "other", id: leases[0].job.id), token: leases[0].token, duration: .seconds(1))
        let stranger = Lease(job: leases[0].job, token: LeaseToken("no"), duration: .seconds(1))
        let settle = [foreign, stranger, leases[0], leases[1]].map { lease in
            Settlement(lease: lease, outcome: .completed(.null))
        }
        let reply = queue.exchange(id: ExchangeID("2"), settle: settle, claim: nil, now: start)
        guard case .refused = reply.settled[0] else {
            Issue.record("a settlement of another queue was not refused: \(reply.settled)")
            return
        }
        #expect(reply.settled.dropFirst() == [.leaseLost, .settled, .settled])
    }

    @Test func cleaningPassesOverWhatDoesNotMatchAndGoesOnBehindIt() throws {
        var queue = makeQueue(try (1...5).map { try job("j\($0)") })
        _ = queue.enqueue(try job("young"), now: later(.seconds(5)))
        let sweep = Sweep.clean("q", state: .waiting, olderThan: .seconds(10))
        let first = try queue.sweep(sweep, after: nil, limit: 4, now: later(.seconds(10)))
        #expect(first.removed == 4)
        guard case .more(let cursor) = first.progress else {
            Issue.record("the sweep ended too early: \(first)")
            return
        }
        let second = try queue.sweep(sweep, after: cursor, limit: 4, now: later(.seconds(10)))
        #expect(second == SweepReport(removed: 1, progress: .finished))
        #expect(try queue.page(of: .waiting, Page()).jobs.map(\.key.id.text) == ["young"])
    }

    @Test func aCursorStaysGoodWhenItsJobIsGone() throws {
        var queue = makeQueue(try (1...4).map { try job("j\($0)") })
        let page = try queue.page(of: .waiting, Page(limit: 2))
        let last = try #require(page.jobs.last)
        #expect(queue.apply(.remove(last.key), now: start) == .done)
        let next = try queue.page(of: .waiting, Page(limit: 2, after: page.next))
        #expect(next.jobs.map(\.key.id.text) == ["j3", "j4"])
        let back = try queue.page(of: .waiting, Page(limit: 2, after: page.next, order: .descending))
        #expect(back.jobs.map(\.key.id.text) == ["j1"])
    }

    @Test func aCursorThatTheStoreDidNotMakeIsInvalid() throws {
        let queue = makeQueue([try job("a")])
        let error = #expect(throws: StoreError.self) {
            try queue.page(of: .waiting, Page(after: PageCursor("nonsense")))
        }
        #expect(error?.code == .invalid)
    }

    @Test func logsKeepTheNewestLinesAndPageBothWays() throws {
        var queue = makeQueue([try job("a")])
        let lease = try #require(claim(1, from: &queue).first)
        for line in 1...5 {
            #expect(queue.record(JobReport(lease: lease, content: .log("l\(line)", keep: 3))) == .recorded)
        }
        let up = try queue.logs(of: lease.job.id, Page(limit: 2))
        #expect(up.lines == ["l3", "l4"])
        #expect(up.total == 3)
        #expect(try queue.logs(of: lease.job.id, Page(limit: 2, after: up.next)).lines == ["l5"])
        let down = try queue.logs(of: lease.job.id, Page(limit: 2, order: .descending))
        #expect(down.lines == ["l5", "l4"])
    }
}
