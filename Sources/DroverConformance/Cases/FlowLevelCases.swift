import DroverCore

extension ConformanceCase {
    /// A tree of five levels in which the lowest job fails: what that means at each level, by each policy.
    static let flowLevels: [ConformanceCase] = [
        Case("flows", "five levels, failParent: each level fails the next, whatever else it waits for") { bench in
            try await bench.addLevels(.failParent)
            try await bench.settleNext("l5", bench.failure())
            for level in (1...4).reversed() {
                try await bench.expectLevels(above: level, are: .waitingChildren)
                try await bench.expectStates(["l\(level)": .waiting, "s\(level)": .delayed])
                try await bench.expectMustFail("l\(level)", by: "l\(level + 1)")
                try await bench.expect(
                    bench.children(of: "l\(level)"), is: ["l\(level + 1)": "failed", "s\(level)": "pending"],
                    "the children of level \(level)")
                try await bench.settleNext("l\(level)", bench.failure("level \(level)"))
            }
            try await bench.expectLevels(above: 6, are: .failed)
        },
        Case("flows", "five levels, continueParent: each level runs at once, and has the reason of the one below") {
            bench in
            try await bench.addLevels(.continueParent)
            try await bench.settleNext("l5", bench.failure("level 5"))
            for level in (1...4).reversed() {
                try await bench.expectLevels(above: level, are: .waitingChildren)
                try await bench.expectStates(["l\(level)": .waiting, "s\(level)": .delayed])
                try await bench.expect(bench.job("l\(level)").deferredFailure, is: nil, "what fails level \(level)")
                try await bench.expect(
                    bench.children(of: "l\(level)"),
                    is: ["l\(level + 1)": "ignored level \(level + 1)", "s\(level)": "pending"],
                    "the children of level \(level)")
                if level > 1 { try await bench.settleNext("l\(level)", bench.failure("level \(level)")) }
            }
            let top = try await bench.claimOne()
            try await bench.apply(.removeUnprocessedChildren(bench.key("l1")))
            try await bench.settle(top, .completed(.null))
            try await bench.expectStates(["l1": .completed, "s1": nil, "s2": .delayed])
        },
        Case("flows", "five levels, ignore: each level runs when its other children are done, and has the reason") {
            bench in
            try await bench.addLevels(.ignore)
            try await bench.settleNext("l5", bench.failure("level 5"))
            for level in (1...4).reversed() {
                try await bench.expectLevels(above: level + 1, are: .waitingChildren)
                try await bench.settleSibling(of: level)
                try await bench.expectLevels(above: level, are: .waitingChildren)
                try await bench.expectStates(["l\(level)": .waiting])
                try await bench.expect(
                    bench.children(of: "l\(level)"),
                    is: ["l\(level + 1)": "ignored level \(level + 1)", "s\(level)": "processed \(level)"],
                    "the children of level \(level)")
                try await bench.settleNext("l\(level)", level > 1 ? bench.failure("level \(level)") : .completed(.null))
            }
            try await bench.expectStates(["l1": .completed, "l2": .failed])
        },
        Case("flows", "five levels, remove: each level runs when its other children are done, and knows nothing") {
            bench in
            try await bench.addLevels(.remove)
            try await bench.settleNext("l5", bench.failure("level 5"))
            for level in (1...4).reversed() {
                try await bench.expectLevels(above: level + 1, are: .waitingChildren)
                try await bench.settleSibling(of: level)
                try await bench.expectLevels(above: level, are: .waitingChildren)
                try await bench.expect(
                    bench.children(of: "l\(level)"), is: ["s\(level)": "processed \(level)"],
                    "the children of level \(level)")
                try await bench.settleNext("l\(level)", level > 1 ? bench.failure("level \(level)") : .completed(.null))
            }
            try await bench.expectStates(["l1": .completed, "l2": .failed])
        },
        Case("flows", "five levels, no policy: nothing above runs until the lowest is retried and completes") {
            bench in
            try await bench.addLevels(.keepWaiting)
            for level in (1...4).reversed() { try await bench.settleSibling(of: level, before: "l5") }
            try await bench.settleNext("l5", bench.failure())
            try await bench.expectLevels(above: 5, are: .waitingChildren)
            try await bench.expect(
                bench.children(of: "l4"), is: ["l5": "pending", "s4": "processed 4"], "the children of level 4")
            try await bench.apply(.retry(bench.key("l5"), resetAttempts: true))
            for level in (1...5).reversed() {
                try await bench.expectLevels(above: level, are: .waitingChildren)
                try await bench.settleNext("l\(level)", .completed(JSONText("\(level)")))
            }
            try await bench.expectLevels(above: 6, are: .completed)
            try await bench.expect(
                bench.children(of: "l1"), is: ["l2": "processed 2", "s1": "processed 1"], "the children of level 1")
        },
    ]
}

/// A tree of five levels.
extension Bench {
    /// Stores `l1` over `l2` and so on to `l5`, all by one policy; each of the upper four has another child, `s1` to `s4`,
    /// which is delayed.
    fileprivate func addLevels(_ policy: ChildFailurePolicy) async throws {
        var below: [ChildJob] = []
        for level in (2...5).reversed() {
            let other = child("s\(level - 1)", start: .after(.seconds(3600)))
            below = [child("l\(level)", policy, over: below), other]
        }
        try await addFlow("l1", below)
    }

    /// Expects that all levels above one are in a state.
    fileprivate func expectLevels(
        above level: Int, are state: JobState, file: String = #fileID, line: Int = #line
    ) async throws {
        for upper in 1..<level where upper < 6 {
            try await expect(
                self.state("l\(upper)"), is: state, "the state of level \(upper)", file: file, line: line)
        }
    }

    /// Runs the other child of a level; the job that waits before it, if there is one, is run later.
    fileprivate func settleSibling(of level: Int, before first: String? = nil) async throws {
        if let first { try await apply(.changePriority(key(first), to: 5, lifo: false)) }
        try await apply(.promote(key("s\(level)")))
        try await settleNext("s\(level)", .completed(JSONText("\(level)")))
    }
}
