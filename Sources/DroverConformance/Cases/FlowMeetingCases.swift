import DroverCore

extension ConformanceCase {
    /// Where flows meet limits and deduplication.
    static let flowMeetings: [ConformanceCase] = [
        Case("flows", "a job that waits for its children takes no place of its queue's concurrency") { bench in
            try await bench.limit(concurrency: 1)
            try await bench.addFlow("p", [bench.child("a")])
            try await bench.expect(bench.claimedIDs(), is: ["a"], "the only place")
        },
        Case("flows", "a running job that begins to wait for its children leaves its place and wakes") {
            bench in
            try await bench.limit(concurrency: 1)
            try await bench.add("p")
            let claimed = try await bench.claimOne()
            try await bench.add(bench.node("a", parent: JobParent(bench.key("p"))))
            try await bench.expect(bench.claimedIDs(), is: [], "what is claimed while the parent runs")
            try await bench.expectWork("a place was left") { try await bench.settle(claimed, .waitingForChildren) }
            try await bench.expectStates(["p": .waitingChildren])
            try await bench.expect(bench.claimedIDs(), is: ["a"], "what is claimed then")
        },
        Case("flows", "a released parent waits for a place, as other jobs do") { bench in
            let other = bench.queue("other")
            try await bench.limit(concurrency: 1)
            try await bench.add("z")
            let claimed = try await bench.claimOne()
            try await bench.addFlow("p", [bench.child("a", in: other)])
            try await bench.settleNext("a", in: other)
            try await bench.expectStates(["p": .waiting])
            try await bench.expect(bench.claimedIDs(), is: [], "what is claimed without a place")
            try await bench.settle(claimed, .completed(.null))
            try await bench.expect(bench.claimedIDs(), is: ["p"], "what is claimed then")
        },
        Case("flows", "a released parent is counted by its queue's rate, as other jobs are") { bench in
            let rate = RateLimit(max: 1, per: .seconds(10), window: .fixed)
            try await bench.expect(bench.store.configure([.rateLimit(bench.queue, rate)]), is: [.done], "the rate")
            try await bench.addFlow("p", [bench.child("a")])
            let claimed = try await bench.claimOne()
            let settlement = Settlement(lease: claimed.lease, outcome: .completed(.null))
            let reply = try await bench.exchange([settlement], claim: 5)
            try bench.expect(reply.claimed.map(\.job.key.id.text), is: [], "what is claimed at once")
            try await bench.expectStates(["p": .waiting])
            try await bench.advance(by: .seconds(11))
            try await bench.expect(bench.claimedIDs(), is: ["p"], "what is claimed later")
        },
        Case("flows", "a child that holds its queue is waited for") { bench in
            try await bench.addFlow("p", [bench.child("a", .failParent)])
            try await bench.settleNext("a", .rateLimited(.seconds(10)))
            try await bench.expectStates(["p": .waitingChildren, "a": .waiting])
            try await bench.expect(bench.children(of: "p"), is: ["a": "pending"], "the children")
            try await bench.advance(by: .seconds(11))
            try await bench.settleNext("a")
            try await bench.settleNext("p")
        },
        Case("flows", "a job with a deduplication may not have children or a parent") { bench in
            func deduplicated(_ job: NewJob) -> NewJob {
                var job = job
                job.options.deduplication = .simple("d")
                return job
            }
            try await bench.add("z")
            try await bench.expectRefused(
                deduplicated(bench.node("p", [bench.child("a")])), "deduplication")
            try await bench.expectRefused(
                bench.node("p", [ChildJob(bench.queue, deduplicated(bench.node("a")))]), "deduplication")
            try await bench.expectRefused(
                deduplicated(bench.node("a", parent: JobParent(bench.key("z")))), "deduplication")
            try await bench.expectStates(["p": nil, "a": nil])
            try await bench.give("a", .simple("d"), is: "+a")
        },
        Case("flows", "the end of a child ends its deduplication before its parent hears of it") { bench in
            try await bench.give("a", .keepLast("d"), is: "+a")
            try await bench.addFlow("p", [bench.child("a")])
            let claimed = try await bench.claimOne()
            try await bench.give("b", .keepLast("d"), is: "~a")
            try await bench.expectEvents(["added b", "waiting b", "waiting p", "completed a"]) {
                try await bench.settle(claimed, .completed(.null))
            }
            try await bench.give("c", .keepLast("d"), is: "~b")
            try await bench.expect(bench.claimedIDs(), is: ["p", "b"], "the order")
        },
        Case("flows", "so does its failure, and its cancellation while it is delayed") { bench in
            try await bench.give("a", .keepLast("d"), is: "+a")
            try await bench.addFlow("p", [bench.child("a", .ignore)])
            let claimed = try await bench.claimOne()
            try await bench.give("b", .keepLast("d"), is: "~a")
            try await bench.expectEvents(["added b", "waiting b", "waiting p", "failed a"]) {
                try await bench.settle(claimed, bench.failure())
            }
            try await bench.settleNext("p")
            try await bench.addFlow("q", [bench.child("b", .ignore)])
            let second = try await bench.claimOne()
            try await bench.give("c", .keepLast("d"), is: "~b")
            try await bench.settle(second, .snoozed(.seconds(60)))
            try await bench.expectEvents(["added c", "waiting c", "waiting q", "failed b"]) {
                try await bench.apply(.cancel(bench.key("b")))
            }
        },
        Case("flows", "a job goes on to hold its deduplication id while it waits for its children") { bench in
            try await bench.waitingHolder("p", over: "a")
            try await bench.give("q", .simple("d"), is: "~p")
            try await bench.advance(by: .seconds(61))
            try await bench.settleNext("a")
            try await bench.settleNext("p")
            try await bench.give("q", .simple("d"), is: "+q")
        },
        Case("flows", "a parent that is swept with its last child, or removed with its flow, holds nothing more") {
            bench in
            try await bench.waitingHolder("p", over: "a")
            try await bench.expect(bench.sweep(.drain(bench.queue, delayed: true)), is: 1, "the drained jobs")
            try await bench.expectStates(["p": nil, "a": nil])
            try await bench.waitingHolder("q", over: "b")
            try await bench.apply(.removeFlow(bench.key("q")))
            try await bench.expectStates(["q": nil, "b": nil])
            try await bench.give("r", .simple("d"), is: "+r")
        },
    ]
}

extension Bench {
    /// A job that holds the deduplication id `d` and waits for a child, which is delayed by a minute.
    fileprivate func waitingHolder(_ id: String, over child: String) async throws {
        try await give(id, .simple("d"), is: "+\(id)")
        let claimed = try await claimOne()
        try await add(node(child, start: .after(.seconds(60)), parent: JobParent(key(id))))
        try await settle(claimed, .waitingForChildren)
        try await expectStates([id: .waitingChildren])
    }
}
