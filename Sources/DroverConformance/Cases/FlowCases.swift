import DroverCore

extension ConformanceCase {
    static let flowAdding: [ConformanceCase] = [
        Case("flows", "a parent waits for its children, which are enqueued and say whose they are") { bench in
            try await bench.addFlow("p", [bench.child("a", .ignore), bench.child("b", start: .after(.seconds(5)))])
            try await bench.expectStates(["p": .waitingChildren, "a": .waiting, "b": .delayed])
            let parent = try await bench.job("p")
            try bench.expect(parent.parent, is: nil, "the parent of p")
            try bench.expect(parent.dueAt, is: nil, "when p is due")
            try await bench.expect(
                bench.job("a").parent, is: JobParent(bench.key("p"), onFailure: .ignore), "the parent of a")
            try await bench.expect(bench.job("b").parent, is: JobParent(bench.key("p")), "the parent of b")
            try await bench.expect(bench.children(of: "p"), is: ["a": "pending", "b": "pending"], "the children of p")
            try await bench.expect(bench.list(.waitingChildren), is: ["p"], "the jobs that wait for children")
            let counts = try await bench.counts()
            try bench.expect(counts[.waitingChildren], is: 1, "the count of those that wait for children")
            try bench.expect(counts.length, is: 2, "the length of the queue")
            try bench.expect(counts.total, is: 3, "the number of jobs")
        },
        Case("flows", "the events of a new flow: the parent's first") { bench in
            try await bench.expectEvents([
                "added p", "waiting-children p", "added a", "waiting a", "added b", "waiting b",
            ]) {
                try await bench.addFlow("p", [bench.child("a"), bench.child("b")])
            }
            try await bench.expect(
                bench.kinds(of: "p"), is: [.added("job"), .waitingChildren(from: nil)], "the events of p")
        },
        Case("flows", "a tree of three levels over two queues") { bench in
            let other = bench.queue("other")
            let tree = [
                bench.child("m", in: other, over: [bench.child("x"), bench.child("y", in: other)]), bench.child("z"),
            ]
            try await bench.addFlow("p", tree)
            try await bench.expectStates(["p": .waitingChildren, "x": .waiting, "z": .waiting])
            try await bench.expectStates(["m": .waitingChildren, "y": .waiting], in: other)
            try await bench.settleNext("x", .completed(JSONText("1")))
            try await bench.expectStates(["m": .waitingChildren], in: other)
            try await bench.settleNext("y", .completed(JSONText(#"{ "n":2 }"#)), in: other)
            try await bench.expectStates(["m": .waiting], in: other)
            try await bench.expect(
                bench.children(of: bench.key("m", in: other)), is: ["x": "processed 1", "y": #"processed { "n":2 }"#],
                "the children of m")
            try await bench.settleNext("z")
            try await bench.expectStates(["p": .waitingChildren])
            try await bench.settleNext("m", .completed(JSONText("3")), in: other)
            try await bench.expectStates(["p": .waiting])
            try await bench.settleNext("p")
            try await bench.expectStates(["p": .completed])
            try await bench.expect(
                bench.children(of: "p"), is: ["m": "processed 3", "z": "processed null"], "the children of p")
        },
        Case("flows", "ids are generated for the jobs that have none") { bench in
            let key = try await bench.add(bench.node(nil, [bench.child(nil), bench.child(nil)]))
            let children = try await bench.children(of: key)
            try bench.expect(children.count, is: 2, "the number of children")
            try bench.expect(children[key.id.text] == nil, "the children have other ids than their parent")
            for id in children.keys {
                try await bench.expect(bench.job(id).parent?.key, is: key, "the parent of \(id)")
            }
        },
        Case("flows", "one bad job refuses the whole flow, and nothing of it is stored") { bench in
            let bad = NewJob(id: JobID(stored: "x"), name: "job", options: JobOptions(priority: -1))
            let other = bench.queue("other")
            try await bench.expectRefused(
                bench.node("p", [bench.child("a", in: other), ChildJob(bench.queue, bad)]), "priority")
            try await bench.expectStates(["p": nil, "x": nil])
            try await bench.expect(bench.find(bench.key("a", in: other)), is: nil, "the job a")
            try await bench.expect(bench.summary(of: other), is: nil, "the other queue")
        },
        Case("flows", "its neighbours in the call are stored by themselves") { bench in
            let results = try await bench.store.enqueue(
                bench.queue,
                [
                    bench.node("a"), bench.node("p", [bench.child("b", priority: -1)]),
                    bench.node("q", [bench.child("c")]), bench.node("d"),
                ])
            try bench.expect(results.map { $0.id?.text }, is: ["a", nil, "q", "d"], "the results")
            try await bench.expectStates(["a": .waiting, "p": nil, "q": .waitingChildren, "c": .waiting, "d": .waiting])
        },
        Case("flows", "an id may come once in a queue, and has no colon") { bench in
            try await bench.expectRefused(bench.node("p", [bench.child("a"), bench.child("a")]), "id")
            try await bench.expectRefused(bench.node("p", [bench.child("p")]), "id")
            try await bench.expectRefused(bench.node("a:b:c", [bench.child("a")]), "id")
            try await bench.expectRefused(bench.node("p", [bench.child("a:b:c")]), "id")
            try await bench.expectStates(["p": nil, "a": nil])
            try await bench.addFlow("p", [bench.child("p", in: bench.queue("other"))])
        },
        Case("flows", "a flow has at most 20,000 jobs") { bench in
            let many = (0..<20_000).map { bench.child("c\($0)") }
            try await bench.expectRefused(bench.node("p", many), "children")
            try await bench.expect(bench.summary(), is: nil, "the queue")
        },
        Case("flows", "its jobs wait for others at most 100,000 times") { bench in
            let below = (0..<300).map { ChildJob(reference: bench.key("c\($0)")) }
            var first = bench.node("p0", below)
            first.companions =
                (1..<334).map { CompanionJob(bench.queue, bench.node("p\($0)", below)) }
                + (0..<300).map { CompanionJob(bench.queue, bench.node("c\($0)")) }
            try await bench.expectRefused(first, "children")
            try await bench.expect(bench.summary(), is: nil, "the queue")
        },
        Case("flows", "a wide flow is stored as one") { bench in
            try await bench.addFlow("p", (0..<1_500).map { bench.child("c\($0)") })
            try await bench.expect(bench.counts()[.waiting], is: 1_500, "the children that wait")
            try await bench.expect(
                bench.children(of: bench.key("p"), limit: 1_000).count, is: 1_500, "the children of p")
            for _ in 0..<15 {
                let claimed = try await bench.claim(100)
                let settled = claimed.map { Settlement(lease: $0.lease, outcome: .completed(.null)) }
                try await bench.exchange(settled)
            }
            try await bench.expectStates(["p": .waiting])
        },
        Case("flows", "a deep flow is stored as one") { bench in
            var job = bench.node("n0")
            for level in 1..<60 { job = bench.node("n\(level)", [ChildJob(bench.queue, job)]) }
            try await bench.add(job)
            try await bench.expect(bench.counts()[.waitingChildren], is: 59, "those that wait for children")
            for level in 0..<60 { try await bench.settleNext("n\(level)") }
            try await bench.expect(bench.counts()[.completed], is: 60, "those that completed")
        },
        Case("flows", "a full queue refuses a flow as a whole; parents need no room") { bench in
            let other = bench.queue("other")
            _ = try await bench.store.configure([.maxLength(bench.queue, 2)])
            try await bench.add("z", start: .after(.seconds(3600)))
            let flow = bench.node("p", [bench.child("x", in: other), bench.child("a"), bench.child("b")])
            try await bench.expect(bench.store.enqueue(bench.queue, [flow]), is: [.queueFull(maxLength: 2)], "the flow")
            try await bench.expectStates(["p": nil, "a": nil])
            try await bench.expect(bench.find(bench.key("x", in: other)), is: nil, "the job x")
            try await bench.apply(.remove(bench.key("z")))
            try await bench.addFlow("p", [bench.child("x", in: other), bench.child("a"), bench.child("b")])
            let late = bench.node("d", parent: JobParent(bench.key("p")))
            try await bench.expect(
                bench.store.enqueue(bench.queue, [late]), is: [.queueFull(maxLength: 2)], "a late one")
        },
        Case("flows", "a flow that can't be stored is refused, also where there is no room for it") { bench in
            try await bench.addFlow("p", [bench.child("a")])
            _ = try await bench.store.configure([.maxLength(bench.queue, 1)])
            // There is no room for x, and a has another parent.
            try await bench.expectRefused(bench.node("q", [bench.child("x"), bench.child("a")]), "parent")
        },
        Case("flows", "a repeated flow answers duplicate and changes nothing") { bench in
            let flow = bench.node("p", [bench.child("a")])
            try await bench.add(flow)
            try await bench.settleNext("a")
            try await bench.expectEvents(["duplicated p"]) {
                try await bench.expect(
                    bench.store.enqueue(bench.queue, [flow]), is: [.duplicate(JobID(stored: "p"))], "the repetition")
            }
            try await bench.expectStates(["p": .waiting, "a": .completed])
            try await bench.expect(bench.counts().total, is: 2, "the number of jobs")
        },
    ]

    static let flowWaiting: [ConformanceCase] = [
        Case("flows", "a parent is released by its last child, at the front, and can be claimed in the same call") {
            bench in
            try await bench.addFlow("p", [bench.child("a"), bench.child("b")])
            try await bench.add("z")
            let claimed = try await bench.claim(2)
            try bench.expect(claimed.map(\.job.key.id.text), is: ["a", "b"], "the claimed jobs")
            let first = try await bench.exchange(
                [Settlement(lease: claimed[0].lease, outcome: .completed(JSONText("1")))])
            try bench.expect(first.settled, is: [.settled], "the first")
            try await bench.expectStates(["p": .waitingChildren])
            let reply = try await bench.exchange(
                [Settlement(lease: claimed[1].lease, outcome: .completed(JSONText("2")))], claim: 1)
            try bench.expect(reply.claimed.map(\.job.key.id.text), is: ["p"], "the job that is claimed next")
            try bench.expect(reply.claimed[0].job.attemptsStarted, is: 1, "the attempts of p")
            try await bench.expect(
                bench.children(of: "p"), is: ["a": "processed 1", "b": "processed 2"], "the children of p")
        },
        Case("flows", "both children settled in one call release their parent once") { bench in
            try await bench.addFlow("p", [bench.child("a"), bench.child("b")])
            let claimed = try await bench.claim(2)
            let start = try await bench.end()
            try await bench.exchange(claimed.map { Settlement(lease: $0.lease, outcome: .completed(.null)) })
            try await bench.expect(
                bench.kinds(since: start, of: "p"), is: [.waiting(from: .waitingChildren)], "the events of p")
            try await bench.expect(bench.claimedIDs(), is: ["p"], "what is claimed")
        },
        Case("flows", "a parent in another queue is released, and wakes who waits there") { bench in
            let other = bench.queue("other")
            try await bench.addFlow("p", in: bench.queue, [bench.child("a", in: other)])
            try await bench.expectWork("a released parent") { try await bench.settleNext("a", in: other) }
            try await bench.expect(bench.claimedIDs(), is: ["p"], "what is claimed")
        },
        Case("flows", "the parent's priority counts once its children are done") { bench in
            try await bench.addFlow("p", priority: 3, [bench.child("a")])
            try await bench.add("b", priority: 2)
            try await bench.add("c", priority: 4)
            try await bench.settleNext("a")
            try await bench.expectStates(["p": .prioritized])
            try await bench.expect(bench.claimedIDs(), is: ["b", "p", "c"], "the order")
        },
        Case("flows", "the parent's delay begins once its children are done") { bench in
            try await bench.addFlow("p", start: .after(.seconds(10)), priority: 5, [bench.child("a")])
            try await bench.advance(by: .seconds(60))
            try await bench.expectStates(["p": .waitingChildren])
            try await bench.settleNext("a")
            try await bench.expectStates(["p": .delayed])
            try await bench.advance(by: .seconds(9))
            try await bench.expect(bench.claimedIDs(), is: [], "what is claimed before")
            try await bench.advance(by: .seconds(2))
            let claimed = try await bench.claimOne()
            try bench.expect(claimed.job.key.id.text, is: "p", "what is claimed then")
            try bench.expect(claimed.job.priority, is: 5, "its priority")
        },
        Case("flows", "a child that is retried releases its parent when it completes at last") { bench in
            try await bench.addFlow("p", [bench.child("a", .failParent)])
            try await bench.settleNext("a", .retry(after: .zero, Failure(reason: "no")))
            try await bench.expectStates(["p": .waitingChildren])
            try await bench.expect(bench.children(of: "p"), is: ["a": "pending"], "the children")
            try await bench.settleNext("a", .snoozed(.zero))
            try await bench.settleNext("a", .released)
            try await bench.settleNext("a", .completed(JSONText("7")))
            try await bench.expectStates(["p": .waiting])
            try await bench.expect(bench.children(of: "p"), is: ["a": "processed 7"], "the children")
        },
        Case("flows", "a child removed when it ends leaves its result to the parent") { bench in
            try await bench.addFlow("p", [bench.child("a"), bench.child("b")])
            try await bench.settleNext("a", .completed(JSONText("1")), keeping: .removeAtOnce)
            try await bench.settleNext("b", .completed(JSONText("2")), keeping: .keep(0))
            try await bench.expectStates(["a": nil, "b": nil, "p": .waiting])
            try await bench.expect(
                bench.children(of: "p"), is: ["a": "processed 1", "b": "processed 2"], "the children")
        },
        Case("flows", "a running job adds children and waits for them, without spending an attempt") { bench in
            try await bench.add("p")
            let claimed = try await bench.claimOne()
            try await bench.add(bench.node("a", parent: JobParent(bench.key("p"), onFailure: .ignore)))
            try await bench.add(bench.node("b", parent: JobParent(bench.key("p"))))
            try await bench.expectEvents(["waiting-children p"]) {
                try await bench.settle(claimed, .waitingForChildren)
            }
            try await bench.expectStates(["p": .waitingChildren])
            try await bench.expect(
                bench.kinds(of: "p").last, is: .waitingChildren(from: .active), "the last event of p")
            try await bench.settleNext("a", .completed(JSONText("1")))
            try await bench.settleNext("b")
            let again = try await bench.claimOne()
            try bench.expect(again.job.key.id.text, is: "p", "the next job")
            try bench.expect(again.job.attemptsStarted, is: 2, "the attempts started")
            try bench.expect(again.job.attemptsMade, is: 0, "the attempts made")
            try await bench.settle(again, .completed(.null))
            try await bench.expectStates(["p": .completed])
        },
        Case("flows", "a job that waits for no child runs again at once, before the others") { bench in
            try await bench.addAll(["p", "q"])
            try await bench.expectEvents(["active p", "waiting p"]) {
                try await bench.settleNext("p", .waitingForChildren)
            }
            try await bench.expect(bench.job("p").attemptsMade, is: 0, "the attempts made")
            try await bench.expect(bench.claimedIDs(), is: ["p", "q"], "the order")
        },
        Case("flows", "a job that was asked to stop does not wait for its children: its next holder fails it") {
            bench in
            try await bench.add("p")
            let claimed = try await bench.claimOne()
            try await bench.add(bench.node("a", start: .after(.seconds(60)), parent: JobParent(bench.key("p"))))
            try await bench.apply(.cancel(bench.key("p")), is: .requested)
            try await bench.settle(claimed, .waitingForChildren)
            try await bench.expectStates(["p": .waiting])
            try await bench.expect(bench.job("p").deferredFailure, is: Failure.cancelledReason, "the failure")
        },
        Case("flows", "a job that completes before its children fails, with BullMQ's reason") { bench in
            try await bench.add("p")
            let claimed = try await bench.claimOne()
            try await bench.add(bench.node("a", parent: JobParent(bench.key("p"))))
            try await bench.settle(claimed, .completed(.null), keeping: .removeAtOnce)
            let parent = try await bench.job("p")
            try bench.expect(parent.state, is: .failed, "the state")
            try bench.expect(parent.failedReason, is: "Job p has pending dependencies. moveToFinished", "the reason")
            try bench.expect(parent.result, is: nil, "the result")
            try bench.expect(parent.attemptsMade, is: 1, "the attempts made")
        },
        Case("flows", "a repeated exchange releases a parent once") { bench in
            try await bench.addFlow("p", [bench.child("a")])
            let claimed = try await bench.claimOne()
            let id = bench.freshID()
            let settle = [Settlement(lease: claimed.lease, outcome: .completed(.null))]
            let first = try await bench.exchange(settle, claim: 1, id: id)
            let again = try await bench.exchange(settle, claim: 1, id: id)
            try bench.expect(first.claimed.map(\.job.key.id.text), is: ["p"], "the first answer")
            try bench.expect(again.claimed.map(\.lease), is: first.claimed.map(\.lease), "the leases of the second")
            try bench.expect(again.settled, is: first.settled, "the statuses of the second")
        },
        Case("flows", "a job without children has none, and an unknown one neither") { bench in
            try await bench.add("a")
            for id in ["a", "unknown"] {
                for status in ChildStatus.allCases {
                    try await bench.expect(
                        bench.store.children(of: bench.key(id), status, page: Page()), is: ChildPage(), "the children")
                }
            }
            try await bench.expectThrown(.invalid) {
                _ = try await bench.store.children(
                    of: bench.key("a"), .pending, page: Page(after: PageCursor("no cursor")))
            }
        },
        Case("flows", "children are listed page by page") { bench in
            try await bench.addFlow("p", (0..<700).map { bench.child("c\($0)") })
            let all = try await bench.children(of: bench.key("p"), limit: 50)
            try bench.expect(Set(all.keys), is: Set((0..<700).map { "c\($0)" }), "the children")
        },
    ]
}
