import DroverCore

extension ConformanceCase {
    static let graphs: [ConformanceCase] = [
        Case("graphs", "a diamond: both of the middle wait for the same job, and the join runs once") { bench in
            try await bench.addDiamond()
            try await bench.expectStates([
                "fetch": .waiting, "sales": .waitingChildren, "costs": .waitingChildren, "report": .waitingChildren,
            ])
            let fetch = try await bench.job("fetch")
            try bench.expect(fetch.parent, is: JobParent(bench.key("sales")), "the first that waits for fetch")
            try bench.expect(
                fetch.dependents, is: [JobParent(bench.key("costs"), onFailure: .failParent)], "the others")
            try await bench.settleNext("fetch", .completed(JSONText("7")))
            for id in ["sales", "costs"] {
                try await bench.expect(bench.children(of: id), is: ["fetch": "processed 7"], "the children of \(id)")
            }
            // Each is put to the front as it hears of it: the last comes first.
            let start = try await bench.end()
            try await bench.settleNext("costs", .completed(JSONText("1")))
            try await bench.expectStates(["report": .waitingChildren])
            try await bench.settleNext("sales", .completed(JSONText("2")))
            try await bench.settleNext("report")
            let kinds = try await bench.kinds(since: start, of: "report")
            try bench.expect(
                kinds, is: [.waiting(from: .waitingChildren), .active, .completed(.null)], "the events of report")
            try await bench.expect(
                bench.children(of: "report"), is: ["sales": "processed 2", "costs": "processed 1"],
                "the children of report")
            try await bench.expect(bench.claimedIDs(), is: [], "what is left")
        },
        Case("graphs", "the events of a new one: each job's behind those of all that wait for it") { bench in
            try await bench.expectEvents([
                "added report", "waiting-children report", "added sales", "waiting-children sales", "added costs",
                "waiting-children costs", "added fetch", "waiting fetch",
            ]) {
                try await bench.addDiamond()
            }
        },
        Case("graphs", "the record tells all that wait for a job, also in a list and where it is claimed") { bench in
            try await bench.addDiamond()
            let expected = [
                JobParent(bench.key("sales")), JobParent(bench.key("costs"), onFailure: .failParent),
            ]
            let query = JobQuery(queue: bench.queue, state: .waiting)
            let listed = try await bench.store.jobs(matching: query, page: Page()).jobs
            try bench.expect(listed.map(\.parents), is: [expected], "the parents of a listed job")
            let id = bench.freshID()
            let claim = Claim(limit: 1, lease: .seconds(600), worker: "w")
            for attempt in ["claimed", "claimed again"] {
                let reply = try await bench.store.exchange(bench.queue, id: id, settle: [], claim: claim)
                try bench.expect(reply.claimed.map(\.job.parents), is: [expected], "the parents of a job \(attempt)")
            }
        },
        Case("graphs", "parents in several queues hear of one child, each by its own policy") { bench in
            let other = bench.queue("other")
            var ends: [CompanionJob] = []
            for policy in ChildFailurePolicy.allCases {
                let job = bench.node(
                    policy.rawValue,
                    [bench.ref("x", policy), bench.child("y-\(policy.rawValue)", start: .after(.seconds(600)))])
                ends.append(CompanionJob(policy == .ignore ? other : bench.queue, job))
            }
            try await bench.add(
                NewJob(id: JobID(stored: "first"), name: "job", children: [bench.child("x")], companions: ends))
            try await bench.settleNext("x", bench.failure("why"))
            for policy in ChildFailurePolicy.allCases {
                let key = bench.key(policy.rawValue, in: policy == .ignore ? other : bench.queue)
                var expected = ["y-\(policy.rawValue)": "pending"]
                switch policy {
                case .keepWaiting: expected["x"] = "pending"
                case .failParent: expected["x"] = "failed"
                case .continueParent, .ignore: expected["x"] = "ignored why"
                case .remove: break
                }
                try await bench.expect(bench.children(of: key), is: expected, "the children of \(key)")
                let isReleased = policy == .failParent || policy == .continueParent
                try await bench.expect(
                    bench.find(key)?.state, is: isReleased ? .waiting : .waitingChildren, "the state of \(key)")
            }
            try await bench.expectMustFail("fail", by: "x")
            try await bench.expectStates(["first": .waitingChildren])
        },
        Case("graphs", "a stored job is waited for by more, whatever its state") { bench in
            try await bench.addFlow("p", [bench.child("a"), bench.child("b"), bench.child("c")])
            try await bench.settleNext("a", .completed(JSONText("1")))
            try await bench.settleNext("b", bench.failure())
            try await bench.addFlow("q", [bench.ref("a"), bench.ref("b"), bench.ref("c", .failParent)])
            try await bench.expect(
                bench.children(of: "q"), is: ["a": "processed 1", "b": "pending", "c": "pending"],
                "the children of q")
            try await bench.expect(
                bench.job("c").parents,
                is: [JobParent(bench.key("p")), JobParent(bench.key("q"), onFailure: .failParent)],
                "the parents of c")
            try await bench.settleNext("c", .completed(JSONText("3")))
            try await bench.apply(.retry(bench.key("b"), resetAttempts: false))
            try await bench.settleNext("b", .completed(JSONText("2")))
            try await bench.expect(bench.claimedIDs(), is: ["q", "p"], "what is released")
            try await bench.expect(
                bench.children(of: "q"), is: ["a": "processed 1", "b": "processed 2", "c": "processed 3"],
                "the children of q")
            // All is done already: the new one need not wait.
            try await bench.addFlow("r", [bench.ref("a"), bench.ref("b")])
            try await bench.expectStates(["r": .waiting])
        },
        Case("graphs", "a stored job that has failed counts at once for those that come to wait for it") { bench in
            try await bench.addFlow("p", [bench.child("b")])
            try await bench.settleNext("b", bench.failure())
            try await bench.addFlow("q", [bench.ref("b", .ignore)])
            try await bench.addFlow("r", [bench.ref("b", .failParent)])
            try await bench.addFlow("s", [bench.ref("b")])
            try await bench.expectStates(
                ["p": .waitingChildren, "q": .waiting, "r": .waiting, "s": .waitingChildren])
            try await bench.expect(bench.children(of: "q"), is: ["b": "ignored no"], "the children of q")
            try await bench.expect(bench.children(of: "r"), is: ["b": "failed"], "the children of r")
            try await bench.expectMustFail("r", by: "b")
            try await bench.apply(.retry(bench.key("b"), resetAttempts: false))
            try await bench.expect(bench.children(of: "s"), is: ["b": "pending"], "the children of s")
        },
        Case("graphs", "a reference is no addition: it has no event, and needs a job that is there") { bench in
            try await bench.expectRefused(bench.node("p", [bench.child("a"), bench.ref("x")]), "children")
            try await bench.expectStates(["p": nil, "a": nil])
            try await bench.add("x")
            try await bench.expectEvents(["added p", "waiting-children p"]) {
                try await bench.addFlow("p", [bench.ref("x")])
            }
            try await bench.expect(bench.job("x").parents, is: [JobParent(bench.key("p"))], "the parents of x")
            try await bench.expect(bench.job("x").name.text, is: "job", "the name of x")
        },
        Case("graphs", "a cycle is refused and told by its names") { bench in
            let flow = bench.node(
                "p", [bench.child("sales", over: [bench.child("fetch", over: [bench.ref("sales")])])])
            guard case .refused(let problem) = try await bench.store.enqueue(bench.queue, [flow])[0] else {
                throw ConformanceFailure("a cycle was taken")
            }
            let told = problem.problem.contains("sales → fetch → sales")
            try bench.expect(told, "the cycle is named: \(problem)")
            try await bench.expectRefused(bench.node("p", [bench.child("a", over: [bench.ref("p")])]), "flow")
            try await bench.expectRefused(bench.node("p", [bench.ref("p")]), "flow")
            try await bench.expect(bench.summary(), is: nil, "the queue")
        },
        Case("graphs", "nobody waits for another one twice, nor for the first of several ends") { bench in
            try await bench.expectRefused(bench.node("p", [bench.child("a"), bench.ref("a")]), "children")
            let end = CompanionJob(bench.queue, bench.node("q", [bench.ref("p")]))
            let first = NewJob(id: JobID(stored: "p"), name: "job", companions: [end])
            try await bench.expectRefused(first, "flow")
            try await bench.expectStates(["p": nil, "q": nil, "a": nil])
        },
        Case("graphs", "a stored job that would wait for itself is refused, over whatever parents") { bench in
            // top and side wait for low; a flow below low that needs top would never end.
            try await bench.add(
                NewJob(
                    id: JobID(stored: "top"), name: "job", children: [bench.child("low")],
                    companions: [CompanionJob(bench.queue, bench.node("side", [bench.ref("low")]))]))
            for above in ["top", "side", "low"] {
                var job = bench.node("x", [bench.ref(above)])
                job.parent = JobParent(bench.key("low"))
                try await bench.expectRefused(job, "parent")
            }
            var repeated = bench.node("side")
            repeated.parent = JobParent(bench.key("low"))
            try await bench.expectRefused(repeated, "parent")
            try await bench.expectStates(["x": nil])
            try await bench.expect(bench.job("side").parents, is: [], "the parents of side")
        },
        Case("graphs", "one that ends in several jobs is stored whole or not at all") { bench in
            let other = bench.queue("other")
            func graph(_ priority: Int) -> NewJob {
                NewJob(
                    id: JobID(stored: "one"), name: "job", children: [bench.child("fetch")],
                    companions: [
                        CompanionJob(other, bench.node("two", priority: priority, [bench.ref("fetch")])),
                        CompanionJob(bench.queue, bench.node("alone")),
                    ])
            }
            try await bench.expectRefused(graph(-1), "priority")
            try await bench.expectStates(["one": nil, "fetch": nil, "alone": nil])
            try await bench.expectEvents([
                "added one", "waiting-children one", "added fetch", "waiting fetch", "added alone", "waiting alone",
            ]) {
                try await bench.add(graph(0))
            }
            try await bench.expectStates(["two": .waitingChildren], in: other)
            try await bench.settleNext("fetch")
            try await bench.settleNext("two", in: other)
            try await bench.expect(bench.claimedIDs(), is: ["one", "alone"], "the order")
        },
        Case("graphs", "a repeated one answers duplicate and changes nothing") { bench in
            try await bench.addDiamond()
            try await bench.settleNext("fetch")
            try await bench.expectEvents(["duplicated report"]) { try await bench.addDiamond(isKnown: true) }
            try await bench.expectStates(["fetch": .completed, "sales": .waiting, "costs": .waiting])
        },
        Case("graphs", "more than 5,000 don't wait for one job") { bench in
            let ends = (0..<5_001).map { CompanionJob(bench.queue, bench.node("e\($0)", [bench.ref("x")])) }
            try await bench.expectRefused(
                NewJob(
                    id: JobID(stored: "p"), name: "job", companions: ends + [CompanionJob(bench.queue, bench.node("x"))]
                ),
                "parent")
        },
        Case("graphs", "what everybody was told is not told again") { bench in
            try await bench.addDiamond()
            try await bench.settleNext("fetch")
            let release = try await bench.store.releaseParents(after: nil, limit: 100)
            try bench.expect(release, is: ParentRelease(), "what was left to tell")
            try await bench.expectStates(["sales": .waiting, "costs": .waiting])
        },
        Case("graphs", "many that wait for one job are released by it") { bench in
            let ends = (0..<1_200).map { CompanionJob(bench.queue, bench.node("e\($0)", [bench.ref("x")])) }
            try await bench.add(NewJob(id: JobID(stored: "x"), name: "job"))
            try await bench.add(
                NewJob(id: JobID(stored: "p"), name: "job", children: [bench.ref("x")], companions: ends))
            try await bench.expect(bench.counts()[.waitingChildren], is: 1_201, "those that wait")
            try await bench.settleNext("x")
            try await bench.expect(bench.counts()[.waiting], is: 1_201, "those that were released")
        },
    ]
}

extension Bench {
    /// A child that only names a job.
    func ref(_ id: String, _ policy: ChildFailurePolicy = .keepWaiting, in other: QueueName? = nil) -> ChildJob {
        ChildJob(reference: key(id, in: other), onFailure: policy)
    }

    /// `report` waits for `sales` and `costs`, and both of these for `fetch`.
    func addDiamond(isKnown: Bool = false) async throws {
        let flow = node(
            "report",
            [child("sales", over: [child("fetch")]), child("costs", .ignore, over: [ref("fetch", .failParent)])])
        let id = JobID(stored: "report")
        try await expect(
            store.enqueue(queue, [flow]), is: [isKnown ? .duplicate(id) : .added(id)], "the diamond")
    }
}
