import DroverCore

extension ConformanceCase {
    static let repeating: [ConformanceCase] = [
        Case("rule 2", "repeating an exchange returns the same leases and counts no attempt") { bench in
            try await bench.addAll(["a", "b", "c"])
            let id = bench.freshID()
            let first = try await bench.exchange(claim: 2, id: id)
            let again = try await bench.exchange(claim: 2, id: id)
            try bench.expect(again.claimed.map(\.lease), is: first.claimed.map(\.lease), "the leases")
            try bench.expect(again.claimed.map(\.job), is: first.claimed.map(\.job), "the jobs")
            try await bench.expect(bench.job("a").attemptsStarted, is: 1, "the started attempts")
            try await bench.expect(bench.list(.waiting), is: ["c"], "what still waits")
        },
        Case("rule 2", "repeating an exchange returns the same statuses and settles nothing twice") { bench in
            try await bench.addAll(["a", "b"])
            let claimed = try await bench.claim(2)
            let stranger = Lease(job: claimed[0].job.key, token: LeaseToken("stranger"), duration: .seconds(30))
            let settle = [
                Settlement(lease: stranger, outcome: .completed(.null)),
                Settlement(lease: claimed[0].lease, outcome: .retry(after: .zero, Failure(reason: "no", trace: "t"))),
                Settlement(lease: claimed[1].lease, outcome: .completed(.null)),
            ]
            let id = bench.freshID()
            let start = try await bench.end()
            try await bench.expect(
                bench.exchange(settle, id: id).settled, is: [.leaseLost, .settled, .settled], "the first time")
            let events = try await bench.events(since: start)
            let jobs = try await [bench.job("a"), bench.job("b")]
            try await bench.expect(
                bench.exchange(settle, id: id).settled, is: [.leaseLost, .settled, .settled], "the second time")
            try await bench.expect([bench.job("a"), bench.job("b")], is: jobs, "the jobs")
            try await bench.expect(bench.events(since: start), is: events, "the events")
        },
        Case("rule 2", "exchanges of a lane go on, and the last one can be repeated") { bench in
            try await bench.addAll(["a", "b", "c", "d"])
            let ids = (1...3).map { ExchangeID(lane: "\(bench.queue.text)-lane", number: $0 * 7) }
            let first = try await bench.exchange(claim: 1, id: ids[0])
            let settle = [Settlement(lease: first.claimed[0].lease, outcome: .completed(.null))]
            let second = try await bench.exchange(settle, claim: 1, id: ids[1])
            try bench.expect(second.settled, is: [.settled], "the status")
            try bench.expect(second.claimed.map(\.job.key.id.text), is: ["b"], "the second job")
            let again = try await bench.exchange(settle, claim: 1, id: ids[1])
            try bench.expect(again.settled, is: [.settled], "the status of the repetition")
            try bench.expect(again.claimed.map(\.lease), is: second.claimed.map(\.lease), "its leases")
            // Nothing to settle and nothing to claim: it had no effect, and is not remembered.
            let third = try await bench.exchange(settle, id: ids[2])
            try bench.expect(third.settled, is: [.leaseLost], "the status of the third")
            try await bench.expect(bench.list(.waiting), is: ["c", "d"], "what still waits")
        },
        Case("rule 2", "a lane's exchange that comes again after the next one claims nothing more") { bench in
            try await bench.addAll(["a", "b", "c"])
            let ids = (1...2).map { ExchangeID(lane: "\(bench.queue.text)-lane", number: $0) }
            try await bench.exchange(claim: 1, id: ids[0])
            try await bench.exchange(claim: 1, id: ids[1])
            let start = try await bench.end()
            try await bench.exchange(claim: 1, id: ids[0])
            try await bench.expect(bench.list(.waiting), is: ["c"], "what still waits")
            try await bench.expect(bench.events(since: start), is: [], "the events")
        },
        Case("rule 2", "lanes remember their exchanges apart") { bench in
            try await bench.addAll(["a", "b"])
            let ids = ["x", "y"].map { ExchangeID(lane: "\(bench.queue.text)-\($0)", number: 1) }
            let replies = try await [bench.exchange(claim: 1, id: ids[0]), bench.exchange(claim: 1, id: ids[1])]
            for (id, reply) in zip(ids, replies) {
                try await bench.expect(
                    bench.exchange(claim: 1, id: id).claimed.map(\.lease), is: reply.claimed.map(\.lease),
                    "the leases of \(id)")
            }
        },
        Case("rule 2", "a repeated exchange claims no further jobs that came in between") { bench in
            try await bench.add("a")
            let id = bench.freshID()
            try await bench.exchange(claim: 5, id: id)
            try await bench.addAll(["b", "c"])
            let again = try await bench.exchange(claim: 5, id: id)
            try bench.expect(again.claimed.map(\.job.key.id.text), is: ["a"], "the claimed jobs")
        },
        Case("rule 2", "a repeated exchange leaves out jobs that are no longer held") { bench in
            try await bench.addAll(["a", "b", "c"])
            let id = bench.freshID()
            let first = try await bench.exchange(claim: 3, id: id).claimed
            try await bench.settle(first[1], .completed(.null))
            try await bench.expect(
                bench.exchange(claim: 3, id: id).claimed.map(\.job.key.id.text), is: ["a", "c"], "the claims")
        },
        Case("rule 2", "a repeated exchange shows its jobs as they are stored now") { bench in
            try await bench.add("a")
            let id = bench.freshID()
            let first = try await bench.exchange(claim: 1, id: id).claimed
            let report = JobReport(lease: first[0].lease, content: .progress(try JSONText("50")))
            try await bench.expect(bench.store.record([report]), is: [.recorded], "the report")
            let again = try await bench.exchange(claim: 1, id: id).claimed
            try bench.expect(again.map(\.job.progress), is: [JSONText("50")], "the progress")
        },
        Case("rule 2", "a repeated exchange says what remains of the leases") { bench in
            try await bench.add("a")
            let id = bench.freshID()
            try await bench.exchange(claim: 1, lease: .seconds(100), id: id)
            try await bench.advance(by: .seconds(40))
            let remains = try await bench.unwrap(
                bench.exchange(claim: 1, lease: .seconds(100), id: id).claimed.first, "a job")
            try bench.expect(
                remains.leaseFor > .seconds(30) && remains.leaseFor <= .seconds(60), "\(remains.leaseFor) remain")
            try bench.expect(remains.lease.duration, is: .seconds(100), "the lease's duration")
        },
        Case("rule 2", "an exchange that only settled is remembered for 30 seconds") { bench in
            try await bench.add("a")
            let claimed = try await bench.claimOne(lease: .seconds(300))
            let settle = [Settlement(lease: claimed.lease, outcome: .completed(.null))]
            let id = bench.freshID()
            try await bench.expect(bench.exchange(settle, id: id).settled, is: [.settled], "the first time")
            try await bench.advance(by: .seconds(15))
            try await bench.expect(bench.exchange(settle, id: id).settled, is: [.settled], "within 30 seconds")
            try await bench.advance(by: .seconds(16))
            try await bench.expect(bench.exchange(settle, id: id).settled, is: [.leaseLost], "after 30 seconds")
        },
        Case("rule 2", "an exchange is forgotten when its lease's time has passed") { bench in
            try await bench.addAll(["a", "b"])
            let id = bench.freshID()
            try await bench.exchange(claim: 1, lease: .seconds(10), id: id)
            try await bench.advance(by: .seconds(11))
            let again = try await bench.exchange(claim: 1, lease: .seconds(10), id: id)
            try bench.expect(again.claimed.map(\.job.key.id.text), is: ["b"], "the claimed jobs")
        },
        Case("rule 2", "a repeated exchange gives no job that another exchange holds now") { bench in
            try await bench.add("a")
            let id = bench.freshID()
            let first = try await bench.exchange(claim: 1, id: id).claimed
            try await bench.settle(first[0], .released)
            try await bench.claimOne()
            try await bench.expect(bench.exchange(claim: 1, id: id).claimed, is: [], "the claims")
        },
        Case("rule 2", "the same id on another queue is another exchange") { bench in
            let other = bench.queue("other")
            try await bench.add("a")
            try await bench.add("x", in: other)
            let id = bench.freshID()
            try await bench.exchange(claim: 1, id: id)
            let reply = try await bench.exchange(claim: 1, id: id, in: other)
            try bench.expect(reply.claimed.map(\.job.key.id.text), is: ["x"], "the claims on the other queue")
        },
        Case("rule 2", "a repeated exchange tells the pause and the next due time as they are now") { bench in
            try await bench.add("a")
            let id = bench.freshID()
            try await bench.exchange(claim: 2, id: id)
            try await bench.add("d", start: .after(.seconds(50)))
            try await bench.pause()
            let again = try await bench.exchange(claim: 2, id: id)
            try bench.expect(again.isPaused, "the repeated reply says that the queue is paused")
            try bench.expect(again.nextDueIn != nil, "the repeated reply says when the next job is due")
        },
        Case("rule 2", "a repeated exchange promotes nothing") { bench in
            try await bench.add("a")
            let id = bench.freshID()
            try await bench.exchange(claim: 2, id: id)
            try await bench.add("d", start: .after(.seconds(5)))
            try await bench.advance(by: .seconds(6))
            let again = try await bench.exchange(claim: 2, id: id)
            try bench.expect(again.nextDueIn, is: .zero, "the wait for a job that is due")
            try await bench.expect(bench.job("d").state, is: .delayed, "the state of the due job")
        },
        Case("rule 2", "a lost reply leaks no job: the repeated exchange can settle all of it") { bench in
            try await bench.addAll((0..<20).map { "n-\($0)" })
            for _ in 0..<4 {
                let id = bench.freshID()
                try await bench.exchange(claim: 5, id: id)
                for claimed in try await bench.exchange(claim: 5, id: id).claimed {
                    try await bench.settle(claimed, .completed(.null))
                }
            }
            try await bench.expect(bench.counts(), is: JobCounts([.completed: 20]), "the jobs by state")
        },
    ]
}
