import DroverCore

extension ConformanceCase {
    static let putBack: [ConformanceCase] = [
        Case("retry", "a retry without a wait goes to the back and counts the attempt") { bench in
            try await bench.addAll(["a", "b"])
            try await bench.settle(bench.claimOne(), .retry(after: .zero, Failure(reason: "again", trace: "t")))
            let job = try await bench.job("a")
            try bench.expect(job.state, is: .waiting, "the state")
            try bench.expect([job.attemptsMade, job.attemptsStarted], is: [1, 1], "the counted attempts")
            try bench.expect(job.failedReason, is: "again", "the reason")
            try bench.expect(job.stacktrace, is: ["t"], "the traces")
            try bench.expect(job.finishedAt, is: nil, "the end")
            try await bench.expect(bench.claimedIDs(), is: ["b", "a"], "the order of claims")
        },
        Case("retry", "a retry after a wait is delayed until then") { bench in
            try await bench.add("a")
            try await bench.settle(bench.claimOne(), .retry(after: .seconds(60), Failure(reason: "again")))
            let job = try await bench.job("a")
            try bench.expect(job.state, is: .delayed, "the state")
            try bench.expect(job.attemptsMade, is: 1, "the counted attempts")
            try bench.expect(job.dueAt != nil, "it has a due time")
            try await bench.expect(bench.claimedIDs(), is: [], "what can be claimed now")
            try await bench.advance(by: .seconds(60))
            try await bench.expect(bench.claimedIDs(), is: ["a"], "what can be claimed then")
        },
        Case("retry", "a prioritized job goes to the back of its priority") { bench in
            try await bench.addAll(["a", "b"], priority: 2)
            try await bench.add("last", priority: 3)
            try await bench.settle(bench.claimOne(), .retry(after: .zero, Failure(reason: "again")))
            try await bench.expect(bench.job("a").state, is: .prioritized, "the state")
            try await bench.expect(bench.claimedIDs(), is: ["b", "a", "last"], "the order of claims")
        },
        Case("retry", "without a wait a lifo job goes to the front, but not of its priority") { bench in
            for (queue, priority, order) in [("none", 0, ["a", "b"]), ("some", 2, ["b", "a"])] {
                let queue = bench.queue(queue)
                try await bench.add("a", priority: priority, lifo: true, in: queue)
                let claimed = try await bench.claimOne(in: queue)
                try await bench.addAll(["b"], priority: priority, in: queue)
                try await bench.settle(claimed, .retry(after: .zero, Failure(reason: "again")))
                try await bench.expect(bench.claimedIDs(in: queue), is: order, "the order with priority \(priority)")
            }
        },
        Case("promote", "jobs that are due come before one retried or snoozed without a wait") { bench in
            for (name, outcome) in [
                ("retried", Outcome.retry(after: .zero, Failure(reason: "again"))), ("snoozed", .snoozed(.zero)),
            ] {
                let queue = bench.queue(name)
                try await bench.add("a", in: queue)
                try await bench.add("due", start: .after(.seconds(5)), in: queue)
                let claimed = try await bench.claimOne(in: queue)
                try await bench.advance(by: .seconds(5))
                let start = try await bench.end(in: queue)
                try await bench.settle(claimed, outcome)
                let events = try await bench.events(since: start, in: queue).map(\.kind)
                try bench.expect(events, is: [.waiting(from: .delayed), .waiting(from: .active)], "the events")
                try await bench.expect(bench.claimedIDs(in: queue), is: ["due", "a"], "the order of claims")
            }
        },
        Case("retry", "a negative wait is no wait") { bench in
            try await bench.add("a")
            try await bench.settle(bench.claimOne(), .retry(after: .seconds(-5), Failure(reason: "again")))
            try await bench.expect(bench.job("a").state, is: .waiting, "after a retry")
            try await bench.settle(bench.claimOne(), .snoozed(.seconds(-5)))
            try await bench.expect(bench.job("a").state, is: .waiting, "after a snooze")
        },
        Case("snoozed", "a snoozed job waits without counting the attempt") { bench in
            try await bench.add("a")
            try await bench.settle(bench.claimOne(), .snoozed(.seconds(60)))
            let job = try await bench.job("a")
            try bench.expect(job.state, is: .delayed, "the state")
            try bench.expect([job.attemptsMade, job.attemptsStarted], is: [0, 1], "the counted attempts")
            try bench.expect(job.failedReason, is: nil, "the reason")
            try await bench.advance(by: .seconds(60))
            try await bench.expect(bench.claimedIDs(), is: ["a"], "what can be claimed then")
        },
        Case("snoozed", "a snooze of zero goes to the back") { bench in
            try await bench.addAll(["a", "b"])
            try await bench.settle(bench.claimOne(), .snoozed(.zero))
            try await bench.expect(bench.job("a").attemptsMade, is: 0, "the counted attempts")
            try await bench.expect(bench.claimedIDs(), is: ["b", "a"], "the order of claims")
        },
        Case("released", "a released job goes to the front without counting the attempt") { bench in
            try await bench.addAll(["a", "b"])
            try await bench.settle(bench.claimOne(), .released)
            let job = try await bench.job("a")
            try bench.expect(job.state, is: .waiting, "the state")
            try bench.expect([job.attemptsMade, job.attemptsStarted], is: [0, 1], "the counted attempts")
            try await bench.expect(bench.claimedIDs(), is: ["a", "b"], "the order of claims")
        },
        Case("released", "of several released jobs the one settled last comes first") { bench in
            try await bench.addAll(["a", "b", "c"])
            let claimed = try await bench.claim(2)
            try await bench.exchange(claimed.map { Settlement(lease: $0.lease, outcome: .released) })
            try await bench.expect(bench.claimedIDs(), is: ["b", "a", "c"], "the order of claims")
        },
        Case("released", "a released prioritized job goes to the front of its priority only") { bench in
            try await bench.addAll(["a", "b"], priority: 2)
            try await bench.settle(bench.claimOne(), .released)
            try await bench.add("first", priority: 1)
            try await bench.add("none")
            try await bench.expect(bench.claimedIDs(), is: ["none", "first", "a", "b"], "the order of claims")
        },
        Case("released", "several released jobs of one priority all come before the others") { bench in
            try await bench.addAll(["a", "b", "c", "d"], priority: 2)
            let claimed = try await bench.claim(2)
            try await bench.exchange(claimed.map { Settlement(lease: $0.lease, outcome: .released) })
            let ids = try await bench.claimedIDs()
            try bench.expect(Set(ids.prefix(2)), is: ["a", "b"], "the first two, in any order")
            try bench.expect(Array(ids.dropFirst(2)), is: ["c", "d"], "the others, in their order")
        },
        Case("settle", "a job put back follows its present priority, not the enqueued one") { bench in
            try await bench.add("a", priority: 5)
            try await bench.add("b")
            let claimed = try await bench.claim(2)
            try await bench.apply(.changePriority(bench.key("a"), to: 0, lifo: false))
            try await bench.apply(.changePriority(bench.key("b"), to: 6, lifo: false))
            try await bench.exchange(claimed.map { Settlement(lease: $0.lease, outcome: .snoozed(.zero)) })
            try await bench.expect(bench.job("a").state, is: .waiting, "the state without a priority")
            try await bench.expect(bench.job("b").state, is: .prioritized, "the state with a priority")
        },
        Case("settle", "a finished job's due time stays empty, and a put-back one's too") { bench in
            try await bench.add("a", start: .after(.seconds(5)))
            try await bench.advance(by: .seconds(5))
            try await bench.settle(bench.claimOne(), .released)
            try await bench.expect(bench.job("a").dueAt, is: nil, "the due time when put back")
            try await bench.settle(bench.claimOne(), .completed(.null))
            try await bench.expect(bench.job("a").dueAt, is: nil, "the due time when finished")
        },
    ]
}
