import DroverCore

extension ConformanceCase {
    static let order: [ConformanceCase] = [
        Case("rule 6", "jobs without a priority are claimed in the order of entry") { bench in
            for id in ["a", "b", "c"] { try await bench.add(id) }
            try await bench.expect(bench.claimedIDs(), is: ["a", "b", "c"], "the order of claims")
        },
        Case("rule 6", "jobs of one call are claimed in the order of the call") { bench in
            try await bench.addAll(["c", "a", "b"])
            try await bench.expect(bench.claimedIDs(), is: ["c", "a", "b"], "the order of claims")
        },
        Case("rule 6", "no priority goes before every priority, then 1 before 2") { bench in
            try await bench.add("two", priority: 2)
            try await bench.add("last", priority: 2_097_151)
            try await bench.add("one", priority: 1)
            try await bench.add("none")
            try await bench.expect(bench.claimedIDs(), is: ["none", "one", "two", "last"], "the order of claims")
        },
        Case("rule 6", "equal priorities are claimed in the order of entry") { bench in
            for id in ["a", "b", "c"] { try await bench.add(id, priority: 5) }
            try await bench.add("first", priority: 4)
            try await bench.expect(bench.claimedIDs(), is: ["first", "a", "b", "c"], "the order of claims")
        },
        Case("rule 6", "a lifo job goes before what waits, the newest first") { bench in
            try await bench.add("a")
            try await bench.add("b", lifo: true)
            try await bench.add("c", lifo: true)
            try await bench.add("d")
            try await bench.expect(bench.claimedIDs(), is: ["c", "b", "a", "d"], "the order of claims")
        },
        Case("rule 6", "lifo has no effect on a job with a priority") { bench in
            try await bench.add("a", priority: 1)
            try await bench.add("b", priority: 1, lifo: true)
            try await bench.expect(bench.claimedIDs(), is: ["a", "b"], "the order of claims")
        },
        Case("rule 6", "a delayed lifo job goes to the back when it is due") { bench in
            try await bench.add("a", start: .after(.seconds(5)), lifo: true)
            try await bench.add("b")
            try await bench.advance(by: .seconds(5))
            try await bench.expect(bench.claimedIDs(), is: ["b", "a"], "the order of claims")
        },
        Case("rule 6", "a lifo job whose instant has passed goes to the front") { bench in
            let now = try await bench.job(bench.add("a")).createdAt
            try await bench.add("b", start: .at(now + .seconds(-5)), lifo: true)
            try await bench.add("c", start: .after(.zero), lifo: true)
            try await bench.expect(bench.claimedIDs(), is: ["c", "b", "a"], "the order of claims")
        },
        Case("rule 6", "a limit takes the first jobs and leaves the rest in order") { bench in
            try await bench.addAll(["a", "b", "c", "d"])
            try await bench.expect(bench.claimedIDs(2), is: ["a", "b"], "the first claim")
            try await bench.expect(bench.claimedIDs(1), is: ["c"], "the second claim")
            try await bench.expect(bench.list(.waiting), is: ["d"], "what still waits")
        },
        Case("rule 6", "one claim takes waiting jobs and goes on with prioritized ones") { bench in
            try await bench.add("p", priority: 1)
            try await bench.addAll(["a", "b"])
            try await bench.expect(bench.claimedIDs(3), is: ["a", "b", "p"], "the order of claims")
        },
        Case("rule 6", "the lists of ready jobs are in the order of claims") { bench in
            try await bench.add("a")
            try await bench.add("b", lifo: true)
            try await bench.add("p9", priority: 9)
            try await bench.add("p1", priority: 1)
            try await bench.expect(bench.list(.waiting), is: ["b", "a"], "waiting")
            try await bench.expect(bench.list(.prioritized), is: ["p1", "p9"], "prioritized")
        },
    ]

    static let delays: [ConformanceCase] = [
        Case("rule 5", "a delayed job is not claimed before its time") { bench in
            try await bench.add("a", start: .after(.seconds(100)))
            try await bench.advance(by: .seconds(50))
            try await bench.expect(bench.claimedIDs(), is: [], "the claimed jobs")
        },
        Case("rule 5", "a delayed job whose time has come is claimed by the next exchange") { bench in
            try await bench.add("a", start: .after(.seconds(10)))
            try await bench.advance(by: .seconds(10))
            let claimed = try await bench.claimOne()
            try bench.expect(claimed.job.key.id.text, is: "a", "the claimed job")
            try bench.expect(claimed.job.dueAt, is: nil, "the due time of an active job")
        },
        Case("rule 5", "a due job keeps its delayed state until an exchange looks") { bench in
            try await bench.add("a", start: .after(.seconds(10)))
            try await bench.advance(by: .seconds(10))
            try await bench.expect(bench.job("a").state, is: .delayed, "the state before the exchange")
            try await bench.exchange()
            try await bench.expect(bench.job("a").state, is: .delayed, "the state after an exchange for nothing")
        },
        Case("rule 5", "due jobs are promoted by due time, then by entry") { bench in
            try await bench.add("late", start: .after(.seconds(20)))
            try await bench.addAll(["a", "b", "c"], start: .after(.seconds(10)))
            try await bench.add("early", start: .after(.seconds(5)))
            try await bench.advance(by: .seconds(30))
            try await bench.expect(bench.claimedIDs(), is: ["early", "a", "b", "c", "late"], "the order of claims")
        },
        Case("rule 5", "a promoted job goes to the back of its priority") { bench in
            try await bench.add("d", start: .after(.seconds(5)), priority: 2)
            try await bench.add("a", priority: 2)
            try await bench.add("e", start: .after(.seconds(5)))
            try await bench.add("b")
            try await bench.advance(by: .seconds(5))
            try await bench.expect(bench.claimedIDs(), is: ["b", "e", "a", "d"], "the order of claims")
        },
        Case("rule 5", "a claim that was not filled says when the next job is due") { bench in
            try await bench.add("far", start: .after(.seconds(500)))
            try await bench.add("near", start: .after(.seconds(100)))
            let wait = try await bench.unwrap(bench.exchange(claim: 1).nextDueIn, "a wait")
            try bench.expect(wait > .seconds(50) && wait <= .seconds(100), "\(wait) is the wait for the nearer job")
        },
        Case("rule 5", "a claim that was filled does not say when the next job is due") { bench in
            try await bench.add("d", start: .after(.seconds(100)))
            try await bench.add("a")
            try await bench.expect(bench.exchange(claim: 1).nextDueIn, is: nil, "the wait after a filled claim")
            try await bench.add("b")
            try await bench.expect(bench.exchange(claim: 2).nextDueIn != nil, "a claim of two that got one says it")
        },
        Case("rule 5", "without a claim, and without delayed jobs, there is no due time") { bench in
            try await bench.add("a")
            try await bench.expect(bench.exchange(claim: 5).nextDueIn, is: nil, "the wait without delayed jobs")
            try await bench.add("d", start: .after(.seconds(100)))
            try await bench.expect(bench.exchange().nextDueIn, is: nil, "the wait without a claim")
        },
        Case("rule 5", "an exchange that only settles promotes due jobs") { bench in
            try await bench.add("a")
            let claimed = try await bench.claimOne()
            try await bench.add("d", start: .after(.seconds(10)))
            try await bench.advance(by: .seconds(10))
            try await bench.settle(claimed, .completed(.null))
            try await bench.expect(bench.job("d").state, is: .waiting, "the state of the due job")
        },
        Case("rule 5", "an exchange whose settlements are refused promotes due jobs too") { bench in
            let other = bench.queue("other")
            try await bench.add("x", in: other)
            let elsewhere = try await bench.claim(1, in: other)
            try await bench.add("a", start: .after(.seconds(5)))
            try await bench.advance(by: .seconds(5))
            try await bench.exchange(elsewhere.map { Settlement(lease: $0.lease, outcome: .released) })
            try await bench.expect(bench.job("a").state, is: .waiting, "the state")
        },
        Case("rule 5", "jobs due in a paused queue are promoted but not handed out") { bench in
            try await bench.add("d", start: .after(.seconds(10)))
            try await bench.pause()
            try await bench.advance(by: .seconds(10))
            let reply = try await bench.exchange(claim: 1)
            try bench.expect(reply.claimed, is: [], "the claimed jobs")
            try await bench.expect(bench.job("d").state, is: .waiting, "the state of the due job")
        },
        Case("rule 10", "an exchange promotes at most a thousand jobs, the earliest") { bench in
            try await bench.addAll((0..<1001).map { "d-\($0)" }, start: .after(.seconds(10)))
            try await bench.advance(by: .seconds(20))
            try await bench.exchange(claim: 1)
            try await bench.expect(bench.list(.delayed), is: ["d-1000"], "what is still delayed")
            try await bench.exchange(claim: 1)
            try await bench.expect(bench.counts()[.delayed], is: 0, "the delayed jobs after the next exchange")
        },
    ]
}
