import DroverCore

extension ConformanceCase {
    static let queueConcurrency: [ConformanceCase] = [
        Case("concurrency", "a claim gets no more jobs than there are places") { bench in
            try await bench.addAll(["a", "b", "c", "d"])
            try await bench.limit(concurrency: 3)
            try await bench.expect(bench.claimedIDs(), is: ["a", "b", "c"], "the first claim")
            try await bench.expect(bench.claimedIDs(), is: [], "a claim without a place")
        },
        Case("concurrency", "a settled job leaves its place to the next, in the same call") { bench in
            try await bench.addAll(["a", "b", "c"])
            try await bench.limit(concurrency: 1)
            let first = try await bench.claimOne()
            let done = Settlement(lease: first.lease, outcome: .completed(.null))
            let reply = try await bench.exchange([done], claim: 5)
            try bench.expect(reply.claimed.map(\.job.key.id.text), is: ["b"], "the jobs claimed by the settling call")
        },
        Case("concurrency", "every outcome leaves a place") { bench in
            try await bench.limit(concurrency: 1)
            let outcomes: [Outcome] = [
                .completed(.null), .failed(Failure(reason: "no")), .cancelled, .snoozed(.seconds(60)),
                .retry(after: .seconds(60), Failure(reason: "no")),
            ]
            for outcome in outcomes {
                try await bench.add()
                try await bench.settle(bench.claimOne(), outcome)
            }
            try await bench.add("last")
            try await bench.expect(bench.claimedIDs(), is: ["last"], "the job after all outcomes")
        },
        Case("concurrency", "a job that was given back is the next to take the place") { bench in
            try await bench.addAll(["a", "b"])
            try await bench.limit(concurrency: 1)
            try await bench.settle(bench.claimOne(), .released)
            try await bench.expect(bench.claimedIDs(), is: ["a"], "the next job")
        },
        Case("concurrency", "prioritized jobs need places too") { bench in
            try await bench.addAll(["a", "b"])
            try await bench.addAll(["p", "q"], priority: 1)
            try await bench.limit(concurrency: 3)
            try await bench.expect(bench.claimedIDs(), is: ["a", "b", "p"], "the claim")
        },
        Case("concurrency", "a stalled job holds its place until it is reclaimed") { bench in
            try await bench.addAll(["a", "b"])
            try await bench.limit(concurrency: 1)
            try await bench.claimOne(lease: .seconds(10))
            try await bench.advance(by: .seconds(11))
            try await bench.expect(bench.claimedIDs(), is: [], "a claim beside a stalled job")
            _ = try await bench.store.reclaimStalled(bench.queue, maxStalled: 1, limit: 10)
            try await bench.expect(bench.claimedIDs(), is: ["a"], "the job that stalled")
        },
        Case("concurrency", "jobs that run when it is lowered run on, and are counted") { bench in
            try await bench.addAll(["a", "b", "c", "d"])
            let claimed = try await bench.claim(3)
            try await bench.limit(concurrency: 1)
            for job in claimed.prefix(2) { try await bench.settle(job, .completed(.null)) }
            try await bench.expect(bench.claimedIDs(), is: [], "a claim while one runs")
            try await bench.settle(claimed[2], .completed(.null))
            try await bench.expect(bench.claimedIDs(), is: ["d"], "the last job")
        },
        Case("concurrency", "lifted, it bounds nothing") { bench in
            try await bench.addAll(["a", "b", "c"])
            try await bench.limit(concurrency: 1)
            try await bench.claimOne()
            try await bench.limit(concurrency: nil)
            try await bench.expect(bench.claimedIDs(), is: ["b", "c"], "the rest")
        },
        Case("concurrency", "each queue has its own") { bench in
            let other = bench.queue("other")
            try await bench.addAll(["a", "b"])
            try await bench.addAll(["c", "d"], in: other)
            try await bench.limit(concurrency: 1)
            try await bench.expect(bench.claimedIDs(), is: ["a"], "the bounded queue")
            try await bench.expect(bench.claimedIDs(in: other), is: ["c", "d"], "the other queue")
        },
        Case("concurrency", "a repeated exchange gives the same jobs and takes no further place") { bench in
            try await bench.addAll(["a", "b", "c"])
            try await bench.limit(concurrency: 2)
            let id = bench.freshID()
            let first = try await bench.exchange(claim: 2, id: id)
            let again = try await bench.exchange(claim: 2, id: id)
            try bench.expect(again.claimed.map(\.job.key), is: first.claimed.map(\.job.key), "the repeated claim")
            try await bench.settle(first.claimed[0], .completed(.null))
            try await bench.expect(bench.claimedIDs(), is: ["c"], "the job for the place that was left")
        },
        Case("concurrency", "who finds no place is told to look again within five seconds") { bench in
            try await bench.addAll(["a", "b"])
            try await bench.limit(concurrency: 1)
            try await bench.expect(bench.exchange(claim: 2).nextDueIn, is: .seconds(5), "the wait of who took the last")
            try await bench.expect(bench.exchange(claim: 1).nextDueIn, is: .seconds(5), "the wait without a place")
            try await bench.add("c", start: .after(.seconds(3)))
            let wait = try await bench.unwrap(bench.exchange(claim: 1).nextDueIn, "a wait")
            try bench.expect(wait <= .seconds(3), "an earlier due time is told")
        },
        Case("concurrency", "a place that is left wakes when jobs wait for it") { bench in
            try await bench.addAll(["a", "b"])
            try await bench.limit(concurrency: 1)
            let claimed = try await bench.claimOne()
            try await bench.expectWork("a place was left") { try await bench.settle(claimed, .completed(.null)) }
        },
        Case("concurrency", "lifting it wakes") { bench in
            try await bench.addAll(["a", "b"])
            try await bench.limit(concurrency: 1)
            try await bench.claimOne()
            try await bench.expectWork("the bound was lifted") { try await bench.limit(concurrency: nil) }
        },
        Case("concurrency", "the queue tells it, and begins by being bounded") { bench in
            try await bench.limit(concurrency: 7)
            try await bench.expect(bench.summary()?.concurrency, is: 7, "the concurrency")
            try await bench.limit(concurrency: nil)
            let summary = try await bench.unwrap(bench.summary(), "the queue")
            try bench.expect(summary.concurrency, is: nil, "the concurrency when it is lifted")
        },
        Case("concurrency", "less than one, or absurdly many, is refused and changes nothing") { bench in
            try await bench.limit(concurrency: 2)
            for most in [0, -1, 1_000_001] {
                guard case .refused = try await bench.store.configure([.concurrency(bench.queue, most)]).first else {
                    throw ConformanceFailure("a concurrency of \(most) was not refused")
                }
            }
            try await bench.expect(bench.summary()?.concurrency, is: 2, "the concurrency")
        },
        Case("concurrency", "many workers at once never have more jobs than places") { bench in
            try await bench.addAll((0..<60).map { "\($0)a" })
            try await bench.limit(concurrency: 3)
            let claimed = try await withThrowingTaskGroup(of: [ClaimedJob].self) { group in
                for _ in 0..<20 { group.addTask { try await bench.claim(2) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            try bench.expect(claimed.count, is: 3, "the claimed jobs")
            try await bench.expect(bench.counts()[.active], is: 3, "the active jobs")
        },
        Case("concurrency", "an obliterated queue begins without") { bench in
            try await bench.limit(concurrency: 1)
            try await bench.pause()
            _ = try await bench.sweep(.obliterate(bench.queue, force: true))
            try await bench.addAll(["a", "b"])
            try await bench.expect(bench.claimedIDs(), is: ["a", "b"], "the jobs of the new queue")
        },
    ]
}

extension Bench {
    /// Sets a queue's concurrency.
    func limit(_ other: QueueName? = nil, concurrency most: Int?) async throws {
        try expect(await store.configure([.concurrency(other ?? queue, most)]), is: [.done], "setting the concurrency")
    }
}
