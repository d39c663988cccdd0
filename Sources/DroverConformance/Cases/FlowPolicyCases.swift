import DroverCore

extension ConformanceCase {
    static let flowPolicies: [ConformanceCase] = [
        Case("flows", "without a policy the parent goes on waiting, until the child is retried and completes") {
            bench in
            try await bench.addFlow("p", [bench.child("a")])
            try await bench.settleNext("a", bench.failure())
            try await bench.expectStates(["p": .waitingChildren, "a": .failed])
            try await bench.expect(bench.children(of: "p"), is: ["a": "pending"], "the children")
            try await bench.apply(.retry(bench.key("a"), resetAttempts: true))
            try await bench.settleNext("a", .completed(JSONText("1")))
            try await bench.expectStates(["p": .waiting])
            try await bench.expect(bench.children(of: "p"), is: ["a": "processed 1"], "the children then")
        },
        Case("flows", "a failed child that is removed at once is forgotten by its parent, before its own events") {
            bench in
            try await bench.addFlow("p", [bench.child("a")])
            let start = try await bench.end()
            try await bench.settleNext("a", bench.failure(), keeping: .removeAtOnce)
            try await bench.expectStates(["p": .waiting, "a": nil])
            try await bench.expect(bench.children(of: "p"), is: [:], "the children")
            let events = try await bench.events(since: start).filter { $0.kind != .active }
            try bench.expect(
                events.first?.kind, is: .waiting(from: .waitingChildren), "the first event of the end")
            try bench.expect(events.dropFirst().first?.kind, is: .failed("no"), "the second one")
        },
        Case("flows", "failParent: the parent is taken at once, also before its other children, and must fail") {
            bench in
            try await bench.addFlow("p", [bench.child("a", .failParent), bench.child("b")])
            try await bench.settleNext("a", bench.failure())
            try await bench.expectStates(["p": .waiting, "b": .waiting])
            try await bench.expectMustFail("p", by: "a")
            try await bench.expect(bench.children(of: "p"), is: ["a": "failed", "b": "pending"], "the children")
            try await bench.expect(
                bench.kinds(of: "p").last, is: .waiting(from: .waitingChildren), "the last event of p")
            let claimed = try await bench.claimOne()
            try bench.expect(claimed.job.key.id.text, is: "p", "the next job")
            try await bench.settle(claimed, bench.failure(claimed.job.deferredFailure ?? "none"))
            let parent = try await bench.job("p")
            try bench.expect(parent.state, is: .failed, "the state of p")
            try bench.expect(parent.deferredFailure, is: nil, "the deferred failure of p")
        },
        Case("flows", "failParent goes up the tree, by the policy of each job") { bench in
            let tree = [bench.child("m", .failParent, over: [bench.child("x", .failParent)])]
            try await bench.addFlow("p", tree)
            try await bench.settleNext("x", bench.failure())
            try await bench.expectStates(["m": .waiting, "p": .waitingChildren])
            try await bench.settleNext("m", bench.failure())
            try await bench.expectStates(["p": .waiting])
            try await bench.expectMustFail("p", by: "m")
        },
        Case("flows", "failParent of a child that failed by a child stops where a policy says so") { bench in
            try await bench.addFlow("p", [bench.child("m", .ignore, over: [bench.child("x", .failParent)])])
            try await bench.settleNext("x", bench.failure())
            try await bench.settleNext("m", bench.failure("by x"))
            try await bench.expectStates(["p": .waiting])
            try await bench.expect(bench.job("p").deferredFailure, is: nil, "the deferred failure of p")
            try await bench.expect(bench.children(of: "p"), is: ["m": "ignored by x"], "the children of p")
        },
        Case("flows", "failParent: an active parent can neither complete nor wait any more") { bench in
            for outcome in [Outcome.completed(.null), .waitingForChildren] {
                let id = outcome == .waitingForChildren ? "w" : "c"
                try await bench.add(id)
                let claimed = try await bench.claimOne()
                for child in ["a", "b"] {
                    let policy = child == "a" ? ChildFailurePolicy.failParent : .ignore
                    try await bench.add(
                        bench.node(id + child, parent: JobParent(bench.key(id), onFailure: policy)))
                }
                try await bench.settleNext(id + "a", bench.failure())
                try await bench.expectMustFail(id, by: id + "a")
                try await bench.expectStates([id: .active])
                try await bench.settleNext(id + "b")
                try await bench.settle(claimed, outcome)
                let parent = try await bench.job(id)
                let call = id == "w" ? "moveToWaitingChildren" : "moveToFinished"
                try bench.expect(parent.state, is: .failed, "the state of \(id)")
                try bench.expect(
                    parent.failedReason,
                    is: "Cannot complete job \(id) because it has at least one failed child. \(call)", "the reason")
                try bench.expect(parent.deferredFailure, is: nil, "the deferred failure")
            }
        },
        Case("flows", "failParent: a delayed parent is taken at once") { bench in
            try await bench.add("p", start: .after(.seconds(60)))
            try await bench.add(bench.node("a", parent: JobParent(bench.key("p"), onFailure: .failParent)))
            try await bench.settleNext("a", bench.failure())
            try await bench.expectStates(["p": .waiting])
            try await bench.expectMustFail("p", by: "a")
        },
        Case("flows", "failParent: a prioritized parent stays where it is") { bench in
            try await bench.add("p", priority: 2)
            try await bench.add(bench.node("a", parent: JobParent(bench.key("p"), onFailure: .failParent)))
            try await bench.settleNext("a", bench.failure())
            try await bench.expectStates(["p": .prioritized])
            try await bench.expectMustFail("p", by: "a")
        },
        Case("flows", "continueParent: the parent runs at once, and must not complete while children are pending") {
            bench in
            try await bench.addFlow("p", [bench.child("a", .continueParent), bench.child("b")])
            try await bench.settleNext("a", bench.failure("why"))
            try await bench.expectStates(["p": .waiting])
            try await bench.expect(bench.job("p").deferredFailure, is: nil, "the deferred failure")
            try await bench.expect(bench.children(of: "p"), is: ["a": "ignored why", "b": "pending"], "the children")
            try await bench.settleNext("p")
            try await bench.expect(
                bench.job("p").failedReason, is: "Job p has pending dependencies. moveToFinished", "the reason")
        },
        Case("flows", "continueParent: the parent completes once it has removed the others") { bench in
            try await bench.addFlow("p", [bench.child("a", .continueParent), bench.child("b")])
            try await bench.settleNext("a", bench.failure("why"))
            let parent = try await bench.claimOne()
            try await bench.apply(.removeUnprocessedChildren(bench.key("p")))
            try await bench.settle(parent, .completed(.null))
            try await bench.expectStates(["p": .completed, "b": nil])
        },
        Case("flows", "continueParent: a later child does not release a parent that runs") { bench in
            try await bench.addFlow("p", [bench.child("a", .continueParent), bench.child("b")])
            try await bench.settleNext("a", bench.failure("why"))
            let parent = try await bench.claimOne()
            try await bench.settleNext("b")
            try await bench.expectStates(["p": .active])
            try await bench.settle(parent, .completed(.null))
            try await bench.expectStates(["p": .completed])
        },
        Case("flows", "ignore: the parent runs when nothing is pending, and has the reason") { bench in
            try await bench.addFlow("p", [bench.child("a", .ignore), bench.child("b")])
            try await bench.settleNext("a", bench.failure("größer"))
            try await bench.expectStates(["p": .waitingChildren])
            try await bench.settleNext("b", .completed(JSONText("1")))
            try await bench.expectStates(["p": .waiting])
            try await bench.expect(
                bench.children(of: "p"), is: ["a": "ignored größer", "b": "processed 1"], "the children")
            try await bench.settleNext("p")
            try await bench.expectStates(["p": .completed])
        },
        Case("flows", "remove: the parent runs when nothing is pending, and hears nothing") { bench in
            try await bench.addFlow("p", [bench.child("a", .remove)])
            try await bench.settleNext("a", bench.failure())
            try await bench.expectStates(["p": .waiting, "a": .failed])
            try await bench.expect(bench.children(of: "p"), is: [:], "the children")
        },
        Case("flows", "a cancelled child counts as failed") { bench in
            try await bench.addFlow("p", [bench.child("a", .ignore), bench.child("b", .ignore)])
            try await bench.apply(.cancel(bench.key("a")))
            try await bench.expectStates(["p": .waitingChildren])
            try await bench.settleNext("b", .cancelled)
            try await bench.expectStates(["p": .waiting])
            try await bench.expect(
                bench.children(of: "p"), is: ["a": "ignored cancelled", "b": "ignored cancelled"], "the children")
        },
        Case("flows", "a child that stalled too often fails its parent by its policy") { bench in
            try await bench.addFlow("p", [bench.child("a", .failParent)])
            _ = try await bench.claimOne(lease: .seconds(5))
            try await bench.advance(by: .seconds(6))
            let stalled = try await bench.store.reclaimStalled(bench.queue, maxStalled: 0, limit: 10)
            try bench.expect(stalled.map(\.mustFail), is: [true], "it must fail")
            try await bench.expectStates(["p": .waitingChildren])
            try await bench.settleNext("a", bench.failure(Failure.stalledReason))
            try await bench.expectStates(["p": .waiting])
            try await bench.expectMustFail("p", by: "a")
        },
        Case("flows", "a failed child without a policy that is removed at once releases its parent") { bench in
            try await bench.addFlow("p", [bench.child("a")])
            try await bench.settleNext("a", bench.failure(), keeping: .removeAtOnce)
            try await bench.expectStates(["p": .waiting, "a": nil])
            try await bench.expect(bench.children(of: "p"), is: [:], "the children")
        },
        Case("flows", "a finished child that is retried is pending again") { bench in
            let children = [
                bench.child("a", .failParent), bench.child("b", .ignore), bench.child("c", .continueParent),
                bench.child("d"), bench.child("e"),
            ]
            try await bench.addFlow("p", in: bench.queue("other"), children)
            let parent = bench.key("p", in: bench.queue("other"))
            for id in ["a", "b", "c"] { try await bench.settleNext(id, bench.failure()) }
            try await bench.settleNext("d")
            try await bench.expect(
                bench.children(of: parent),
                is: ["a": "failed", "b": "ignored no", "c": "ignored no", "d": "processed null", "e": "pending"],
                "the children")
            for id in ["a", "b", "c", "d"] { try await bench.apply(.retry(bench.key(id), resetAttempts: false)) }
            try await bench.expect(
                bench.children(of: parent),
                is: ["a": "pending", "b": "pending", "c": "pending", "d": "pending", "e": "pending"],
                "the children then")
        },
    ]

    static let flowLinks: [ConformanceCase] = [
        Case("flows", "an unknown parent refuses the job") { bench in
            try await bench.expectRefused(bench.node("a", parent: JobParent(bench.key("p"))), "parent")
            try await bench.expectRefused(
                bench.node("a", parent: JobParent(bench.key("p")), [bench.child("b")]), "parent")
            try await bench.expectStates(["a": nil, "b": nil])
        },
        Case("flows", "a known job gets the parent that it is given, if it has none") { bench in
            try await bench.addFlow("p", [bench.child("x")])
            try await bench.add("a", start: .after(.seconds(60)))
            let again = bench.node("a", parent: JobParent(bench.key("p"), onFailure: .ignore))
            try await bench.expectEvents(["duplicated a"]) {
                try await bench.expect(
                    bench.store.enqueue(bench.queue, [again]), is: [.duplicate(JobID(stored: "a"))], "the answer")
            }
            try await bench.expect(bench.job("a").state, is: .delayed, "the state of a")
            try await bench.expect(
                bench.job("a").parent, is: JobParent(bench.key("p"), onFailure: .ignore), "the parent of a")
            try await bench.expect(bench.children(of: "p"), is: ["a": "pending", "x": "pending"], "the children")
        },
        Case("flows", "a completed job brings its result at once") { bench in
            try await bench.add("a")
            try await bench.settleNext("a", .completed(JSONText("7")))
            let other = bench.queue("other")
            try await bench.addFlow("p", in: other, [bench.child("x", in: other)])
            let parent = bench.key("p", in: other)
            try await bench.apply(.detach(bench.key("x", in: other)))
            try await bench.settleNext("p", .retry(after: .seconds(60), Failure(reason: "later")), in: other)
            let again = bench.node("a", parent: JobParent(parent))
            try await bench.expect(
                bench.store.enqueue(bench.queue, [again]), is: [.duplicate(JobID(stored: "a"))], "the answer")
            try await bench.expect(bench.children(of: parent), is: ["a": "processed 7"], "the children")
            try await bench.expectStates(["p": .delayed], in: other)
        },
        Case("flows", "a job that belongs to another parent is refused, while that one is there") { bench in
            try await bench.addFlow("p", [bench.child("a")])
            try await bench.add("q")
            let again = bench.node("a", parent: JobParent(bench.key("q")))
            try await bench.expectRefused(again, "parent")
            try await bench.expectRefused(bench.node("r", [bench.child("a")]), "parent")
            try await bench.expectStates(["r": nil])
            try await bench.expect(bench.job("a").parent?.key, is: bench.key("p"), "the parent of a")
            try await bench.apply(.remove(bench.key("p")))
            try await bench.expect(
                bench.store.enqueue(bench.queue, [again]), is: [.duplicate(JobID(stored: "a"))], "the answer then")
            try await bench.expect(bench.job("a").parent?.key, is: bench.key("q"), "the parent of a then")
        },
        Case("flows", "a known leaf of a new flow becomes a child of it; a known inner job refuses it") { bench in
            try await bench.add("a")
            try await bench.settleNext("a", .completed(JSONText("1")))
            try await bench.add("b")
            try await bench.addFlow("p", [bench.child("a"), bench.child("b")])
            try await bench.expect(
                bench.children(of: "p"), is: ["a": "processed 1", "b": "pending"], "the children of p")
            try await bench.expectRefused(bench.node("q", [bench.child("p", over: [bench.child("c")])]), "id")
            try await bench.expectStates(["q": nil, "c": nil])
        },
        Case("flows", "a new flow whose children have all completed is ready at once") { bench in
            try await bench.addAll(["a", "b"])
            try await bench.settleNext("a", .completed(JSONText("1")))
            try await bench.settleNext("b", .completed(JSONText("2")))
            try await bench.addFlow("p", [bench.child("a"), bench.child("b")])
            try await bench.expectStates(["p": .waiting])
            try await bench.expect(
                bench.children(of: "p"), is: ["a": "processed 1", "b": "processed 2"], "the children of p")
        },
        Case("flows", "no job waits for itself") { bench in
            try await bench.addFlow("p", [bench.child("m", over: [bench.child("x")])])
            try await bench.expectRefused(bench.node("p", parent: JobParent(bench.key("x"))), "parent")
            try await bench.expectRefused(bench.node("p", parent: JobParent(bench.key("p"))), "parent")
            try await bench.expectRefused(
                bench.node("n", parent: JobParent(bench.key("x")), [bench.child("p")]), "parent")
            try await bench.expect(bench.job("p").parent, is: nil, "the parent of p")
            try await bench.expectStates(["n": nil])
        },
        Case("flows", "a flow may have a parent that is there") { bench in
            try await bench.add("p")
            let running = try await bench.claimOne()
            let parent = JobParent(bench.key("p"), onFailure: .failParent)
            try await bench.add(bench.node("m", parent: parent, [bench.child("x")]))
            try await bench.expect(bench.job("m").parent, is: parent, "the parent of m")
            try await bench.settle(running, .waitingForChildren)
            try await bench.settleNext("x")
            try await bench.settleNext("m")
            try await bench.expectStates(["p": .waiting])
        },
        Case("flows", "a job may get a child at any time, and waits for it when it says so") { bench in
            try await bench.add("p")
            try await bench.add(bench.node("a", parent: JobParent(bench.key("p"))))
            try await bench.expectStates(["p": .waiting])
            try await bench.settleNext("p", .waitingForChildren)
            try await bench.settleNext("a")
            try await bench.expectStates(["p": .waiting])
        },
    ]
}
