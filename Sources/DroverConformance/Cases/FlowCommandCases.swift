import DroverCore

extension ConformanceCase {
    static let flowCommands: [ConformanceCase] = [
        Case("flows", "a child that is removed is no longer waited for; the last one puts its parent to the front") {
            bench in
            try await bench.addFlow("p", priority: 3, [bench.child("a"), bench.child("b")])
            try await bench.add("z")
            try await bench.apply(.remove(bench.key("a")))
            try await bench.expectStates(["p": .waitingChildren])
            try await bench.apply(.remove(bench.key("b")))
            try await bench.expectStates(["p": .waiting])
            try await bench.expect(bench.children(of: "p"), is: [:], "the children")
            try await bench.expect(bench.claimedIDs(), is: ["p", "z"], "the order")
        },
        Case("flows", "parents that are released to the same delay come in the order of their release") { bench in
            for parent in ["b", "a", "c"] {
                try await bench.addFlow(parent, start: .after(.seconds(600)), [bench.child("x-\(parent)")])
            }
            for parent in ["b", "a", "c"] { try await bench.settleNext("x-\(parent)") }
            try await bench.expectStates(["a": .delayed, "b": .delayed, "c": .delayed])
            try await bench.advance(by: .seconds(601))
            try await bench.expect(bench.claimedIDs(), is: ["b", "a", "c"], "the order")
        },
        Case("flows", "a job in no flow is removed as one of its own, whatever its id") { bench in
            try await bench.add("d:e:f")
            try await bench.add("x")
            try await bench.apply(.removeUnprocessedChildren(bench.key("d:e:f")))
            try await bench.expectStates(["d:e:f": .waiting])
            try await bench.apply(.removeFlow(bench.key("d:e:f")))
            try await bench.expectStates(["d:e:f": nil])
            try await bench.expect(bench.claimedIDs(), is: ["x"], "what is left")
        },
        Case("flows", "removing only the parent leaves its children, which then end for nobody") { bench in
            try await bench.addFlow("p", [bench.child("a")])
            try await bench.apply(.remove(bench.key("p")))
            try await bench.expectStates(["p": nil, "a": .waiting])
            try await bench.settleNext("a")
            try await bench.expectStates(["p": nil, "a": .completed])
            try await bench.expect(bench.children(of: "p"), is: [:], "the children of p")
        },
        Case("flows", "removing a flow removes all below, in every state and queue") { bench in
            let other = bench.queue("other")
            let tree = [
                bench.child("a", .ignore), bench.child("b"), bench.child("c", .failParent), bench.child("d"),
                bench.child(
                    "m", in: other, over: [bench.child("x", in: other), bench.child("y", start: .after(.seconds(9)))]),
            ]
            try await bench.addFlow("g", [bench.child("p", over: tree)])
            try await bench.settleNext("a", bench.failure())
            try await bench.settleNext("b")
            try await bench.settleNext("c", bench.failure())
            try await bench.apply(.removeFlow(bench.key("p")))
            try await bench.expectStates(["p": nil, "a": nil, "b": nil, "c": nil, "d": nil, "y": nil, "g": .waiting])
            try await bench.expectStates(["m": nil, "x": nil], in: other)
            try await bench.expect(bench.counts().total, is: 1, "what is left")
            try await bench.expect(
                bench.kinds(of: "m", in: other).last, is: .removed(from: .waitingChildren), "the last event of m")
        },
        Case("flows", "a flow with an active job anywhere below is not removed") { bench in
            try await bench.addFlow("p", [bench.child("m", over: [bench.child("x")]), bench.child("z")])
            _ = try await bench.claimOne()
            try await bench.apply(.removeFlow(bench.key("p")), is: .wrongState(.active))
            try await bench.expectStates(["p": .waitingChildren, "m": .waitingChildren, "x": .active, "z": .waiting])
        },
        Case("flows", "removing a flow lets jobs be that only have the id of a former child") { bench in
            try await bench.addFlow("p", [bench.child("a")])
            try await bench.settleNext("a", .completed(.null), keeping: .removeAtOnce)
            try await bench.add("a")
            try await bench.apply(.removeFlow(bench.key("p")))
            try await bench.expectStates(["p": nil, "a": .waiting])
        },
        Case("flows", "an unknown job has no flow") { bench in
            try await bench.apply(.removeFlow(bench.key("no")), is: .notFound)
            try await bench.apply(.removeUnprocessedChildren(bench.key("no")), is: .notFound)
            try await bench.apply(.detach(bench.key("no")), is: .notFound)
            try await bench.add("a")
            try await bench.apply(.removeUnprocessedChildren(bench.key("a")))
            try await bench.apply(.removeFlow(bench.key("a")))
            try await bench.expectStates(["a": nil])
        },
        Case("flows", "unprocessed children are removed with those below them, and the parent is released") { bench in
            let tree = [
                bench.child("a", .ignore), bench.child("b"),
                bench.child("m", over: [bench.child("x"), bench.child("y")]),
            ]
            try await bench.addFlow("p", tree)
            try await bench.settleNext("a", bench.failure())
            try await bench.settleNext("b", .completed(JSONText("1")))
            try await bench.apply(.removeUnprocessedChildren(bench.key("p")))
            try await bench.expectStates(
                ["p": .waiting, "a": .failed, "b": .completed, "m": nil, "x": nil, "y": nil])
            try await bench.expect(
                bench.children(of: "p"), is: ["a": "ignored no", "b": "processed 1"], "the children")
        },
        Case("flows", "of unprocessed children those that are active or failed stay") { bench in
            try await bench.addFlow("p", [bench.child("a"), bench.child("b"), bench.child("c")])
            try await bench.settleNext("a", bench.failure())
            let active = try await bench.claimOne()
            try await bench.apply(.removeUnprocessedChildren(bench.key("p")))
            try await bench.expectStates(["p": .waitingChildren, "a": .failed, "b": .active, "c": nil])
            try await bench.settle(active, .completed(.null))
            try await bench.expect(
                bench.children(of: "p"), is: ["a": "pending", "b": "processed null"], "the children")
        },
        Case("flows", "a detached child is nobody's, and its parent waits for it no longer") { bench in
            try await bench.addFlow("p", [bench.child("a", .failParent), bench.child("b")])
            try await bench.apply(.detach(bench.key("a")))
            try await bench.expect(bench.job("a").parent, is: nil, "the parent of a")
            try await bench.expectStates(["p": .waitingChildren])
            try await bench.settleNext("a", bench.failure())
            try await bench.expect(bench.children(of: "p"), is: ["b": "pending"], "the children")
            try await bench.apply(.detach(bench.key("b")))
            try await bench.expectStates(["p": .waiting, "b": .waiting])
        },
        Case("flows", "what is not waited for can't be detached") { bench in
            try await bench.addFlow("p", [bench.child("a"), bench.child("b")])
            try await bench.settleNext("a")
            for id in ["p", "a"] {
                try await bench.apply(.detach(bench.key(id)), is: .refused(.noParent))
            }
            try await bench.apply(.remove(bench.key("p")))
            try await bench.apply(.detach(bench.key("b")), is: .refused(.noParent))
        },
        Case("flows", "a parent that waits can be cancelled, and is then somebody's failed child") { bench in
            try await bench.addFlow("g", [bench.child("p", .ignore, over: [bench.child("a")])])
            try await bench.apply(.cancel(bench.key("p")))
            try await bench.expectStates(["p": .failed, "a": .waiting, "g": .waiting])
            try await bench.expect(bench.children(of: "g"), is: ["p": "ignored cancelled"], "the children of g")
            try await bench.settleNext("g")
            try await bench.settleNext("a")
            try await bench.expectStates(["p": .failed])
        },
        Case("flows", "a parent that waits gets another priority and payload, and is not promoted or retried") {
            bench in
            try await bench.addFlow("p", [bench.child("a")])
            try await bench.apply(.changePriority(bench.key("p"), to: 5, lifo: false))
            try await bench.apply(.updatePayload(bench.key("p"), to: JSONText("[1]")))
            try await bench.apply(.promote(bench.key("p")), is: .wrongState(.waitingChildren))
            try await bench.apply(.retry(bench.key("p"), resetAttempts: true), is: .wrongState(.waitingChildren))
            try await bench.apply(.changeDelay(bench.key("p"), to: .zero), is: .wrongState(.waitingChildren))
            try await bench.expectStates(["p": .waitingChildren])
            try await bench.settleNext("a")
            let parent = try await bench.job("p")
            try bench.expect(parent.state, is: .prioritized, "the state of p")
            try bench.expect(parent.priority, is: 5, "the priority of p")
            try bench.expect(parent.payload.text, is: "[1]", "the payload of p")
        },
        Case("flows", "a cancelled parent that is retried waits again, and is not delayed by its old delay") { bench in
            try await bench.addFlow("p", start: .after(.seconds(60)), [bench.child("a")])
            try await bench.apply(.cancel(bench.key("p")))
            try await bench.expectEvents(["waiting-children p"]) {
                try await bench.apply(.retry(bench.key("p"), resetAttempts: true))
            }
            try await bench.expectStates(["p": .waitingChildren, "a": .waiting])
            try await bench.settleNext("a")
            try await bench.expectStates(["p": .waiting])
        },
        Case("flows", "a job of a flow is not moved, and says why") { bench in
            try await bench.addFlow("p", [bench.child("a")])
            try await bench.add("z")
            for (state, expected) in [(JobState.waiting, ["a": true, "z": false]), (.waitingChildren, ["p": true])] {
                let query = MoveQuery(queue: bench.queue, part: .jobs(state))
                let page = try await bench.store.movePage(query, page: Page())
                let obstacles = Dictionary(
                    page.jobs.map { ($0.record.key.id.text, $0.obstacle != nil) },
                    uniquingKeysWith: { first, _ in first })
                try bench.expect(obstacles, is: expected, "which \(state) jobs have an obstacle")
            }
        },
    ]

    static let flowSweeps: [ConformanceCase] = [
        Case("flows", "a parent in a drained queue goes with its last child; another one is released") { bench in
            let other = bench.queue("other")
            try await bench.addFlow("p", [bench.child("a"), bench.child("b", start: .after(.seconds(60)))])
            try await bench.addFlow("q", in: other, [bench.child("c")])
            _ = try await bench.sweep(.drain(bench.queue, delayed: false))
            try await bench.expectStates(["a": nil, "c": nil, "b": .delayed, "p": .waitingChildren])
            try await bench.expectStates(["q": .waiting], in: other)
            _ = try await bench.sweep(.drain(bench.queue, delayed: true))
            try await bench.expectStates(["b": nil, "p": nil])
            try await bench.expect(bench.counts().total, is: 0, "what is left")
        },
        Case("flows", "cleaning failed children takes their parents with it, up to one that is elsewhere") { bench in
            let other = bench.queue("other")
            try await bench.addFlow(
                "g", in: other, [bench.child("p", over: [bench.child("m", over: [bench.child("a")])])])
            try await bench.settleNext("a", bench.failure())
            try await bench.advance(by: .seconds(10))
            let removed = try await bench.sweep(.clean(bench.queue, state: .failed, olderThan: .seconds(1)))
            try bench.expect(removed, is: 1, "the removed")
            try await bench.expectStates(["a": nil, "m": nil, "p": nil])
            try await bench.expectStates(["g": .waiting], in: other)
            try await bench.expect(bench.counts().total, is: 0, "what is left")
        },
        Case("flows", "parents that wait are cleaned by their age") { bench in
            try await bench.addFlow("p", [bench.child("a", start: .after(.seconds(600)))])
            try await bench.advance(by: .seconds(10))
            try await bench.addFlow("q", [bench.child("b", start: .after(.seconds(600)))])
            let clean = Sweep.clean(bench.queue, state: .waitingChildren, olderThan: .seconds(5))
            try await bench.expect(bench.sweep(clean), is: 1, "the removed")
            try await bench.expectStates(["p": nil, "q": .waitingChildren, "a": .delayed, "b": .delayed])
            try await bench.expect(bench.counts()[.waitingChildren], is: 1, "those that wait for children")
        },
        Case("flows", "an obliterated queue has no parents and children left") { bench in
            let other = bench.queue("other")
            try await bench.addFlow("p", [bench.child("a"), bench.child("m", over: [bench.child("x")])])
            try await bench.addFlow("q", in: other, [bench.child("c")])
            try await bench.addFlow("r", [bench.child("d", in: other)])
            try await bench.settleNext("a", bench.failure())
            try await bench.pause()
            _ = try await bench.sweep(.obliterate(bench.queue, force: false), limit: 2)
            try await bench.expect(bench.summary(), is: nil, "the queue")
            try await bench.expectStates(["q": .waiting, "d": .waiting], in: other)
            try await bench.settleNext("q", in: other)
            try await bench.settleNext("d", in: other)
            try await bench.expect(bench.summary(), is: nil, "the queue, when the child of a parent that is gone ends")
        },
        Case("flows", "retention that removes a failed child releases its parent") { bench in
            try await bench.addFlow("p", [bench.child("a")])
            try await bench.settleNext("a", bench.failure())
            try await bench.expectStates(["p": .waitingChildren])
            let rule = PruneRule(.failed, keeping: .keep(0))
            try await bench.expect(bench.store.prune(bench.queue, rule, limit: 10), is: 1, "the removed")
            try await bench.expectStates(["p": .waiting, "a": nil])
        },
    ]
}
