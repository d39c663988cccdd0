import DroverCore

extension ConformanceCase {
    static let workerRates: [ConformanceCase] = [
        Case("worker rate", "no more jobs begin than the workers' rate says, over all that have it") { bench in
            try await bench.addAll(["a", "b", "c", "d", "e"])
            try await bench.expect(bench.claimed(2, at: 3), is: ["a", "b"], "the first claim")
            try await bench.expect(bench.claimed(9, at: 3, by: "other"), is: ["c"], "another worker's")
            try await bench.expect(bench.claimed(9, at: 3), is: [], "a claim beyond the rate")
        },
        Case("worker rate", "a worker without a rate is not bound, and its jobs do not count") { bench in
            try await bench.addAll(["a", "b", "c", "d", "e", "f"])
            try await bench.expect(bench.claimed(1, at: 2), is: ["a"], "with a rate")
            try await bench.expect(bench.claimed(2, at: nil), is: ["b", "c"], "without")
            try await bench.expect(bench.claimed(9, at: 2), is: ["d"], "what is left of the rate")
            try await bench.expect(bench.claimed(9, at: nil), is: ["e", "f"], "without, beyond it")
        },
        Case("worker rate", "when the span is over others begin") { bench in
            try await bench.addAll(["a", "b", "c"])
            try await bench.expect(bench.claimed(9, at: 2), is: ["a", "b"], "the first claim")
            try await bench.advance(by: .seconds(900))
            try await bench.expect(bench.claimed(9, at: 2), is: [], "before the span is over")
            try await bench.advance(by: .seconds(120))
            try await bench.expect(bench.claimed(9, at: 2), is: ["c"], "after it")
        },
        Case("worker rate", "who finds none left is told how long, one without a rate is not") { bench in
            try await bench.addAll(["a", "b"])
            let claim = Claim(
                limit: 9, lease: .seconds(30), worker: "w", rate: WorkerRate(max: 1, per: .seconds(10_000)))
            for jobs in [1, 0] {
                let reply = try await bench.exchange(claim)
                try bench.expect(reply.claimed.count, is: jobs, "the claimed jobs")
                let wait = try bench.unwrap(reply.nextDueIn, "a wait")
                try bench.expect(wait > .seconds(9000) && wait <= .seconds(10_000), "\(wait) is about the span")
            }
            let reply = try await bench.exchange(Claim(limit: 9, lease: .seconds(30), worker: "w"))
            try bench.expect(reply.claimed.count, is: 1, "the claimed jobs without a rate")
            try bench.expect(reply.nextDueIn, is: nil, "the wait without a rate")
        },
        Case("worker rate", "the queue's own rate goes first, be it smaller or greater") { bench in
            try await bench.addAll(["a", "b", "c", "d", "e", "f"])
            try await bench.limit(RateLimit(max: 1, per: .seconds(1000), window: .fixed))
            try await bench.expect(bench.claimed(9, at: 3), is: ["a"], "under a smaller one")
            try await bench.limit(RateLimit(max: 4, per: .seconds(1000), window: .sliding))
            try await bench.expect(bench.claimed(9, at: 1), is: ["b", "c", "d", "e"], "under a greater one")
            try await bench.limit(nil)
            try await bench.expect(bench.claimed(9, at: 1), is: ["f"], "under the worker's own again")
        },
        Case("worker rate", "a job with a deferred failure does not count") { bench in
            try await bench.addAll(["a", "b", "c"])
            let first = try await bench.claimOne()
            try await bench.apply(.cancel(first.job.key), is: .requested)
            try await bench.settle(first, .released)
            try await bench.expect(bench.claimed(1, at: 1), is: ["a"], "the cancelled job")
            try await bench.expect(bench.claimed(9, at: 1), is: ["b"], "the rate is whole")
        },
        Case("worker rate", "a held queue gives nothing to workers with a rate, and a hold ends the span") { bench in
            try await bench.addAll(["a", "b"])
            try await bench.expect(bench.claimed(9, at: 1), is: ["a"], "the first claim")
            _ = try await bench.store.configure([.hold(bench.queue, .seconds(1000))])
            try await bench.expect(bench.claimed(9, at: 5), is: [], "while it is held")
            _ = try await bench.store.configure([.hold(bench.queue, nil)])
            try await bench.expect(bench.claimed(9, at: 1), is: ["b"], "a new span")
        },
    ]
}

extension Bench {
    /// The ids of claimed jobs, at a rate of so many in 1,000 s.
    fileprivate func claimed(_ limit: Int, at max: Int?, by worker: String = "worker") async throws -> [String] {
        let rate = max.map { WorkerRate(max: $0, per: .seconds(1000)) }
        return try await exchange(Claim(limit: limit, lease: .seconds(3000), worker: worker, rate: rate)).claimed
            .map(\.job.key.id.text)
    }

    fileprivate func exchange(_ claim: Claim) async throws -> ExchangeReply {
        try await store.exchange(queue, id: freshID(), settle: [], claim: claim)
    }

    fileprivate func limit(_ rate: RateLimit?) async throws {
        try expect(await store.configure([.rateLimit(queue, rate)]), is: [.done], "setting the rate")
    }
}
