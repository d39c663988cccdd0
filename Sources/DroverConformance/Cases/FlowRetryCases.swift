import DroverCore

extension ConformanceCase {
    static let flowRetries: [ConformanceCase] = [
        Case("flows", "a failed parent that is retried waits for the child that failed it, until that completes") {
            bench in
            try await bench.addFlow("p", [bench.child("a", .failParent), bench.child("b", .ignore)])
            try await bench.fail("a", failing: ["p"])
            try await bench.settleNext("b", bench.failure())
            try await bench.expectEvents(["waiting-children p"]) {
                try await bench.apply(.retry(bench.key("p"), resetAttempts: false))
            }
            try await bench.expectStates(["p": .waitingChildren])
            try await bench.expect(
                bench.kinds(of: "p").last, is: .waitingChildren(from: .failed), "the last event of p")
            try await bench.expect(
                bench.children(of: "p"), is: ["a": "pending", "b": "ignored no"], "the children")
            try await bench.apply(.retry(bench.key("a"), resetAttempts: false))
            try await bench.settleNext("a", .completed(JSONText("1")))
            try await bench.settleNext("p")
            try await bench.expectStates(["p": .completed])
            try await bench.expect(
                bench.children(of: "p"), is: ["a": "processed 1", "b": "ignored no"], "the children at last")
        },
        Case("flows", "a child that fails again after its parent was retried fails it again") { bench in
            try await bench.addFlow("p", [bench.child("a", .failParent)])
            try await bench.fail("a", failing: ["p"])
            for id in ["a", "p"] { try await bench.apply(.retry(bench.key(id), resetAttempts: true)) }
            try await bench.expectStates(["p": .waitingChildren, "a": .waiting])
            try await bench.settleNext("a", bench.failure())
            try await bench.expectStates(["p": .waiting])
            try await bench.expectMustFail("p", by: "a")
        },
        Case("flows", "a failed parent whose failed child is removed waits for it no more once it is retried") {
            bench in
            try await bench.addFlow("p", [bench.child("a", .failParent)])
            try await bench.fail("a", failing: ["p"])
            try await bench.apply(.remove(bench.key("a")))
            try await bench.apply(.retry(bench.key("p"), resetAttempts: true))
            try await bench.expect(bench.children(of: "p"), is: [:], "the children")
            try await bench.settleNext("p")
            try await bench.expectStates(["p": .completed])
        },
        Case("flows", "a retried parent does not wait for another job under the id of its failed child") { bench in
            try await bench.addFlow("p", [bench.child("a", .failParent), bench.child("b", .failParent)])
            try await bench.fail("a", failing: ["p"])
            try await bench.settleNext("b", bench.failure())
            try await bench.apply(.remove(bench.key("a")))
            try await bench.add("a")
            try await bench.apply(.retry(bench.key("p"), resetAttempts: true))
            try await bench.expect(bench.children(of: "p"), is: ["b": "pending"], "the children")
            try await bench.apply(.detach(bench.key("b")))
            try await bench.expectStates(["p": .waiting])
        },
        Case("flows", "all jobs of a failed branch, retried from the top, run from the bottom") { bench in
            let levels = bench.child("l2", .failParent, over: [bench.child("l3", .failParent)])
            try await bench.addFlow("l1", [levels])
            try await bench.fail("l3", failing: ["l2", "l1"])
            for id in ["l1", "l2", "l3"] { try await bench.apply(.retry(bench.key(id), resetAttempts: true)) }
            try await bench.expectStates(["l1": .waitingChildren, "l2": .waitingChildren, "l3": .waiting])
            for id in ["l3", "l2", "l1"] { try await bench.settleNext(id) }
            try await bench.expectStates(["l1": .completed, "l2": .completed, "l3": .completed])
        },
        Case("flows", "a failed parent of several that is retried waits for the job that the others waited for too") {
            bench in
            try await bench.addFlow("p", [bench.child("a", .failParent)])
            try await bench.addFlow("q", [ChildJob(reference: bench.key("a"), onFailure: .failParent)])
            try await bench.settleNext("a", bench.failure())
            // The one that was released last comes first.
            for id in ["q", "p"] { try await bench.settleNext(id, bench.failure("by a")) }
            try await bench.apply(.retry(bench.key("q"), resetAttempts: true))
            try await bench.expect(bench.children(of: "q"), is: ["a": "pending"], "the children of q")
            try await bench.apply(.retry(bench.key("a"), resetAttempts: true))
            try await bench.settleNext("a")
            try await bench.expectStates(["p": .failed, "q": .waiting])
            try await bench.expect(bench.children(of: "p"), is: ["a": "processed null"], "the children of p")
        },
        Case("flows", "a completed parent that a child failed later, retried with it, runs when that completes") {
            bench in
            try await bench.addFlow("p", [bench.child("a", .failParent)])
            for id in ["a", "p"] { try await bench.settleNext(id) }
            try await bench.apply(.retry(bench.key("a"), resetAttempts: true))
            try await bench.settleNext("a", bench.failure())
            try await bench.apply(.retry(bench.key("p"), resetAttempts: true))
            try await bench.expect(
                bench.kinds(of: "p").last, is: .waitingChildren(from: .completed), "the last event of p")
            try await bench.apply(.retry(bench.key("a"), resetAttempts: true))
            try await bench.settleNext("a")
            try await bench.expectStates(["p": .waiting])
            try await bench.expect(bench.job("p").deferredFailure, is: nil, "why p must fail")
        },
        Case(
            "flows", "a cancelled parent that was delayed waits for its child once it is retried, and then for no time"
        ) {
            bench in
            try await bench.add("p", start: .after(.seconds(3600)))
            try await bench.add(bench.node("a", parent: JobParent(bench.key("p"))))
            try await bench.apply(.cancel(bench.key("p")))
            try await bench.apply(.retry(bench.key("p"), resetAttempts: true))
            try await bench.expectStates(["p": .waitingChildren])
            try await bench.settleNext("a")
            try await bench.expectStates(["p": .waiting])
        },
        Case("flows", "a parent that is retried where it has failed waits for its children too") { bench in
            try await bench.addFlow("p", [bench.child("a", .failParent)])
            try await bench.fail("a", failing: ["p"])
            let retry = JobCommand.retry(bench.key("p"), resetAttempts: true)
            try await bench.apply(.when(.completed, retry), is: .wrongState(.failed))
            try await bench.expect(bench.children(of: "p"), is: ["a": "failed"], "the children")
            try await bench.apply(.when(.failed, retry))
            try await bench.expect(bench.children(of: "p"), is: ["a": "pending"], "the children then")
            try await bench.expectStates(["p": .waitingChildren])
        },
    ]
}

extension Bench {
    /// Fails a job, and then those above it that it must fail, each taken by a worker.
    fileprivate func fail(
        _ id: String, failing parents: [String], file: String = #fileID, line: Int = #line
    ) async throws {
        try await settleNext(id, failure(), file: file, line: line)
        var below = id
        for parent in parents {
            try await expectMustFail(parent, by: below, file: file, line: line)
            try await settleNext(parent, failure(), file: file, line: line)
            below = parent
        }
        try await expectStates(Dictionary(parents.map { ($0, .failed) }) { $1 }, file: file, line: line)
    }
}
