import DroverCore

extension ConformanceCase {
    static let rates: [ConformanceCase] = RateLimit.Window.allCases.flatMap(rates) + slidingRates + holds

    /// What holds for each kind of window.
    private static func rates(_ window: RateLimit.Window) -> [ConformanceCase] {
        [
            Case("rate \(window)", "no more jobs begin than the limit says") { bench in
                try await bench.addAll(["a", "b", "c", "d"])
                try await bench.limit(3, per: .seconds(1000), window)
                try await bench.expect(bench.claimedIDs(), is: ["a", "b", "c"], "the first claim")
                try await bench.expect(bench.claimedIDs(), is: [], "a claim beyond the limit")
            },
            Case("rate \(window)", "jobs that ended count as those that run") { bench in
                try await bench.limit(2, per: .seconds(1000), window)
                try await bench.finish(["a", "b"])
                try await bench.add("c")
                try await bench.expect(bench.claimedIDs(), is: [], "a third job")
            },
            Case("rate \(window)", "when the span is over others begin") { bench in
                try await bench.addAll(["a", "b", "c"])
                try await bench.limit(2, per: .seconds(1000), window)
                try await bench.expect(bench.claimedIDs(), is: ["a", "b"], "the first claim")
                try await bench.advance(by: .seconds(900))
                try await bench.expect(bench.claimedIDs(), is: [], "before the span is over")
                try await bench.advance(by: .seconds(120))
                try await bench.expect(bench.claimedIDs(), is: ["c"], "after it")
            },
            Case("rate \(window)", "who finds none left is told how long") { bench in
                try await bench.addAll(["a", "b", "c"])
                try await bench.limit(2, per: .seconds(10_000), window)
                for claim in [3, 1] {
                    let wait = try await bench.unwrap(bench.exchange(claim: claim).nextDueIn, "a wait")
                    try bench.expect(wait > .seconds(9000) && wait <= .seconds(10_100), "\(wait) is about a span")
                }
                try await bench.advance(by: .seconds(5000))
                let wait = try await bench.unwrap(bench.exchange(claim: 1).nextDueIn, "a wait")
                try bench.expect(wait > .seconds(4000) && wait <= .seconds(5100), "\(wait) is about half a span")
            },
            Case("rate \(window)", "one who gets what he asked for is told nothing") { bench in
                try await bench.addAll(["a", "b", "c"])
                try await bench.limit(2, per: .seconds(10_000), window)
                try await bench.expect(bench.exchange(claim: 2).nextDueIn, is: nil, "the wait")
            },
            Case("rate \(window)", "a job that is tried again counts again") { bench in
                try await bench.add("a")
                try await bench.limit(2, per: .seconds(1000), window)
                for _ in 0..<2 {
                    try await bench.settle(bench.claimOne(), .retry(after: .zero, Failure(reason: "no")))
                }
                try await bench.expect(bench.claimedIDs(), is: [], "the third attempt")
            },
            Case("rate \(window)", "a job that is only to be failed doesn't count") { bench in
                try await bench.addAll(["a"])
                try await bench.claimOne(lease: .seconds(1))
                try await bench.advance(by: .seconds(2))
                _ = try await bench.store.reclaimStalled(bench.queue, maxStalled: 0, limit: 10)
                try await bench.limit(1, per: .seconds(1000), window)
                try await bench.expect(bench.claimOne().job.deferredFailure, is: Failure.stalledReason, "its failure")
                try await bench.addAll(["b", "c"])
                try await bench.expect(bench.claimedIDs(), is: ["b"], "the job that counts")
            },
            Case("rate \(window)", "a repeated exchange counts once") { bench in
                try await bench.addAll(["a", "b", "c", "d"])
                try await bench.limit(3, per: .seconds(10_000), window)
                let id = bench.freshID()
                for _ in 0..<3 { try await bench.exchange(claim: 2, id: id) }
                try await bench.expect(bench.claimedIDs(), is: ["c"], "what is left")
            },
            Case("rate \(window)", "the same limit again goes on, another one counts anew") { bench in
                try await bench.addAll(["a", "b", "c"])
                try await bench.limit(1, per: .seconds(10_000), window)
                try await bench.expect(bench.claimedIDs(), is: ["a"], "the first claim")
                try await bench.limit(1, per: .seconds(10_000), window)
                try await bench.expect(bench.claimedIDs(), is: [], "after the same limit")
                try await bench.limit(1, per: .seconds(10_001), window)
                try await bench.expect(bench.claimedIDs(), is: ["b"], "after another one")
            },
            Case("rate \(window)", "lifted, it bounds nothing, and that wakes") { bench in
                try await bench.addAll(["a", "b", "c"])
                try await bench.limit(1, per: .seconds(10_000), window)
                try await bench.claimOne()
                try await bench.expectWork("the limit was lifted") {
                    _ = try await bench.store.configure([.rateLimit(bench.queue, nil)])
                }
                try await bench.expect(bench.claimedIDs(), is: ["b", "c"], "the rest")
            },
            Case("rate \(window)", "the queue tells it, and how long nothing begins") { bench in
                try await bench.addAll(["a", "b"])
                let limit = RateLimit(max: 1, per: .seconds(10_000), window: window)
                try await bench.limit(1, per: .seconds(10_000), window)
                try await bench.expect(bench.summary()?.rateLimit, is: limit, "the limit")
                try await bench.expect(bench.unwrap(bench.summary(), "the queue").limitedFor, is: nil, "before a job")
                try await bench.claimOne()
                let wait = try await bench.unwrap(bench.summary()?.limitedFor, "how long")
                try bench.expect(wait > .seconds(9000) && wait <= .seconds(10_100), "\(wait) is about a span")
            },
            Case("rate \(window)", "it and the concurrency both hold") { bench in
                try await bench.addAll(["a", "b", "c", "d"])
                try await bench.limit(3, per: .seconds(10_000), window)
                try await bench.limit(concurrency: 2)
                let claimed = try await bench.claim(5)
                try bench.expect(claimed.map(\.job.key.id.text), is: ["a", "b"], "by the concurrency")
                for job in claimed { try await bench.settle(job, .completed(.null)) }
                try await bench.expect(bench.claimedIDs(), is: ["c"], "by the rate")
            },
            Case("rate \(window)", "many workers at once never begin more") { bench in
                try await bench.addAll((0..<60).map { "\($0)a" })
                try await bench.limit(5, per: .seconds(10_000), window)
                let claimed = try await withThrowingTaskGroup(of: [ClaimedJob].self) { group in
                    for _ in 0..<20 { group.addTask { try await bench.claim(2) } }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                try bench.expect(claimed.count, is: 5, "the claimed jobs")
            },
            Case("rate \(window)", "an obliterated queue begins without") { bench in
                try await bench.addAll(["x"])
                try await bench.limit(1, per: .seconds(10_000), window)
                try await bench.claimOne()
                try await bench.pause()
                _ = try await bench.sweep(.obliterate(bench.queue, force: true))
                try await bench.addAll(["a", "b"])
                try await bench.expect(bench.claimedIDs(), is: ["a", "b"], "the jobs of the new queue")
            },
            Case("rate \(window)", "a limit of no jobs, of too many, or of no span is refused") { bench in
                for (max, span) in [(0, 1), (-1, 1), (1_000_000_001, 1), (1, 0), (1, 367 * 86_400)] {
                    let limit = RateLimit(max: max, per: .seconds(span), window: window)
                    guard case .refused = try await bench.store.configure([.rateLimit(bench.queue, limit)]).first else {
                        throw ConformanceFailure("\(limit) was not refused")
                    }
                }
            },
        ]
    }

    private static let slidingRates: [ConformanceCase] = [
        Case("rate sliding", "each job counts for a span of its own") { bench in
            try await bench.addAll(["a", "b", "c", "d"])
            try await bench.limit(2, per: .seconds(10), .sliding)
            try await bench.expect(bench.claim(1).map(\.job.key.id.text), is: ["a"], "at the beginning")
            try await bench.advance(by: .seconds(6))
            try await bench.expect(bench.claimedIDs(), is: ["b"], "six seconds later")
            try await bench.advance(by: .seconds(5))
            try await bench.expect(bench.claimedIDs(), is: ["c"], "when the first one's span is over")
            try await bench.expect(bench.claimedIDs(), is: [], "while the second one's is not")
            try await bench.advance(by: .seconds(6))
            try await bench.expect(bench.claimedIDs(), is: ["d"], "when that is over")
        },
        Case("rate sliding", "a slow start gives no burst later") { bench in
            try await bench.limit(10, per: .seconds(10), .sliding)
            try await bench.addAll((0..<40).map { "\($0)a" })
            var begun: [Int] = []
            for _ in 0..<30 {
                begun.append(try await bench.claim(3).count)
                try await bench.advance(by: .seconds(1))
            }
            for first in 0...20 {
                try bench.expect(begun[first..<first + 10].reduce(0, +) <= 10, "at most 10 in any 10 seconds: \(begun)")
            }
            try bench.expect(begun.reduce(0, +) >= 27, "the limit is reached: \(begun)")
        },
    ]

    private static let holds: [ConformanceCase] = [
        Case("hold", "a held queue hands out nothing until the time is over") { bench in
            try await bench.addAll(["a", "b"])
            try await bench.hold(for: .seconds(60))
            try await bench.expect(bench.claimedIDs(), is: [], "a claim of a held queue")
            try await bench.advance(by: .seconds(61))
            try await bench.expect(bench.claimedIDs(), is: ["a", "b"], "afterwards")
        },
        Case("hold", "who finds the queue held is told how long") { bench in
            try await bench.add("a")
            try await bench.hold(for: .seconds(60))
            try await bench.expect(bench.exchange(claim: 1).nextDueIn, is: .seconds(60), "the wait")
            try await bench.expect(bench.summary()?.limitedFor, is: .seconds(60), "what the queue tells")
            try await bench.advance(by: .seconds(20))
            try await bench.expect(bench.exchange(claim: 1).nextDueIn, is: .seconds(40), "the wait later")
            try await bench.advance(by: .seconds(41))
            try await bench.expect(bench.unwrap(bench.summary(), "the queue").limitedFor, is: nil, "when it is over")
        },
        Case("hold", "a queue may be let go, and that wakes") { bench in
            try await bench.add("a")
            try await bench.hold(for: .seconds(60))
            try await bench.expectWork("the queue was let go") { try await bench.hold(for: nil) }
            try await bench.expect(bench.claimedIDs(), is: ["a"], "the job")
        },
        Case("hold", "a later setting takes the place of the one before") { bench in
            try await bench.add("a")
            try await bench.hold(for: .seconds(60))
            try await bench.hold(for: .seconds(10))
            try await bench.advance(by: .seconds(11))
            try await bench.expect(bench.claimedIDs(), is: ["a"], "after the shorter time")
        },
        Case("hold", "jobs can be added to a held queue, and running ones go on") { bench in
            try await bench.add("a")
            let claimed = try await bench.claimOne()
            try await bench.hold(for: .seconds(60))
            try await bench.add("b")
            try await bench.expect(bench.store.renew([claimed.lease]), is: [.held], "the lease of a running job")
            try await bench.settle(claimed, .completed(.null))
            try await bench.expect(bench.counts()[.completed], is: 1, "the completed jobs")
        },
        Case("hold", "no time, a negative or an absurd one is refused") { bench in
            for span in [Duration.zero, .seconds(-1), .seconds(367 * 86_400)] {
                guard case .refused = try await bench.store.configure([.hold(bench.queue, span)]).first else {
                    throw ConformanceFailure("holding for \(span) was not refused")
                }
            }
        },
        Case("rateLimited", "the job goes to the front, no attempt counts, and the queue is held") { bench in
            try await bench.addAll(["a", "b"])
            let claimed = try await bench.claimOne()
            let settlement = Settlement(lease: claimed.lease, outcome: .rateLimited(.seconds(30)))
            let reply = try await bench.exchange([settlement], claim: 5)
            try bench.expect(reply.settled, is: [.settled], "the status")
            try bench.expect(reply.claimed.map(\.job.key), is: [], "the jobs claimed with it")
            try bench.expect(reply.nextDueIn, is: .seconds(30), "the wait")
            let job = try await bench.job("a")
            try bench.expect(job.state, is: .waiting, "the state")
            try bench.expect(job.attemptsMade, is: 0, "the attempts that count")
            try await bench.advance(by: .seconds(31))
            try await bench.expect(bench.claimedIDs(), is: ["a", "b"], "the order afterwards")
        },
        Case("rateLimited", "a job with a priority goes before the others of its own") { bench in
            try await bench.addAll(["a", "b"], priority: 4)
            try await bench.settle(bench.claimOne(), .rateLimited(.seconds(30)))
            try await bench.advance(by: .seconds(31))
            try await bench.expect(bench.claimedIDs(), is: ["a", "b"], "the order")
        },
        Case("rateLimited", "the longer hold counts") { bench in
            try await bench.addAll(["a", "b"])
            let claimed = try await bench.claim(2)
            try await bench.settle(claimed[0], .rateLimited(.seconds(60)))
            try await bench.settle(claimed[1], .rateLimited(.seconds(10)))
            try await bench.expect(bench.exchange(claim: 1).nextDueIn, is: .seconds(60), "the wait")
            try await bench.advance(by: .seconds(61))
            try await bench.expect(bench.counts()[.waiting], is: 2, "the jobs that wait")
        },
        Case("rateLimited", "for no time it only gives the job back") { bench in
            try await bench.add("a")
            try await bench.settle(bench.claimOne(), .rateLimited(.zero))
            try await bench.expect(bench.claimedIDs(), is: ["a"], "the job")
        },
        Case("rateLimited", "for no time it leaves a fixed window as it is") { bench in
            try await bench.addAll(["a", "b"])
            try await bench.limit(1, per: .seconds(10_000), .fixed)
            try await bench.settle(bench.claimOne(), .rateLimited(.zero))
            try await bench.expect(bench.claimedIDs(), is: [], "a second job in the window")
        },
        Case("hold", "letting a queue go tells of jobs that are delayed too") { bench in
            try await bench.add("a", start: .after(.seconds(60)))
            try await bench.hold(for: .seconds(3600))
            try await bench.expectWork("the queue was let go") { try await bench.hold(for: nil) }
        },
        Case("rateLimited", "it writes the event of a job given back") { bench in
            try await bench.add("a")
            let claimed = try await bench.claimOne()
            try await bench.expectEvents(["waiting a"]) {
                try await bench.settle(claimed, .rateLimited(.seconds(1)))
            }
        },
        Case("rateLimited", "a lost lease holds nothing") { bench in
            try await bench.add("a")
            let claimed = try await bench.claimOne(lease: .seconds(10))
            try await bench.advance(by: .seconds(11))
            _ = try await bench.store.reclaimStalled(bench.queue, maxStalled: 1, limit: 10)
            let settlement = Settlement(lease: claimed.lease, outcome: .rateLimited(.seconds(60)))
            try await bench.expect(bench.exchange([settlement]).settled, is: [.leaseLost], "the status")
            try await bench.expect(bench.claimedIDs(), is: ["a"], "the job")
        },
    ]
}

extension Bench {
    fileprivate func limit(_ max: Int, per span: Duration, _ window: RateLimit.Window) async throws {
        let limit = RateLimit(max: max, per: span, window: window)
        try expect(await store.configure([.rateLimit(queue, limit)]), is: [.done], "setting the rate")
    }

    fileprivate func hold(for span: Duration?) async throws {
        try expect(await store.configure([.hold(queue, span)]), is: [.done], "holding")
    }
}
