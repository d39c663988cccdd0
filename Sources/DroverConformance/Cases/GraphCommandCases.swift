import DroverCore

extension ConformanceCase {
    static let graphCommands: [ConformanceCase] = [
        Case("graphs", "a job that runs again is waited for by all, and each hears of its end") { bench in
            try await bench.addDiamond()
            try await bench.settleNext("fetch", bench.failure())
            // costs fails by it; sales waits on.
            try await bench.expect(bench.children(of: "costs"), is: ["fetch": "failed"], "the children of costs")
            try await bench.apply(.retry(bench.key("fetch"), resetAttempts: true))
            for id in ["sales", "costs"] {
                try await bench.expect(bench.children(of: id), is: ["fetch": "pending"], "the children of \(id)")
            }
            try await bench.settleNext("costs", bench.failure("child failed"))
            try await bench.settleNext("fetch", .completed(JSONText("1")))
            for id in ["sales", "costs"] {
                try await bench.expect(
                    bench.children(of: id), is: ["fetch": "processed 1"], "the children then of \(id)")
            }
            try await bench.expectStates(["sales": .waiting, "costs": .failed, "report": .waitingChildren])
        },
        Case("graphs", "the removal of a job is told to all that wait for it") { bench in
            try await bench.addDiamond()
            try await bench.expectEvents(["waiting sales", "waiting costs", "removed fetch"]) {
                try await bench.apply(.remove(bench.key("fetch")))
            }
            try await bench.expect(bench.children(of: "sales"), is: [:], "the children of sales")
            try await bench.expect(bench.children(of: "costs"), is: [:], "the children of costs")
            try await bench.expect(bench.claimedIDs(), is: ["costs", "sales"], "what is released")
        },
        Case("graphs", "so is that of one that is removed when it ends: with its result, or for good") { bench in
            try await bench.addDiamond()
            try await bench.settleNext("fetch", .completed(JSONText("5")), keeping: .removeAtOnce)
            for id in ["sales", "costs"] {
                try await bench.expect(bench.children(of: id), is: ["fetch": "processed 5"], "the children of \(id)")
            }
            for id in ["costs", "sales", "report"] { try await bench.settleNext(id) }
            try await bench.addFlow("p", [bench.child("x"), bench.child("y")])
            try await bench.addFlow("q", [bench.ref("x", .ignore), bench.ref("y")])
            for id in ["x", "y"] { try await bench.settleNext(id, bench.failure("why"), keeping: .removeAtOnce) }
            try await bench.expectStates(["x": nil, "y": nil])
            try await bench.expect(bench.children(of: "p"), is: [:], "the children of p")
            try await bench.expect(bench.children(of: "q"), is: ["x": "ignored why"], "the children of q")
        },
        Case("graphs", "the cancellation of a job is told to all that wait for it") { bench in
            try await bench.addFlow("p", [bench.child("x", .continueParent, start: .after(.seconds(600)))])
            try await bench.addFlow("q", [bench.ref("x", .ignore)])
            try await bench.apply(.cancel(bench.key("x")))
            for id in ["p", "q"] {
                try await bench.expect(bench.children(of: id), is: ["x": "ignored cancelled"], "the children of \(id)")
            }
            try await bench.expect(bench.claimedIDs(), is: ["q", "p"], "what is released")
        },
        Case("graphs", "a sweep takes all that wait in the same queue for the last child with it") { bench in
            let other = bench.queue("other")
            try await bench.add(
                NewJob(
                    id: JobID(stored: "p"), name: "job", children: [bench.child("x")],
                    companions: [
                        CompanionJob(bench.queue, bench.node("q", [bench.ref("x")])),
                        CompanionJob(other, bench.node("r", [bench.ref("x")])),
                        CompanionJob(bench.queue, bench.node("s", [bench.ref("x"), bench.ref("y", in: other)])),
                        CompanionJob(other, bench.node("y")),
                    ]))
            try await bench.expect(bench.sweep(.drain(bench.queue, delayed: false)), is: 1, "the drained jobs")
            try await bench.expectStates(["x": nil, "p": nil, "q": nil, "s": .waitingChildren])
            try await bench.expectStates(["r": .waiting], in: other)
        },
        Case("graphs", "a detached job is nobody's child any more") { bench in
            try await bench.addDiamond()
            try await bench.apply(.detach(bench.key("fetch")))
            try await bench.expect(bench.job("fetch").parents, is: [], "the parents of fetch")
            try await bench.expectStates(["fetch": .waiting, "sales": .waiting, "costs": .waiting])
            try await bench.expect(bench.children(of: "sales"), is: [:], "the children of sales")
            try await bench.expect(bench.children(of: "costs"), is: [:], "the children of costs")
            let again = try await bench.store.apply([JobCommand.detach(bench.key("fetch"))])
            guard case .refused = again[0] else { throw ConformanceFailure("detached twice: \(again)") }
        },
        Case("graphs", "a flow is removed with what only it waits for") { bench in
            try await bench.addDiamond()
            // shared is waited for from outside, and so is what it waits for.
            try await bench.addFlow("p", [bench.child("shared", over: [bench.child("deep")]), bench.child("own")])
            try await bench.addFlow("outside", [bench.ref("shared")])
            try await bench.apply(.removeFlow(bench.key("p")))
            try await bench.expectStates(["p": nil, "own": nil, "shared": .waitingChildren, "deep": .waiting])
            try await bench.expect(bench.children(of: "outside"), is: ["shared": "pending"], "the children of outside")
            let start = try await bench.end()
            try await bench.apply(.removeFlow(bench.key("report")))
            let removed = try await bench.events(since: start).map { "\($0.kind.name) \($0.job?.text ?? "")" }.sorted()
            try bench.expect(
                removed, is: ["removed costs", "removed fetch", "removed report", "removed sales"], "the events")
            try await bench.expectStates(["report": nil, "sales": nil, "costs": nil, "fetch": nil])
            try await bench.settleNext("deep")
            try await bench.settleNext("shared")
            try await bench.settleNext("outside")
        },
        Case("graphs", "who waits no more for what is pending leaves to others what they wait for") { bench in
            try await bench.addFlow(
                "p",
                [
                    bench.child("bad", .continueParent), bench.child("shared", over: [bench.child("deep")]),
                    bench.child("own"),
                ])
            try await bench.addFlow("q", [bench.ref("shared", .ignore)])
            try await bench.settleNext("bad", bench.failure())
            let claimed = try await bench.claimOne()
            try bench.expect(claimed.job.key.id.text, is: "p", "what runs")
            try await bench.apply(.removeUnprocessedChildren(bench.key("p")))
            try await bench.expectStates(["own": nil, "shared": .waitingChildren, "deep": .waiting])
            try await bench.expect(bench.children(of: "p"), is: ["bad": "ignored no"], "the children of p")
            try await bench.expect(
                bench.job("shared").parents, is: [JobParent(bench.key("q"), onFailure: .ignore)],
                "who waits for shared")
            try await bench.settle(claimed, .completed(.null))
            try await bench.expectStates(["p": .completed])
            try await bench.settleNext("deep")
            try await bench.settleNext("shared", bench.failure("why"))
            try await bench.expect(bench.children(of: "q"), is: ["shared": "ignored why"], "the children of q")
        },
        Case("graphs", "a known job that others wait for gets no parent by an addition, but one of its own again") {
            bench in
            try await bench.addDiamond()
            try await bench.add("z")
            var job = bench.node("fetch")
            job.parent = JobParent(bench.key("z"))
            try await bench.expectRefused(job, "parent")
            try await bench.expectRefused(bench.node("y", [bench.child("fetch")]), "parent")
            job.parent = JobParent(bench.key("costs"), onFailure: .ignore)
            try await bench.expect(
                bench.store.enqueue(bench.queue, [job]), is: [.duplicate(JobID(stored: "fetch"))], "the addition")
            try await bench.expect(
                bench.job("fetch").parents,
                is: [JobParent(bench.key("sales")), JobParent(bench.key("costs"), onFailure: .ignore)],
                "the parents of fetch")
        },
        Case("graphs", "a job that several wait for is not moved, and is read whole with all of them") { bench in
            try await bench.addDiamond()
            let whole = try await bench.whole(.waiting)
            try bench.expect(
                whole.map(\.record.parents),
                is: [[JobParent(bench.key("sales")), JobParent(bench.key("costs"), onFailure: .failParent)]],
                "the parents of fetch")
            try bench.expect(whole.allSatisfy { $0.obstacle != nil }, "fetch has an obstacle")
        },
        Case("graphs", "parents that are gone are forgotten when another one waits") { bench in
            try await bench.addFlow("p", [bench.child("x")])
            try await bench.addFlow("q", [bench.ref("x", .ignore)])
            try await bench.apply(.removeFlow(bench.key("p")))
            try await bench.expectStates(["p": nil, "x": .waiting])
            try await bench.addFlow("r", [bench.ref("x", .failParent)])
            try await bench.expect(
                bench.job("x").parents,
                is: [JobParent(bench.key("q"), onFailure: .ignore), JobParent(bench.key("r"), onFailure: .failParent)],
                "the parents of x")
            try await bench.settleNext("x", bench.failure("why"))
            try await bench.expect(bench.children(of: "q"), is: ["x": "ignored why"], "the children of q")
            try await bench.expectMustFail("r", by: "x")
        },
    ]
}
