import DroverCore

extension ConformanceCase {
    static let isolation: [ConformanceCase] = [
        Case("queues", "the same id in two queues names two jobs") { bench in
            let other = bench.queue("other")
            try await bench.add("a", payload: JSONText("1"))
            try await bench.add("a", payload: JSONText("2"), in: other)
            try await bench.expect(bench.job(bench.key("a", in: other)).payload, is: JSONText("2"), "the payload")
            try await bench.apply(.remove(bench.key("a", in: other)))
            try await bench.expect(bench.job("a").payload, is: JSONText("1"), "the other job stays")
        },
        Case("queues", "an exchange claims from its own queue only") { bench in
            try await bench.add("a")
            try await bench.add("b", in: bench.queue("other"))
            try await bench.expect(bench.claimedIDs(), is: ["a"], "the claimed jobs")
        },
        Case("queues", "pausing, sweeping and pruning one queue leaves the others alone") { bench in
            let other = bench.queue("other")
            try await bench.finish(["f"])
            try await bench.add("a")
            try await bench.addAll(["x", "y"], in: other)
            try await bench.pause(other)
            _ = try await bench.sweep(.obliterate(other, force: true))
            _ = try await bench.store.prune(other, PruneRule(.completed, keeping: .removeAtOnce), limit: 10)
            try await bench.expect(bench.counts(), is: JobCounts([.completed: 1, .waiting: 1]), "the jobs by state")
            try await bench.expect(bench.claimedIDs(), is: ["a"], "what can be claimed")
        },
        Case("queues", "events belong to one queue") { bench in
            try await bench.add("a")
            try await bench.add("b", in: bench.queue("other"))
            try await bench.expect(bench.events().compactMap(\.job?.text), is: ["a", "a"], "the jobs of the events")
        },
        Case("queues", "names with every allowed kind of character work") { bench in
            for suffix in ["ü-漢-\u{1F600}", "a b", "a/b", "a.b", "'\"`;--", "%_*?[x]", "{tag}", "\\"] {
                let queue = bench.queue(suffix)
                let key = try await bench.add("a", in: queue)
                try await bench.expect(bench.claimedIDs(in: queue), is: ["a"], "the claimed jobs of \(queue)")
                try await bench.expect(bench.job(key).key, is: key, "the key")
                try await bench.expect(bench.counts(of: queue), is: JobCounts([.active: 1]), "the counts")
            }
        },
    ]

    static let concurrency: [ConformanceCase] = [
        Case("rule 4", "eight exchanges at once never hand out a job twice and leave none out") { bench in
            try await bench.addAll((0..<200).map { "n-\($0)" })
            let claimed = try await bench.together(8) { _ in
                var ids: [String] = []
                while true {
                    let more = try await bench.claimedIDs(7)
                    if more.isEmpty { return ids }
                    ids += more
                }
            }
            try bench.expect(claimed.joined().sorted(), is: (0..<200).map { "n-\($0)" }.sorted(), "the claimed jobs")
        },
        Case("rule 4", "workers that settle and claim at once run every job exactly once") { bench in
            try await bench.addAll((0..<200).map { "n-\($0)" })
            let settled = try await bench.together(8) { _ in
                var settled = 0
                var settle: [Settlement] = []
                while true {
                    let reply = try await bench.exchange(settle, claim: 5)
                    settled += reply.settled.count { $0 == .settled }
                    if reply.claimed.isEmpty { return settled }
                    settle = reply.claimed.map { Settlement(lease: $0.lease, outcome: .completed(.null)) }
                }
            }
            try bench.expect(settled.reduce(0, +), is: 200, "the settled jobs")
            try await bench.expect(bench.counts(), is: JobCounts([.completed: 200]), "the jobs by state")
            let jobs = try await bench.store.jobs((0..<200).map { bench.key("n-\($0)") })
            try bench.expect(jobs.allSatisfy { $0?.attemptsStarted == 1 && $0?.attemptsMade == 1 }, "each ran once")
        },
        Case("rule 4", "one lease settled by eight callers at once is accepted once") { bench in
            try await bench.add("a")
            let claimed = try await bench.claimOne()
            let settlement = Settlement(
                lease: claimed.lease, outcome: .retry(after: .seconds(60), Failure(reason: "no")))
            let statuses = try await bench.together(8) { _ in try await bench.exchange([settlement]).settled }
            try bench.expect(statuses.joined().count { $0 == .settled }, is: 1, "accepted settlements")
            try await bench.expect(bench.job("a").attemptsMade, is: 1, "the counted attempts")
        },
        Case("rule 4", "one exchange repeated by eight callers at once is one exchange") { bench in
            try await bench.addAll((0..<20).map { "n-\($0)" })
            let id = bench.freshID()
            let replies = try await bench.together(8) { _ in
                try await bench.exchange(claim: 3, id: id).claimed.map(\.lease)
            }
            try bench.expect(Set(replies).count, is: 1, "the number of different answers")
            try await bench.expect(bench.counts(), is: JobCounts([.waiting: 17, .active: 3]), "the jobs by state")
        },
        Case("rule 2", "one id enqueued by eight callers at once is added once") { bench in
            let results = try await bench.together(8) { _ in
                try await bench.store.enqueue(bench.queue, [NewJob(id: JobID(stored: "a"), name: "job")])
            }
            let id = JobID(stored: "a")
            try bench.expect(results.joined().count { $0 == .added(id) }, is: 1, "added")
            try bench.expect(results.joined().count { $0 == .duplicate(id) }, is: 7, "duplicates")
        },
        Case("id", "ids generated for eight callers at once are different") { bench in
            let jobs = (0..<25).map { _ in NewJob(name: "job") }
            let ids = try await bench.together(8) { _ in
                try await bench.store.enqueue(bench.queue, jobs).compactMap(\.id)
            }
            try bench.expect(Set(ids.joined()).count, is: 200, "the number of different ids")
            try await bench.expect(bench.counts()[.waiting], is: 200, "the stored jobs")
        },
        Case("rule 6", "jobs of one caller keep their order while others enqueue too") { bench in
            _ = try await bench.together(4) { number in
                for call in 0..<5 { try await bench.addAll((0..<4).map { "\(number)-\(call)-\($0)" }) }
            }
            let ids = try await bench.list(.waiting)
            for number in 0..<4 {
                let mine = ids.filter { $0.hasPrefix("\(number)-") }
                try bench.expect(
                    mine, is: (0..<5).flatMap { call in (0..<4).map { "\(number)-\(call)-\($0)" } }, "one caller's jobs"
                )
            }
        },
        Case("rule 4", "reclaiming by eight callers at once counts one stall") { bench in
            try await bench.addAll(["a", "b", "c"])
            try await bench.claim(3, lease: .seconds(10))
            try await bench.advance(by: .seconds(11))
            let reclaimed = try await bench.together(8) { _ in
                try await bench.store.reclaimStalled(bench.queue, maxStalled: 1, limit: 10)
            }
            try bench.expect(reclaimed.joined().count, is: 3, "the reclaimed jobs")
            for id in ["a", "b", "c"] { try await bench.expect(bench.job(id).stalls, is: 1, "the stalls of \(id)") }
        },
    ]

    static let lifecycle: [ConformanceCase] = [
        Case("prepare", "preparing again does nothing") { bench in
            try await bench.add("a")
            try await bench.store.prepare()
            try await bench.store.prepare()
            try await bench.expect(bench.claimedIDs(), is: ["a"], "what can be claimed")
        },
        Case("close", "closing twice is safe, and later calls throw closed") { bench in
            try await bench.add("a")
            await bench.store.close()
            await bench.store.close()
            try await bench.expectThrown(.closed) { try await bench.exchange(claim: 1) }
            try await bench.expectThrown(.closed) { try await bench.add("b") }
            try await bench.expectThrown(.closed) { _ = try await bench.store.queues() }
            try await bench.expectThrown(.closed) { try await bench.store.prepare() }
        },
        Case("close", "closing ends a wait for work and a wait for events") { bench in
            let query = EventQuery(queue: bench.queue, start: .end)
            let (begun, begin) = AsyncStream<Void>.makeStream()
            try await withThrowingTaskGroup(of: Void.self) { group in
                // Either may also wait only after the store was closed: then it throws `closed`.
                group.addTask {
                    begin.yield()
                    try await bench.unlessClosed {
                        _ = try await bench.store.waitForWork(WakeInterest(work: [bench.queue]), atMost: .seconds(60))
                    }
                }
                group.addTask {
                    begin.yield()
                    try await bench.unlessClosed {
                        _ = try await bench.store.events(query, waitingAtMost: .seconds(60))
                    }
                }
                group.addTask {
                    var begun = begun.makeAsyncIterator()
                    for _ in 0..<2 { await begun.next() }
                    await bench.letOthersGoOn()
                    await bench.store.close()
                }
                try await group.waitForAll()
            }
        },
        Case("traits", "the store says what it is") { bench in
            let traits = bench.store.traits
            try bench.expect(
                !traits.name.isEmpty && !traits.durability.isEmpty, "a name and a durability, got \(traits)")
        },
    ]
}

extension Bench {
    /// Runs `count` copies of `body` at the same time.
    fileprivate func together<Value: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (Int) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: Value.self) { group in
            for number in 0..<count { group.addTask { try await body(number) } }
            var values: [Value] = []
            for try await value in group { values.append(value) }
            return values
        }
    }

    /// A call that may find the store closed.
    fileprivate func unlessClosed(_ call: () async throws -> Void) async throws {
        do { try await call() } catch let error as StoreError where error.code == .closed { return }
    }
}
