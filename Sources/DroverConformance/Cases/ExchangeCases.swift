import DroverCore

extension ConformanceCase {
    static let exchange: [ConformanceCase] = [
        Case("exchange", "a claimed job is active, with its worker, its start and its attempt counted") { bench in
            try await bench.add("a")
            let before = try await bench.job("a")
            let claimed = try await bench.claim(1, worker: "host:7")[0]
            try await bench.expect(bench.job("a"), is: claimed.job, "the stored record")
            try bench.expect(claimed.job.state, is: .active, "the state")
            try bench.expect(claimed.job.worker, is: "host:7", "the worker")
            try bench.expect(claimed.job.attemptsStarted, is: 1, "the started attempts")
            try bench.expect(claimed.job.attemptsMade, is: 0, "the ended attempts")
            try bench.expect(
                bench.unwrap(claimed.job.processedAt, "a start") >= before.createdAt, "it started after it was stored")
        },
        Case("exchange", "a lease names its job, has the exchange's id as token and the claim's duration") { bench in
            try await bench.addAll(["a", "b"])
            let id = bench.freshID()
            let claimed = try await bench.exchange(claim: 2, lease: .seconds(45), id: id).claimed
            for (claim, key) in zip(claimed, [bench.key("a"), bench.key("b")]) {
                try bench.expect(claim.lease, is: Lease(job: key, token: id.token, duration: .seconds(45)), "the lease")
                try bench.expect(
                    claim.leaseFor > .seconds(30) && claim.leaseFor <= .seconds(45), "it lasts \(claim.leaseFor)")
            }
        },
        Case("exchange", "an empty queue gives no job") { bench in
            try await bench.add("a")
            try await bench.claimOne()
            try await bench.expect(bench.exchange(claim: 3), is: ExchangeReply(), "the reply")
        },
        Case("exchange", "without a claim no job is handed out") { bench in
            try await bench.add("a")
            try await bench.expect(bench.exchange(), is: ExchangeReply(), "the reply")
            try await bench.expect(bench.job("a").state, is: .waiting, "the state")
        },
        Case("rule 1", "settling and claiming happen in one call") { bench in
            try await bench.addAll(["a", "b"])
            let first = try await bench.claimOne()
            let reply = try await bench.exchange([Settlement(lease: first.lease, outcome: .completed(.null))], claim: 1)
            try bench.expect(reply.settled, is: [.settled], "the status")
            try bench.expect(reply.claimed.map(\.job.key.id.text), is: ["b"], "the claimed job")
        },
        Case("rule 1", "a job that the exchange puts back may be claimed by the same exchange") { bench in
            try await bench.add("a")
            let first = try await bench.claimOne()
            let reply = try await bench.exchange([Settlement(lease: first.lease, outcome: .released)], claim: 1)
            try bench.expect(reply.claimed.map(\.job.key), is: [first.job.key], "the claimed job")
            try bench.expect(reply.claimed[0].lease != first.lease, "it has a lease of its own")
            try bench.expect(reply.claimed[0].job.attemptsStarted, is: 2, "the started attempts")
        },
        Case("rule 1", "settlements are applied in their order") { bench in
            try await bench.addAll(["a", "b", "c"])
            let claimed = try await bench.claim(3)
            try await bench.expectEvents(["completed c", "completed a", "completed b", "drained"]) {
                try await bench.exchange(
                    [2, 0, 1].map { Settlement(lease: claimed[$0].lease, outcome: .completed(.null)) })
            }
        },
        Case("rule 1", "a paused queue settles but hands out nothing") { bench in
            try await bench.addAll(["a", "b"])
            let first = try await bench.claimOne()
            try await bench.pause()
            let reply = try await bench.exchange([Settlement(lease: first.lease, outcome: .completed(.null))], claim: 1)
            try bench.expect(reply.settled, is: [.settled], "the status")
            try bench.expect(reply.claimed, is: [], "the claimed jobs")
            try bench.expect(reply.isPaused, "the reply says that the queue is paused")
        },
        Case("exchange", "a second claim hands out other jobs") { bench in
            try await bench.addAll(["a", "b", "c"])
            let first = try await bench.claimedIDs(2)
            let second = try await bench.claimedIDs(2)
            try bench.expect(first + second, is: ["a", "b", "c"], "the claimed jobs")
        },
        Case("exchange", "a hundred outcomes and a hundred claims go in one call") { bench in
            try await bench.addAll((0..<200).map { "n-\($0)" })
            let first = try await bench.claim(100)
            let settle = first.map { Settlement(lease: $0.lease, outcome: .completed(.null)) }
            let reply = try await bench.exchange(settle, claim: 100)
            try bench.expect(reply.settled, is: Array(repeating: .settled, count: 100), "the statuses")
            try bench.expect(
                reply.claimed.map(\.job.key.id.text), is: (100..<200).map { "n-\($0)" }, "the claimed jobs")
        },
    ]

    static let settling: [ConformanceCase] = [
        Case("settle", "completed stores the result and counts the attempt") { bench in
            try await bench.add("a")
            try await bench.settle(bench.claimOne(), .completed(JSONText(#"{"ok":true}"#)))
            let job = try await bench.job("a")
            try bench.expect(job.state, is: .completed, "the state")
            try bench.expect(job.result, is: JSONText(#"{"ok":true}"#), "the result")
            try bench.expect([job.attemptsMade, job.attemptsStarted], is: [1, 1], "the counted attempts")
            try bench.expect(
                bench.unwrap(job.finishedAt, "an end") >= bench.unwrap(job.processedAt, "a start"),
                "ends after its start")
            try bench.expect(job.failedReason, is: nil, "the reason")
        },
        Case("settle", "failed stores the reason and the trace and counts the attempt") { bench in
            try await bench.add("a")
            try await bench.settle(bench.claimOne(), .failed(Failure(reason: "no such address", trace: "at line 7")))
            let job = try await bench.job("a")
            try bench.expect(job.state, is: .failed, "the state")
            try bench.expect(job.failedReason, is: "no such address", "the reason")
            try bench.expect(job.stacktrace, is: ["at line 7"], "the traces")
            try bench.expect(job.attemptsMade, is: 1, "the counted attempts")
            try bench.expect(job.finishedAt != nil, "it has an end")
            try bench.expect(job.result, is: nil, "the result")
        },
        Case("settle", "failed without a trace adds none") { bench in
            try await bench.finish(["a"], .failed(Failure(reason: "no")))
            try await bench.expect(bench.job("a").stacktrace, is: [], "the traces")
        },
        Case("settle", "cancelled is stored as failed with the reason cancelled and counts the attempt") { bench in
            try await bench.finish(["a"], .cancelled)
            let job = try await bench.job("a")
            try bench.expect(job.state, is: .failed, "the state")
            try bench.expect(job.failedReason, is: "cancelled", "the reason")
            try bench.expect(job.attemptsMade, is: 1, "the counted attempts")
            try bench.expect(job.stacktrace, is: [], "the traces")
        },
        Case("settle", "the newest traces are kept, oldest first, as many as the failure says") { bench in
            try await bench.add("a")
            for number in 1...4 {
                let failure = Failure(reason: "r\(number)", trace: "t\(number)", keepTraces: 2)
                try await bench.settle(bench.claimOne(), .retry(after: .zero, failure))
            }
            try await bench.expect(bench.job("a").stacktrace, is: ["t3", "t4"], "the traces")
            try await bench.settle(bench.claimOne(), .failed(Failure(reason: "r5", trace: "t5", keepTraces: 0)))
            try await bench.expect(bench.job("a").stacktrace, is: [], "the traces when none are kept")
        },
        Case("settle", "the last failed reason stays when a later attempt succeeds") { bench in
            try await bench.add("a")
            try await bench.settle(bench.claimOne(), .retry(after: .zero, Failure(reason: "not yet", trace: "t")))
            try await bench.settle(bench.claimOne(), .completed(.null))
            let job = try await bench.job("a")
            try bench.expect(job.failedReason, is: "not yet", "the reason")
            try bench.expect(job.stacktrace, is: ["t"], "the traces")
            try bench.expect(job.attemptsMade, is: 2, "the counted attempts")
        },
        Case("settle", "a lease settles once: the second time it is lost") { bench in
            try await bench.add("a")
            let claimed = try await bench.claimOne()
            let done = Settlement(lease: claimed.lease, outcome: .completed(.null))
            let failed = Settlement(lease: claimed.lease, outcome: .failed(Failure(reason: "no")))
            try await bench.expect(
                bench.exchange([done, failed]).settled, is: [.settled, .leaseLost], "in one exchange")
            try await bench.expect(bench.exchange([failed]).settled, is: [.leaseLost], "in a later exchange")
            try await bench.expect(bench.job("a").state, is: .completed, "the state")
            try await bench.expect(bench.job("a").attemptsMade, is: 1, "the counted attempts")
        },
        Case("rule 2", "settling with a lost lease stores nothing") { bench in
            try await bench.add("a")
            let claimed = try await bench.claimOne()
            let stranger = Lease(job: claimed.job.key, token: LeaseToken("stranger"), duration: .seconds(30))
            let before = try await bench.job("a")
            for outcome in [Outcome.completed(.null), .cancelled, .released, .snoozed(.seconds(1))] {
                try await bench.expect(
                    bench.exchange([Settlement(lease: stranger, outcome: outcome)]).settled, is: [.leaseLost],
                    "\(outcome)")
            }
            try await bench.expect(bench.job("a"), is: before, "the job")
        },
        Case("rule 2", "an older lease of the same job is lost once a newer attempt runs") { bench in
            try await bench.add("a")
            let first = try await bench.claimOne()
            try await bench.settle(first, .released)
            let second = try await bench.claimOne()
            let stale = Settlement(lease: first.lease, outcome: .completed(.null))
            try await bench.expect(bench.exchange([stale]).settled, is: [.leaseLost], "the older lease")
            try await bench.settle(second, .completed(.null))
        },
        Case("settle", "a lease of a job that never was is lost") { bench in
            let lease = Lease(job: bench.key("nobody"), token: LeaseToken("t"), duration: .seconds(1))
            try await bench.expect(
                bench.exchange([Settlement(lease: lease, outcome: .completed(.null))]).settled, is: [.leaseLost],
                "the status")
            try await bench.expect(bench.summary(), is: nil, "the queue")
        },
    ]
}
