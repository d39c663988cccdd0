import DroverCore

/// Jobs that wait in groups: their state, their turns, their order.
extension ConformanceCase {
    static let groupTurns: [ConformanceCase] = [
        Case("groups", "a job with a group that is ready is grouped") { bench in
            try await bench.addAll(["a"], group: "g")
            try await bench.expect(bench.job("a").state, is: .grouped, "its state")
            try await bench.expect(bench.job("a").options.group, is: "g", "its group")
            try await bench.expect(bench.counts(), is: JobCounts([.grouped: 1]), "the counts")
            try await bench.expect(bench.list(.grouped), is: ["a"], "the list")
            try await bench.expect(bench.list(.waitingChildren), is: [], "those that wait for children")
        },
        Case("groups", "adding one tells what adding any job tells") { bench in
            try await bench.expectEvents(["added a", "waiting a"]) { try await bench.addAll(["a"], group: "g") }
            try await bench.expectEvents(["active a"]) { try await bench.claim(1) }
        },
        Case("groups", "a claimed one is active, and completes") { bench in
            try await bench.addAll(["a"], group: "g")
            let claimed = try await bench.claimOne()
            try bench.expect(claimed.job.state, is: .active, "its state")
            try bench.expect(claimed.job.options.group, is: "g", "its group")
            try await bench.expect(bench.counts(), is: JobCounts([.active: 1]), "the counts")
            try await bench.settle(claimed, .completed(.null))
            try await bench.expect(bench.counts(), is: JobCounts([.completed: 1]), "the counts")
            try await bench.expect(bench.groups(), is: [], "the groups")
        },
        Case("groups", "two groups take turns, however many jobs they have") { bench in
            try await bench.addAll((1...6).map { "a\($0)" }, group: "a")
            try await bench.addAll(["b1", "b2"], group: "b")
            try await bench.expect(
                bench.claimedIDs(), is: ["a1", "b1", "a2", "b2", "a3", "a4", "a5", "a6"], "the order of claims")
        },
        Case("groups", "turns go on from claim to claim") { bench in
            try await bench.addAll(["a1", "a2", "a3"], group: "a")
            try await bench.addAll(["b1", "b2", "b3"], group: "b")
            try await bench.addAll(["c1", "c2", "c3"], group: "c")
            try await bench.expect(
                bench.work(9), is: ["a1", "b1", "c1", "a2", "b2", "c2", "a3", "b3", "c3"], "the order of claims")
        },
        Case("groups", "jobs without a group take turns as one more") { bench in
            try await bench.addAll((1...30).map { "p\($0)" })
            try await bench.addAll((1...30).map { "a\($0)" }, group: "a")
            try await bench.addAll((1...30).map { "b\($0)" }, group: "b")
            let order = try await bench.claimedIDs(60)
            for member in ["p", "a", "b"] {
                let turns = order.count { $0.hasPrefix(member) }
                try bench.expect((19...21).contains(turns), "\(turns) turns of \(member) in \(order)")
            }
        },
        Case("groups", "jobs without a group keep their order among themselves") { bench in
            try await bench.addAll(["low"], priority: 2)
            try await bench.addAll(["high"], priority: 1)
            try await bench.addAll(["first"])
            try await bench.addAll(["a1", "a2", "a3"], group: "a")
            let order = try await bench.claimedIDs().filter { !$0.hasPrefix("a") }
            try bench.expect(order, is: ["first", "high", "low"], "the order of the others")
        },
        Case("groups", "a group that comes late has its turn in the next round") { bench in
            try await bench.addAll((1...40).map { "a\($0)" }, group: "a")
            try await bench.claim(20)
            try await bench.addAll((1...10).map { "b\($0)" }, group: "b")
            let order = try await bench.claimedIDs(20)
            try bench.expect(order.count { $0.hasPrefix("b") }, is: 10, "the turns of the late one in \(order)")
            try bench.expect(order.prefix(2).contains("b1"), "the first of it is among the first two of \(order)")
        },
        Case("groups", "a group that had no jobs has saved no turns") { bench in
            try await bench.addAll(["b0"], group: "b")
            try await bench.addAll((1...40).map { "a\($0)" }, group: "a")
            try await bench.claim(21)
            try await bench.addAll((1...20).map { "b\($0)" }, group: "b")
            let order = try await bench.claimedIDs(20)
            try bench.expect(order.count { $0.hasPrefix("a") }, is: 10, "the turns of the other in \(order)")
        },
        Case("groups", "a group that gets one job at a time doesn't come before the others") { bench in
            try await bench.addAll((1...10).map { "a\($0)" }, group: "a")
            var order: [String] = []
            for round in 0..<10 {
                try await bench.addAll(["b\(round)"], group: "b")
                order += try await bench.work(2)
            }
            try bench.expect(order.count { $0.hasPrefix("a") } >= 9, "about half of \(order) is the other's")
        },
        Case("groups", "jobs without a group that come one at a time don't come before the others") { bench in
            try await bench.addAll((1...10).map { "a\($0)" }, group: "a")
            var order: [String] = []
            for round in 0..<10 {
                try await bench.add("p\(round)")
                order += try await bench.work(2)
            }
            try bench.expect(order.count { $0.hasPrefix("a") } >= 9, "about half of \(order) is the group's")
        },
        Case("groups", "a weight is a share of the turns") { bench in
            try await bench.set(.weight(3), of: "a")
            try await bench.addAll((1...60).map { "a\($0)" }, group: "a")
            try await bench.addAll((1...60).map { "b\($0)" }, group: "b")
            let order = try await bench.claimedIDs(40)
            try bench.expect((29...31).contains(order.count { $0.hasPrefix("a") }), "three of four in \(order)")
        },
        Case("groups", "the weight of all groups is that of each without one of its own") { bench in
            try await bench.set(.weight(4), of: nil)
            try await bench.set(.weight(1), of: "b")
            try await bench.addAll((1...60).map { "a\($0)" }, group: "a")
            try await bench.addAll((1...60).map { "b\($0)" }, group: "b")
            let order = try await bench.claimedIDs(50)
            try bench.expect((39...41).contains(order.count { $0.hasPrefix("a") }), "four of five in \(order)")
            try await bench.expect(bench.group("a").weight, is: 4, "the weight that applies")
        },
        Case("groups", "two groups, 100,000 jobs and then 100: the small one has every other turn") { bench in
            for portion in 0..<20 {
                try await bench.addAll((0..<5000).map { "a\(portion)-\($0)" }, group: "big")
            }
            try await bench.claim(10)
            try await bench.addAll((0..<100).map { "b\($0)" }, group: "small")
            var order: [String] = []
            for _ in 0..<21 { order += try await bench.claimedIDs(10) }
            let small = order.count { $0.hasPrefix("b") }
            try bench.expect(small >= 95, "\(small) of \(order.count) turns are the small one's")
        },
        Case("groups", "10,000 groups of 10: none waits for more than two rounds") { bench in
            let jobs = (0..<10_000).map { group in (0..<10).map { bench.grouped("\(group)-\($0)x", "g\(group)") } }
            for first in stride(from: 0, to: 10_000, by: 500) {
                let portion = jobs[first..<first + 500].flatMap(\.self)
                let results = try await bench.store.enqueue(bench.queue, portion)
                try bench.expect(results.allSatisfy { $0.id != nil }, "all are added")
            }
            var last = [Int](repeating: 0, count: 10_000)
            var longest = 0
            for turn in 0..<300 {
                for id in try await bench.claimedIDs(100) {
                    let group = try bench.unwrap(id.split(separator: "-").first.flatMap { Int($0) }, "a group in \(id)")
                    longest = max(longest, turn * 100 - last[group])
                    last[group] = turn * 100
                }
            }
            longest = last.reduce(longest) { max($0, 30_000 - $1) }
            try bench.expect(longest <= 20_000, "a group waited for \(longest) turns, and two rounds are 20,000")
        },
        // MARK: Order inside a group
        Case("groups", "inside a group: none first, then by priority, then by entry") { bench in
            try await bench.addAll(["p2"], group: "g", priority: 2)
            try await bench.addAll(["p1", "p1b"], group: "g", priority: 1)
            try await bench.addAll(["none", "none2"], group: "g")
            try await bench.expect(
                bench.list(group: "g"), is: ["none", "none2", "p1", "p1b", "p2"], "the list of the group")
            try await bench.expect(bench.claimedIDs(), is: ["none", "none2", "p1", "p1b", "p2"], "the claims")
        },
        Case("groups", "lifo goes to the front of its group") { bench in
            try await bench.addAll(["a", "b"], group: "g")
            try await bench.addAll(["c", "d"], group: "g", lifo: true)
            try await bench.expect(bench.list(group: "g"), is: ["d", "c", "a", "b"], "the order")
        },
        Case("groups", "a change of the priority changes the place in the group") { bench in
            try await bench.addAll(["a", "b", "c"], group: "g")
            try await bench.apply(.changePriority(bench.key("a"), to: 5, lifo: false))
            try await bench.expect(bench.job("a").state, is: .grouped, "its state")
            try await bench.expect(bench.list(group: "g"), is: ["b", "c", "a"], "behind the others")
            try await bench.apply(.changePriority(bench.key("c"), to: 0, lifo: true))
            try await bench.expect(bench.list(group: "g"), is: ["c", "b", "a"], "at the front")
        },
        Case("groups", "a group is listed page by page, in both directions") { bench in
            let ids = (1...7).map { "j\($0)" }
            try await bench.addAll(ids, group: "g")
            try await bench.addAll(["other"], group: "h")
            try await bench.expect(bench.list(group: "g", limit: 3), is: ids, "forwards")
            try await bench.expect(bench.list(group: "g", .descending, limit: 3), is: ids.reversed(), "backwards")
            try await bench.expect(bench.list(group: "none"), is: [], "an unknown group")
        },
        Case("groups", "grouped jobs are listed by entry, in both directions") { bench in
            try await bench.addAll(["a1", "a2"], group: "a")
            try await bench.addAll(["b1"], group: "b", priority: 3)
            try await bench.addAll(["a3"], group: "a", lifo: true)
            try await bench.expect(bench.list(.grouped, limit: 2), is: ["a1", "a2", "b1", "a3"], "forwards")
            try await bench.expect(
                bench.list(.grouped, .descending, limit: 2), is: ["a3", "b1", "a2", "a1"], "backwards")
        },
        Case("groups", "names are told apart by their bytes, and may hold anything") { bench in
            let names = ["a", "A", "a:b", "a%3Ab", "gr\u{F6}\u{DF}er", "gro\u{308}\u{DF}er", " ", "x\ty"]
            for (index, name) in names.enumerated() { try await bench.addAll(["j\(index)"], group: name) }
            for (index, name) in names.enumerated() {
                try await bench.expect(bench.list(group: name), is: ["j\(index)"], "the jobs of \(name)")
            }
            let listed = try await bench.groups().map { Array($0.name.utf8) }
            try bench.expect(
                listed, is: names.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }, "the groups")
            try await bench.expect(bench.claimedIDs().count, is: names.count, "the claims")
        },
    ]

    /// What becomes grouped jobs of others, and others of them.
    static let groupWays: [ConformanceCase] = [
        Case("groups", "a delayed job enters its group when it is due") { bench in
            try await bench.addAll(["a"], group: "g", start: .after(.seconds(100)))
            try await bench.expect(bench.job("a").state, is: .delayed, "its state")
            try await bench.expect(bench.groups(), is: [], "the groups")
            try await bench.advance(by: .seconds(101))
            try await bench.exchange(claim: 1)
            try await bench.expect(bench.job("a").state, is: .active, "once it was due")
        },
        Case("groups", "a promoted job enters its group") { bench in
            try await bench.addAll(["a"], group: "g", start: .after(.seconds(1000)))
            try await bench.apply(.promote(bench.key("a")))
            try await bench.expect(bench.job("a").state, is: .grouped, "its state")
            try await bench.expect(bench.list(group: "g"), is: ["a"], "the group")
        },
        Case("groups", "a job that is tried again at once goes to the back of its group") { bench in
            try await bench.addAll(["a", "b"], group: "g")
            try await bench.settle(bench.claimOne(), .retry(after: .zero, Failure(reason: "no")))
            try await bench.expect(bench.list(group: "g"), is: ["b", "a"], "the group")
            try await bench.expect(bench.counts(), is: JobCounts([.grouped: 2]), "the counts")
        },
        Case("groups", "a released job goes to the front of its group") { bench in
            try await bench.addAll(["a", "b"], group: "g")
            try await bench.settle(bench.claimOne(), .released)
            try await bench.expect(bench.list(group: "g"), is: ["a", "b"], "the group")
        },
        Case("groups", "a job that waits between attempts is of no group meanwhile") { bench in
            try await bench.addAll(["a"], group: "g")
            try await bench.settle(bench.claimOne(), .retry(after: .seconds(1000), Failure(reason: "no")))
            try await bench.expect(bench.counts(), is: JobCounts([.delayed: 1]), "the counts")
            try await bench.expect(bench.groups(), is: [], "the groups")
        },
        Case("groups", "a stalled job goes to the front of its group") { bench in
            try await bench.addAll(["a", "b"], group: "g")
            try await bench.claimOne(lease: .seconds(1))
            try await bench.advance(by: .seconds(2))
            _ = try await bench.store.reclaimStalled(bench.queue, maxStalled: 1, limit: 10)
            try await bench.expect(bench.list(group: "g"), is: ["a", "b"], "the group")
            try await bench.expect(bench.group("g").active, is: 0, "the active ones")
        },
        Case("groups", "a job that is retried by hand enters its group") { bench in
            try await bench.addAll(["a"], group: "g")
            try await bench.settle(bench.claimOne(), .failed(Failure(reason: "no")))
            try await bench.apply(.retry(bench.key("a"), resetAttempts: true))
            try await bench.expect(bench.job("a").state, is: .grouped, "its state")
            try await bench.expect(bench.claimedIDs(), is: ["a"], "the claim")
        },
        Case("groups", "a parent waits for its children first, and then for its group") { bench in
            var options = JobOptions()
            options.group = "g"
            let parent = NewJob(
                id: JobID(stored: "p"), name: "job", options: options,
                children: [ChildJob(bench.queue, NewJob(id: JobID(stored: "c"), name: "job"))])
            try await bench.add(parent)
            try await bench.expect(bench.job("p").state, is: .waitingChildren, "its state")
            try await bench.addAll(["g1"], group: "g")
            let child = try bench.unwrap(await bench.claim(2).first { $0.job.key.id.text == "c" }, "the child")
            try await bench.settle(child, .completed(.null))
            try await bench.expect(bench.job("p").state, is: .grouped, "once the child is done")
            try await bench.expect(bench.claimedIDs(), is: ["p"], "the claim")
        },
        Case("groups", "a child of another queue enters the group there") { bench in
            let other = bench.queue("other")
            try await bench.add(
                NewJob(
                    id: JobID(stored: "p"), name: "job", children: [ChildJob(other, bench.grouped("c", "g"))]))
            try await bench.expect(bench.job(bench.key("c", in: other)).state, is: .grouped, "the child's state")
            try await bench.settle(bench.claimOne(in: other), .completed(.null))
            try await bench.expect(bench.job("p").state, is: .waiting, "the parent's state")
        },
        Case("groups", "a grouped job is cancelled and fails") { bench in
            try await bench.addAll(["a", "b"], group: "g")
            try await bench.apply(.cancel(bench.key("a")))
            try await bench.expect(bench.job("a").state, is: .failed, "its state")
            try await bench.expect(bench.group("g").waiting, is: 1, "those that wait")
            try await bench.expect(bench.claimedIDs(), is: ["b"], "the claim")
        },
        Case("groups", "a grouped job is removed") { bench in
            try await bench.addAll(["a", "b"], group: "g")
            try await bench.apply(.remove(bench.key("a")))
            try await bench.expect(bench.find(bench.key("a")), is: nil, "the job")
            try await bench.expect(bench.list(group: "g"), is: ["b"], "the group")
            try await bench.apply(.remove(bench.key("b")))
            try await bench.expect(bench.groups(), is: [], "the groups")
            try await bench.expect(bench.claimedIDs(), is: [], "the claim")
        },
        Case("groups", "what is only for delayed or finished jobs is refused") { bench in
            try await bench.addAll(["a"], group: "g")
            try await bench.apply(.promote(bench.key("a")), is: .wrongState(.grouped))
            try await bench.apply(.retry(bench.key("a"), resetAttempts: false), is: .wrongState(.grouped))
            try await bench.apply(.changeDelay(bench.key("a"), to: .seconds(1)), is: .wrongState(.grouped))
        },
        Case("groups", "grouped jobs are drained") { bench in
            try await bench.addAll((1...9).map { "a\($0)" }, group: "a")
            try await bench.addAll(["b"], group: "b")
            try await bench.addAll(["p"])
            try await bench.expect(bench.sweep(.drain(bench.queue, delayed: false), limit: 3), is: 11, "the removed")
            try await bench.expect(bench.counts(), is: JobCounts(), "the counts")
            try await bench.expect(bench.groups(), is: [], "the groups")
        },
        Case("groups", "grouped jobs are cleaned by their age, and waiting parents are not") { bench in
            try await bench.addAll(["a", "b"], group: "g")
            try await bench.addFlow("parent", [bench.child("child", in: bench.queue("other"))])
            let clean = Sweep.clean(bench.queue, state: .grouped, olderThan: .zero)
            try await bench.expect(bench.sweep(clean, limit: 1), is: 2, "the removed")
            try await bench.expect(bench.counts(), is: JobCounts([.waitingChildren: 1]), "the counts")
        },
        Case("groups", "cleaning those that wait for children leaves grouped ones") { bench in
            try await bench.addAll(["a", "b"], group: "g")
            let clean = Sweep.clean(bench.queue, state: .waitingChildren, olderThan: .zero)
            try await bench.expect(bench.sweep(clean), is: 0, "the removed")
            try await bench.expect(bench.counts(), is: JobCounts([.grouped: 2]), "the counts")
        },
        Case("groups", "an obliterated queue has no groups, and no settings of them") { bench in
            try await bench.addAll(["a1", "a2"], group: "a")
            try await bench.set(.concurrency(1), of: "a")
            try await bench.set(.weight(5), of: nil)
            try await bench.pause()
            try await bench.expect(bench.sweep(.obliterate(bench.queue, force: false), limit: 1), is: 2, "the removed")
            try await bench.addAll(["a1", "a2"], group: "a")
            try await bench.expect(
                bench.groups(), is: [GroupSummary(name: "a", waiting: 2)], "the groups of the new queue")
            try await bench.expect(bench.claimedIDs(), is: ["a1", "a2"], "the claims")
        },
        Case("groups", "a paused queue hands out none of them") { bench in
            try await bench.addAll(["a"], group: "g")
            try await bench.pause()
            try await bench.expect(bench.claimedIDs(), is: [], "while it is paused")
            try await bench.resume()
            try await bench.expect(bench.claimedIDs(), is: ["a"], "afterwards")
        },
        Case("groups", "they count to the length of their queue") { bench in
            try await bench.expect(bench.store.configure([.maxLength(bench.queue, 2)]), is: [.done], "the bound")
            try await bench.addAll(["a", "b"], group: "g")
            try await bench.expect(
                bench.store.enqueue(bench.queue, [NewJob(name: "job"), bench.grouped(nil, "g")]),
                is: [.queueFull(maxLength: 2), .queueFull(maxLength: 2)], "more")
        },
        Case("groups", "the concurrency of the queue bounds them") { bench in
            try await bench.expect(bench.store.configure([.concurrency(bench.queue, 2)]), is: [.done], "the bound")
            try await bench.addAll(["a1", "a2"], group: "a")
            try await bench.addAll(["b1", "b2"], group: "b")
            try await bench.expect(bench.claimedIDs(), is: ["a1", "b1"], "the claims")
        },
        Case("groups", "the rate of the queue bounds them") { bench in
            let rate = RateLimit(max: 3, per: .seconds(10_000))
            try await bench.expect(bench.store.configure([.rateLimit(bench.queue, rate)]), is: [.done], "the rate")
            try await bench.addAll(["a1", "a2", "a3", "a4"], group: "a")
            try await bench.addAll(["p1", "p2"])
            try await bench.expect(bench.claimedIDs().count, is: 3, "the claims")
            try await bench.expect(bench.claimedIDs(), is: [], "more")
        },
        Case("groups", "a queue is drained when no grouped job is left") { bench in
            try await bench.addAll(["a", "b"], group: "g")
            let first = try await bench.claimOne()
            try await bench.expectEvents(["completed a"]) { try await bench.settle(first, .completed(.null)) }
            let second = try await bench.claimOne()
            try await bench.expectEvents(["completed b", "drained"]) {
                try await bench.settle(second, .completed(.null))
            }
        },
        Case("groups", "a repeated exchange hands out the same jobs and takes no turn") { bench in
            try await bench.addAll(["a1", "a2"], group: "a")
            try await bench.addAll(["b1", "b2"], group: "b")
            let id = bench.freshID()
            for _ in 0..<3 {
                let claimed = try await bench.exchange(claim: 1, id: id).claimed.map(\.job.key.id.text)
                try bench.expect(claimed, is: ["a1"], "the claim")
            }
            try await bench.expect(bench.claimedIDs(), is: ["b1", "a2", "b2"], "the rest")
        },
        Case("groups", "a grouped job that is ready wakes") { bench in
            try await bench.expectWork("a grouped job was added") { try await bench.addAll(["a"], group: "g") }
        },
        Case("groups", "an empty name, and one that is too long, are refused") { bench in
            for name in ["", String(repeating: "x", count: 257)] {
                let result = try await bench.store.enqueue(bench.queue, [bench.grouped(nil, name)])
                try bench.expect(result.first?.problem != nil, "a job of the group '\(name)' is refused")
            }
            try await bench.expect(bench.summary(), is: nil, "the queue")
        },
    ]
}
