import DroverCore

extension ConformanceCase {
    /// Jobs that get a parent which is there, or are there themselves.
    static let flowJoins: [ConformanceCase] = [
        Case("flows", "a job that had failed fails its new parent, as if it failed now") { bench in
            try await bench.failed("a")
            try await bench.addFlow("p", [bench.child("a", .failParent), bench.child("b")])
            try await bench.expectStates(["p": .waiting, "a": .failed, "b": .waiting])
            try await bench.expectMustFail("p", by: "a")
            try await bench.expect(bench.children(of: "p"), is: ["a": "failed", "b": "pending"], "the children")
        },
        Case("flows", "a job that had failed lets its new parent go on, or is passed over, by its policy") { bench in
            for id in ["c", "i", "r"] { try await bench.failed(id) }
            for (id, policy) in [("c", ChildFailurePolicy.continueParent), ("i", .ignore), ("r", .remove)] {
                try await bench.addFlow("p-\(id)", [bench.child(id, policy), bench.child("b-\(id)")])
                let goesOn = policy == .continueParent
                try await bench.expectStates(["p-\(id)": goesOn ? .waiting : .waitingChildren])
                let others = ["b-\(id)": "pending"]
                try await bench.expect(
                    bench.children(of: "p-\(id)"),
                    is: policy == .remove ? others : others.merging([id: "ignored no"]) { $1 }, "the children")
                try await bench.expect(bench.job("p-\(id)").deferredFailure, is: nil, "why p must fail")
            }
        },
        Case("flows", "a parent of which all children had failed, and are passed over, runs at once") { bench in
            try await bench.failed("a")
            try await bench.failed("b")
            try await bench.addFlow("p", [bench.child("a", .ignore), bench.child("b", .remove)])
            try await bench.expect(bench.claimedIDs(), is: ["p"], "what is claimed")
            try await bench.expect(bench.children(of: "p"), is: ["a": "ignored no"], "the children")
        },
        Case("flows", "for a job that had failed, and has no policy, its new parent waits until it is retried") {
            bench in
            try await bench.failed("a")
            try await bench.addFlow("p", [bench.child("a")])
            try await bench.expectStates(["p": .waitingChildren])
            try await bench.expect(bench.children(of: "p"), is: ["a": "pending"], "the children")
            try await bench.apply(.retry(bench.key("a"), resetAttempts: true))
            try await bench.settleNext("a", .completed(JSONText("1")))
            try await bench.settleNext("p")
            try await bench.expect(bench.children(of: "p"), is: ["a": "processed 1"], "the children then")
        },
        Case("flows", "parents hear of the failures of linked jobs in order, before others are released") { bench in
            let other = bench.queue("other")
            try await bench.failed("a")
            try await bench.failed("b")
            let start = try await bench.end(in: other)
            let tree = bench.child("m", .keepWaiting, in: other, over: [bench.child("b", .failParent)])
            let first = bench.child("l", .keepWaiting, in: other, over: [bench.child("a", .ignore)])
            try await bench.addFlow("p", in: other, [first, tree])
            let released = try await bench.events(since: start, in: other).compactMap { event in
                event.kind == .waiting(from: .waitingChildren) ? event.job?.text : nil
            }
            try bench.expect(released, is: ["l", "m"], "the order of release")
        },
        Case("flows", "a running job that links a failed one hears of it at once") { bench in
            try await bench.failed("a")
            try await bench.add("p")
            let claimed = try await bench.claimOne()
            let again = bench.node("a", parent: JobParent(bench.key("p"), onFailure: .failParent))
            try await bench.expect(
                bench.store.enqueue(bench.queue, [again]), is: [.duplicate(bench.key("a").id)], "the link")
            try await bench.expectMustFail("p", by: "a")
            try await bench.expect(bench.children(of: "p"), is: ["a": "failed"], "the children")
            try await bench.settle(claimed, .waitingForChildren)
            try await bench.expectStates(["p": .failed])
        },
        Case("flows", "a failure that the parent knows already is not told again when the job is added again") {
            bench in
            try await bench.addFlow("p", [bench.child("a", .continueParent), bench.child("b")])
            try await bench.settleNext("a", bench.failure())
            let claimed = try await bench.claimOne()
            try bench.expect(claimed.job.key.id.text, is: "p", "what is claimed")
            try await bench.settle(claimed, .waitingForChildren)
            try await bench.expectStates(["p": .waitingChildren])
            let again = bench.node("a", parent: JobParent(bench.key("p"), onFailure: .continueParent))
            try await bench.expect(
                bench.store.enqueue(bench.queue, [again]), is: [.duplicate(bench.key("a").id)], "again")
            try await bench.expectStates(["p": .waitingChildren])
            try await bench.expect(bench.children(of: "p"), is: ["a": "ignored no", "b": "pending"], "the children")
        },
        Case("flows", "a job that has ended takes no children") { bench in
            for (id, outcome) in [("c", Outcome.completed(.null)), ("f", bench.failure())] {
                try await bench.add(id)
                try await bench.settleNext(id, outcome)
                try await bench.expectRefused(bench.node("a-\(id)", parent: JobParent(bench.key(id))), "parent")
                try await bench.add("k-\(id)", start: .after(.seconds(3600)))
                try await bench.expectRefused(bench.node("k-\(id)", parent: JobParent(bench.key(id))), "parent")
                try await bench.expectStates(["a-\(id)": nil])
                try await bench.expect(bench.children(of: id), is: [:], "the children")
                try await bench.expect(bench.job("k-\(id)").parent, is: nil, "the parent of k")
            }
        },
        Case("flows", "a child of a job that has ended since may be added again, which changes nothing") { bench in
            try await bench.addFlow("p", [bench.child("a")])
            try await bench.settleNext("a", .completed(JSONText("1")))
            try await bench.settleNext("p")
            let again = bench.node("a", parent: JobParent(bench.key("p")))
            try await bench.expect(
                bench.store.enqueue(bench.queue, [again]), is: [.duplicate(bench.key("a").id)], "again")
            try await bench.expect(bench.children(of: "p"), is: ["a": "processed 1"], "the children")
            try await bench.expectStates(["p": .completed])
        },
        Case("flows", "a job that is ready or delayed takes children, and stays where it is") { bench in
            try await bench.add("w")
            try await bench.add("d", start: .after(.seconds(3600)))
            for id in ["w", "d"] {
                try await bench.add(
                    bench.node("a-\(id)", start: .after(.seconds(7200)), parent: JobParent(bench.key(id))))
                try await bench.expect(bench.children(of: id), is: ["a-\(id)": "pending"], "the children")
            }
            try await bench.expectStates(["w": .waiting, "d": .delayed])
            // It may wait as it runs; one that doesn't fails.
            let claimed = try await bench.claimOne()
            try await bench.settle(claimed, .waitingForChildren)
            try await bench.expectStates(["w": .waitingChildren])
            try await bench.apply(.promote(bench.key("d")))
            try await bench.settleNext("d")
            try await bench.expect(
                bench.job("d").failedReason, is: Failure.pendingChildren(bench.key("d").id), "the reason")
        },
        Case("flows", "a flow of more jobs than a queue may ever hold is refused for good") { bench in
            let other = bench.queue("other")
            _ = try await bench.store.configure([.maxLength(bench.queue, 2), .maxLength(other, 1)])
            let tree = [bench.child("x", in: other), bench.child("a"), bench.child("b"), bench.child("c")]
            try await bench.expectRefused(bench.node("p", tree), "flow")
            try await bench.expectStates(["p": nil, "a": nil])
            // What is there already needs no room.
            try await bench.add("a", start: .after(.seconds(3600)))
            try await bench.expect(
                bench.store.enqueue(bench.queue, [bench.node("p", tree)]), is: [.queueFull(maxLength: 2)], "later")
            try await bench.apply(.remove(bench.key("a")))
            try await bench.expect(
                bench.store.enqueue(bench.queue, [bench.node("p", Array(tree.dropLast()))]),
                is: [.added(bench.key("p").id)], "a smaller one")
        },
    ]
}

extension Bench {
    /// A job that has failed for good, for the reason `no`.
    fileprivate func failed(_ id: String) async throws {
        try await add(id)
        try await settleNext(id, failure())
    }
}
