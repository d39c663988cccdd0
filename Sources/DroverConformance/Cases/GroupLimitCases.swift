import DroverCore

/// What bounds a group, and what is told of it.
extension ConformanceCase {
    static let groupLimits: [ConformanceCase] = [
        Case("groups", "a paused group hands out nothing, and the others go on") { bench in
            try await bench.addAll(["a1", "a2"], group: "a")
            try await bench.addAll(["b1", "b2"], group: "b")
            try await bench.set(.pause, of: "a")
            try await bench.expect(bench.claimedIDs(), is: ["b1", "b2"], "while it is paused")
            try await bench.expect(
                bench.group("a"), is: GroupSummary(name: "a", waiting: 2, isPaused: true), "the group")
            try await bench.expect(bench.job("a1").state, is: .grouped, "the state of its jobs")
            try await bench.expectWork("its group was resumed") { try await bench.set(.resume, of: "a") }
            try await bench.expect(bench.claimedIDs(), is: ["a1", "a2"], "afterwards")
        },
        Case("groups", "a group may be paused before it has jobs, and while they run") { bench in
            try await bench.set(.pause, of: "a")
            try await bench.expect(bench.groups(), is: [GroupSummary(name: "a", isPaused: true)], "the groups")
            try await bench.addAll(["a1", "a2"], group: "a")
            try await bench.expect(bench.claimedIDs(), is: [], "while it is paused")
            try await bench.set(.resume, of: "a")
            let claimed = try await bench.claimOne()
            try await bench.set(.pause, of: "a")
            try await bench.settle(claimed, .completed(.null))
            try await bench.expect(bench.claimedIDs(), is: [], "paused again")
        },
        Case("groups", "a group that is paused and resumed has saved no turns") { bench in
            try await bench.addAll((1...40).map { "a\($0)" }, group: "a")
            try await bench.addAll((1...40).map { "b\($0)" }, group: "b")
            try await bench.set(.pause, of: "b")
            try await bench.claim(20)
            try await bench.set(.resume, of: "b")
            let order = try await bench.claimedIDs(20)
            try bench.expect((9...11).contains(order.count { $0.hasPrefix("b") }), "half of \(order)")
        },
        Case("groups", "no more jobs of a group are active than its concurrency") { bench in
            try await bench.set(.concurrency(2), of: "a")
            try await bench.addAll(["a1", "a2", "a3"], group: "a")
            try await bench.addAll(["b1", "b2", "b3"], group: "b")
            try await bench.expect(bench.claimedIDs(), is: ["a1", "b1", "a2", "b2", "b3"], "the first claim")
            try await bench.expect(bench.claimedIDs(), is: [], "more")
            let group = GroupSummary(
                name: "a", waiting: 1, active: 2, concurrency: 2, own: GroupLimits(concurrency: 2))
            try await bench.expect(bench.group("a"), is: group, "the group")
        },
        Case("groups", "an end makes room in the same exchange") { bench in
            try await bench.set(.concurrency(1), of: "a")
            try await bench.addAll(["a1", "a2"], group: "a")
            let first = try await bench.claimOne()
            let settlement = Settlement(lease: first.lease, outcome: .completed(.null))
            let reply = try await bench.exchange([settlement], claim: 5)
            try bench.expect(reply.claimed.map(\.job.key.id.text), is: ["a2"], "the claim")
        },
        Case("groups", "an end that makes room wakes") { bench in
            try await bench.set(.concurrency(1), of: "a")
            try await bench.addAll(["a1", "a2"], group: "a")
            let first = try await bench.claimOne()
            try await bench.expectWork("a place of the group was left") {
                try await bench.settle(first, .failed(Failure(reason: "no")))
            }
            try await bench.expect(bench.claimedIDs(), is: ["a2"], "the claim")
        },
        Case("groups", "a retry, a delay and a release make room as an end does") { bench in
            try await bench.set(.concurrency(1), of: "a")
            try await bench.addAll(["a1", "a2"], group: "a")
            try await bench.settle(bench.claimOne(), .retry(after: .seconds(1000), Failure(reason: "no")))
            try await bench.settle(bench.claimOne(), .retry(after: .zero, Failure(reason: "no")))
            try await bench.settle(bench.claimOne(), .released)
            try await bench.expect(bench.claimedIDs(), is: ["a2"], "the claim")
            try await bench.expect(bench.group("a").active, is: 1, "the active ones")
        },
        Case("groups", "a stalled job takes a place until it is reclaimed") { bench in
            try await bench.set(.concurrency(1), of: "a")
            try await bench.addAll(["a1", "a2"], group: "a")
            try await bench.claimOne(lease: .seconds(60))
            try await bench.advance(by: .seconds(600))
            try await bench.expect(bench.claimedIDs(), is: [], "while it is stalled")
            _ = try await bench.store.reclaimStalled(bench.queue, maxStalled: 3, limit: 10)
            try await bench.expect(bench.claimedIDs(), is: ["a1"], "once it is reclaimed")
        },
        Case("groups", "the concurrency of all groups is that of each without one of its own") { bench in
            try await bench.set(.concurrency(1), of: nil)
            try await bench.set(.concurrency(2), of: "b")
            for name in ["a", "b", "c"] { try await bench.addAll((1...3).map { "\(name)\($0)" }, group: name) }
            try await bench.expect(bench.claimedIDs(), is: ["a1", "b1", "c1", "b2"], "the claims")
            try await bench.expect(bench.groups().map(\.concurrency), is: [1, 2, 1], "what applies")
        },
        Case("groups", "a wider concurrency lets more run at once, and wakes") { bench in
            try await bench.set(.concurrency(1), of: "a")
            try await bench.addAll(["a1", "a2", "a3"], group: "a")
            try await bench.expect(bench.claimedIDs(), is: ["a1"], "one")
            try await bench.expectWork("the bound was raised") { try await bench.set(.concurrency(2), of: "a") }
            try await bench.expect(bench.claimedIDs(), is: ["a2"], "two")
            try await bench.set(.concurrency(nil), of: "a")
            try await bench.expect(bench.claimedIDs(), is: ["a3"], "no bound")
        },
        Case("groups", "a wider concurrency of all groups lets more run at once") { bench in
            try await bench.set(.concurrency(1), of: nil)
            try await bench.addAll(["a1", "a2"], group: "a")
            try await bench.addAll(["b1", "b2"], group: "b")
            try await bench.expect(bench.claimedIDs(), is: ["a1", "b1"], "one of each")
            try await bench.set(.concurrency(nil), of: nil)
            try await bench.expect(bench.claimedIDs(), is: ["a2", "b2"], "the others")
        },
        Case("groups", "who finds a full group waits for a hint, and for no time") { bench in
            try await bench.set(.concurrency(1), of: "a")
            try await bench.addAll(["a1", "a2"], group: "a")
            let reply = try await bench.exchange(claim: 5)
            try bench.expect(reply.claimed.count, is: 1, "the claim")
            try bench.expect(reply.nextDueIn, is: nil, "with the claim")
            try await bench.expect(bench.exchange(claim: 5).nextDueIn, is: nil, "behind it")
            try await bench.set(.rate(GroupRate(max: 1, per: .seconds(10_000))), of: "b")
            try await bench.addAll(["b1", "b2"], group: "b")
            let wait = try await bench.unwrap(bench.exchange(claim: 5).nextDueIn, "the wait for another group")
            try bench.expect(wait > .seconds(9000) && wait <= .seconds(10_000), "\(wait) is about the span")
        },
        Case("groups", "a narrower concurrency of all groups holds for those that could run") { bench in
            for name in ["a", "b", "c"] { try await bench.addAll((1...3).map { "\(name)\($0)" }, group: name) }
            try await bench.set(.concurrency(2), of: "c")
            let first = try await bench.claim(3)
            try bench.expect(first.map(\.job.key.id.text), is: ["a1", "b1", "c1"], "one of each")
            try await bench.set(.concurrency(1), of: nil)
            try await bench.expect(bench.claimedIDs(), is: ["c2"], "but for the one with a bound of its own")
            try await bench.settle(first[1], .completed(.null))
            try await bench.expect(bench.claimedIDs(), is: ["b2"], "where a place was left")
        },
        Case("groups", "a lower rate of all groups holds for those that could run") { bench in
            try await bench.set(.rate(GroupRate(max: 3, per: .seconds(10_000))), of: nil)
            for name in ["a", "b"] { try await bench.addAll((1...3).map { "\(name)\($0)" }, group: name) }
            try await bench.expect(bench.claimedIDs(2), is: ["a1", "b1"], "one of each")
            try await bench.set(.rate(GroupRate(max: 1, per: .seconds(10_000))), of: nil)
            try await bench.add("x")
            let reply = try await bench.exchange(claim: 9)
            try bench.expect(reply.claimed.map(\.job.key.id.text), is: ["x"], "those without a group alone")
            let wait = try bench.unwrap(reply.nextDueIn, "a wait")
            try bench.expect(wait > .seconds(9000) && wait <= .seconds(10_000), "\(wait) is about the span")
            try await bench.advance(by: .seconds(10_001))
            try await bench.expect(bench.claimedIDs(2), is: ["a2", "b2"], "when the span is over")
        },
        Case("groups", "a narrower concurrency of many groups holds for each") { bench in
            for index in 0..<120 { try await bench.addAll(["\(index)a", "\(index)b"], group: "g\(index)") }
            try await bench.expect(bench.claimedIDs(120).count, is: 120, "one of each")
            try await bench.set(.concurrency(1), of: nil)
            try await bench.add("x")
            // A claim looks at so many groups, and the next goes on.
            var claimed: [String] = []
            for _ in 0..<5 { claimed += try await bench.claimedIDs(500) }
            try bench.expect(claimed, is: ["x"], "what was claimed")
            try await bench.expect(bench.exchange(claim: 1).nextDueIn, is: nil, "when all were looked at")
        },
        Case("groups", "no more jobs of a group begin in a span than its rate") { bench in
            try await bench.set(.rate(GroupRate(max: 2, per: .seconds(10_000))), of: "a")
            try await bench.addAll(["a1", "a2", "a3"], group: "a")
            try await bench.addAll(["b1", "b2", "b3"], group: "b")
            try await bench.expect(bench.claimedIDs(), is: ["a1", "b1", "a2", "b2", "b3"], "the first claim")
            let wait = try await bench.unwrap(bench.exchange(claim: 1).nextDueIn, "a wait")
            try bench.expect(wait > .seconds(9000) && wait <= .seconds(10_000), "\(wait) is about the span")
            try await bench.advance(by: .seconds(10_001))
            try await bench.expect(bench.claimedIDs(), is: ["a3"], "when the span is over")
        },
        Case("groups", "a rate goes on though its group has no jobs for a while") { bench in
            try await bench.set(.rate(GroupRate(max: 1, per: .seconds(10_000))), of: nil)
            try await bench.addAll(["a1"], group: "a")
            try await bench.settle(bench.claimOne(), .completed(.null))
            try await bench.expect(bench.groups(), is: [], "the groups")
            try await bench.addAll(["a2"], group: "a")
            try await bench.expect(bench.claimedIDs(), is: [], "in the span")
            try await bench.advance(by: .seconds(10_001))
            try await bench.expect(bench.claimedIDs(), is: ["a2"], "after it")
        },
        Case("groups", "a job that is only to be failed doesn't count to the rate") { bench in
            try await bench.addAll(["a1"], group: "a")
            try await bench.claimOne(lease: .seconds(1))
            try await bench.advance(by: .seconds(2))
            _ = try await bench.store.reclaimStalled(bench.queue, maxStalled: 0, limit: 10)
            try await bench.set(.rate(GroupRate(max: 1, per: .seconds(10_000))), of: "a")
            try await bench.addAll(["a2", "a3"], group: "a")
            try await bench.expect(bench.claimOne().job.deferredFailure, is: Failure.stalledReason, "its failure")
            try await bench.expect(bench.claimedIDs(), is: ["a2"], "the one that counts")
        },
        Case("groups", "another rate counts anew, the same one goes on") { bench in
            let rate = GroupRate(max: 1, per: .seconds(10_000))
            try await bench.set(.rate(rate), of: "a")
            try await bench.addAll(["a1", "a2", "a3"], group: "a")
            try await bench.expect(bench.claimedIDs(), is: ["a1"], "the first claim")
            try await bench.set(.rate(rate), of: "a")
            try await bench.expect(bench.claimedIDs(), is: [], "after the same rate")
            try await bench.set(.rate(GroupRate(max: 1, per: .seconds(20_000))), of: "a")
            try await bench.expect(bench.claimedIDs(), is: ["a2"], "after another one")
            try await bench.set(.rate(nil), of: "a")
            try await bench.expect(bench.claimedIDs(), is: ["a3"], "without one")
        },
        Case("groups", "a shorter span for all groups ends the windows of the longer one") { bench in
            try await bench.set(.rate(GroupRate(max: 1, per: .seconds(1_000_000))), of: nil)
            try await bench.addAll(["a1", "a2", "a3"], group: "a")
            try await bench.expect(bench.claimedIDs(), is: ["a1"], "by the longer one")
            try await bench.set(.rate(GroupRate(max: 1, per: .seconds(10_000))), of: nil)
            try await bench.expect(bench.claimedIDs(), is: ["a2"], "by the shorter one")
            try await bench.expect(bench.claimedIDs(), is: [], "within it")
        },
        Case("groups", "many groups with a rate each go on when their spans are over") { bench in
            try await bench.set(.rate(GroupRate(max: 1, per: .seconds(10_000))), of: nil)
            for index in 0..<120 { try await bench.addAll(["\(index)a", "\(index)b"], group: "g\(index)") }
            try await bench.expect(bench.claimedIDs(500).count, is: 120, "one of each")
            try await bench.advance(by: .seconds(10_001))
            var second = 0
            for _ in 0..<3 { second += try await bench.claimedIDs(500).count }
            try bench.expect(second, is: 120, "the other of each, in three claims")
        },
        Case("groups", "groups are listed with their counts, page by page") { bench in
            for index in 0..<7 { try await bench.addAll(["\(index)a", "\(index)b"], group: "g\(index)") }
            try await bench.claim(3)
            let names = (0..<7).map { "g\($0)" }
            let groups = try await bench.groups(limit: 3)
            try bench.expect(groups.map(\.name), is: names, "forwards")
            try bench.expect(groups.map(\.waiting), is: [1, 1, 1, 2, 2, 2, 2], "those that wait")
            try bench.expect(groups.map(\.active), is: [1, 1, 1, 0, 0, 0, 0], "those that are active")
            try await bench.expect(bench.groups(.descending, limit: 3).map(\.name), is: names.reversed(), "backwards")
        },
        Case("groups", "settings that are no settings are refused") { bench in
            let wrong: [(String?, GroupSetting)] = [
                ("a", .weight(0)), ("a", .weight(101)), ("a", .concurrency(0)), ("", .weight(1)), (nil, .pause),
                (nil, .resume), ("a", .rate(GroupRate(max: 0, per: .seconds(1)))),
                ("a", .rate(GroupRate(max: 1, per: .zero))),
            ]
            for (name, setting) in wrong {
                let result = try await bench.store.configure([.group(bench.queue, name, setting)])
                guard case .refused = result.first else {
                    throw ConformanceFailure("\(setting) of \(name ?? "all") must be refused, got \(result)")
                }
            }
            try await bench.expect(bench.summary(), is: nil, "the queue")
        },
        Case("groups", "what is a group's own is told apart from what holds for every group") { bench in
            func every() async throws -> GroupLimits {
                let query = JobQuery(queue: bench.queue, part: .groups)
                let page = try await bench.store.jobs(matching: query, page: Page())
                return page.everyGroup
            }
            try await bench.expect(every(), is: GroupLimits(), "what holds for every group of no queue")
            let rate = GroupRate(max: 10, per: .seconds(3600))
            for setting in [GroupSetting.weight(3), .concurrency(2), .rate(rate)] {
                try await bench.set(setting, of: nil)
            }
            try await bench.set(.concurrency(7), of: "a")
            try await bench.set(.pause, of: "b")
            try await bench.expect(
                every(), is: GroupLimits(weight: 3, concurrency: 2, rate: rate), "what holds for every group")
            try await bench.expect(
                bench.groups(),
                is: [
                    GroupSummary(name: "a", weight: 3, concurrency: 7, rate: rate, own: GroupLimits(concurrency: 7)),
                    GroupSummary(name: "b", isPaused: true, weight: 3, concurrency: 2, rate: rate),
                ], "the groups")
            for setting in [GroupSetting.weight(nil), .concurrency(nil), .rate(nil)] {
                try await bench.set(setting, of: nil)
            }
            try await bench.expect(every(), is: GroupLimits(), "what holds for every group then")
        },
        Case("groups", "a setting without jobs is taken back, and then the group is gone") { bench in
            try await bench.set(.weight(5), of: "a")
            let own = GroupLimits(weight: 5)
            try await bench.expect(bench.groups(), is: [GroupSummary(name: "a", weight: 5, own: own)], "the groups")
            try await bench.set(.weight(nil), of: "a")
            try await bench.expect(bench.groups(), is: [], "afterwards")
        },
        Case("groups", "the groups of one queue are not those of another one") { bench in
            let other = bench.queue("other")
            try await bench.addAll(["a"], group: "g")
            try await bench.addAll(["b"], group: "g", in: other)
            try await bench.set(.pause, of: "g", in: other)
            try await bench.expect(bench.claimedIDs(in: other), is: [], "there")
            try await bench.expect(bench.claimedIDs(), is: ["a"], "here")
        },
        Case("groups", "jobs move with their groups") { bench in
            let source = bench.queue("source")
            try await bench.addAll(["a1", "a2"], group: "a", in: source)
            try await bench.addAll(["b1"], group: "b", priority: 2, in: source)
            let jobs = try await bench.whole(.grouped, in: source)
            try bench.expect(jobs.map(\.obstacle), is: [nil, nil, nil], "the obstacles")
            try await bench.move(
                MoveStep(
                    queue: bench.queue, expected: nil, checkpoint: nil, arriving: jobs.map { bench.here($0) }))
            try await bench.expect(bench.counts(), is: JobCounts([.grouped: 3]), "the counts")
            try await bench.expect(bench.claimedIDs(), is: ["a1", "b1", "a2"], "the claims")
        },
    ]
}
