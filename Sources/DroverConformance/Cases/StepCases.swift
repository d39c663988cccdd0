import DroverCore

extension ConformanceCase {
    static let steps: [ConformanceCase] = [
        Case("steps", "a new job has none, and a claimed one those that were recorded, byte for byte and in order") {
            bench in
            try await bench.add("a")
            let first = try await bench.claimOne()
            try bench.expect(first.job.steps, is: [], "the steps of the first attempt")
            let before = try await bench.job("a").createdAt
            try await bench.record("größer: b", #" {"n":9007199254740993, "a":[ ] } "#, first)
            try await bench.advance(by: .seconds(1))
            try await bench.record("a", "null", first)
            try await bench.settle(first, .retry(after: .zero, Failure(reason: "no")))
            let steps = try await bench.claimOne().job.steps
            let names: [StepName] = ["größer: b", "a"]
            try bench.expect(steps.map(\.name), is: names, "the names")
            try bench.expect(
                steps.map(\.result.text), is: [#" {"n":9007199254740993, "a":[ ] } "#, "null"], "the results")
            try bench.expect(steps.allSatisfy { $0.recordedAt >= before }, "they were recorded after the job was added")
            try await bench.expect(bench.job("a").steps, is: steps, "the steps of the job that is read")
            try await bench.expect(bench.listed(.active), is: ["a": steps], "the steps of the job that is listed")
        },
        Case("steps", "names are compared by their bytes, and a later step of a name replaces the earlier one") {
            bench in
            try await bench.add("a")
            let claimed = try await bench.claimOne()
            try await bench.record("\u{E9}", "1", claimed)
            try await bench.record("e\u{301}", "2", claimed)
            try await bench.record("\u{E9}", "3", claimed)
            let steps = try await bench.job("a").steps
            try bench.expect(steps.count, is: 2, "the number of steps")
            for (name, result) in [("\u{E9}", "3"), ("e\u{301}", "2")] {
                let step = steps.first { Array($0.name.text.utf8) == Array(name.utf8) }
                try bench.expect(step?.result.text, is: result, "the result of a name")
            }
        },
        Case("steps", "a lost lease records nothing, and recording makes no event") { bench in
            try await bench.addAll(["a", "b"])
            let claimed = try await bench.claim(2)
            let lost = Lease(job: claimed[0].lease.job, token: LeaseToken("nobody"), duration: .seconds(30))
            let reports = [lost, claimed[1].lease].map { JobReport(lease: $0, content: .step("s", result: .null)) }
            try await bench.expectEvents([]) {
                try await bench.expect(bench.store.record(reports), is: [.leaseLost, .recorded], "the reports")
            }
            try await bench.settle(claimed[0], .completed(.null))
            let late = JobReport(lease: claimed[0].lease, content: .step("s", result: .null))
            try await bench.expect(bench.store.record([late]), is: [.leaseLost], "a report behind the settlement")
            try await bench.expect(bench.job("a").steps, is: [], "the steps of a")
            try await bench.expect(bench.job("b").steps.map(\.name), is: ["s"], "the steps of b")
        },
        Case("steps", "they are kept through every outcome after which the job runs again") { bench in
            let failure = Failure(reason: "no")
            let outcomes: [Outcome] = [
                .retry(after: .zero, failure), .retry(after: .seconds(5), failure), .snoozed(.zero),
                .snoozed(.seconds(5)), .released,
            ]
            try await bench.add("a")
            for (number, outcome) in outcomes.enumerated() {
                let claimed = try await bench.claimOne()
                try bench.expect(claimed.job.steps.count, is: number, "the steps before \(outcome)")
                try await bench.record("step \(number)", "\(number)", claimed)
                try await bench.settle(claimed, outcome)
                try await bench.advance(by: .seconds(10))
            }
            try await bench.expect(
                bench.claimOne().job.steps.map(\.result.text), is: ["0", "1", "2", "3", "4"], "the steps at last")
        },
        Case("steps", "a job that stalls keeps them, and whoever reclaims its first attempt gets them") { bench in
            try await bench.add("a")
            let claimed = try await bench.claimOne(lease: .seconds(10))
            try await bench.record("s", "[1]", claimed)
            try await bench.advance(by: .seconds(11))
            _ = try await bench.store.reclaimStalled(bench.queue, maxStalled: 1, limit: 10)
            let next = try await bench.claimOne()
            try bench.expect(next.job.attemptsMade, is: 0, "the attempts made")
            try bench.expect(next.job.steps.map(\.result.text), is: ["[1]"], "the steps")
            let late = JobReport(lease: claimed.lease, content: .step("late", result: .null))
            try await bench.expect(bench.store.record([late]), is: [.leaseLost], "a report of who lost the lease")
        },
        Case("steps", "an exchange that is repeated hands out the job with what was recorded meanwhile") { bench in
            try await bench.add("a")
            let id = bench.freshID()
            let claimed = try await bench.exchange(claim: 1, id: id).claimed[0]
            try await bench.record("s", "7", claimed)
            let again = try await bench.exchange(claim: 1, id: id).claimed
            try bench.expect(again.map { $0.job.steps.map(\.result.text) }, is: [["7"]], "the steps")
        },
        Case("steps", "a finished job keeps them; a retry keeps them too, and forgets them with its attempts") {
            bench in
            for outcome in [Outcome.completed(.null), .failed(Failure(reason: "no")), .cancelled] {
                let id = "a-\(try await bench.counts().total)"
                try await bench.add(id)
                let claimed = try await bench.claimOne()
                try await bench.record("s", "1", claimed)
                try await bench.settle(claimed, outcome)
                try await bench.expect(bench.job(id).steps.count, is: 1, "the steps after \(outcome)")
                try await bench.apply(.retry(bench.key(id), resetAttempts: false))
                let second = try await bench.claimOne()
                try bench.expect(second.job.steps.map(\.result.text), is: ["1"], "the steps after a retry")
                try await bench.record("t", "2", second)
                try await bench.settle(second, outcome)
                try await bench.apply(.retry(bench.key(id), resetAttempts: true))
                try await bench.expect(bench.job(id).steps, is: [], "the steps of a job that begins anew")
                let third = try await bench.claimOne()
                try bench.expect(third.job.steps, is: [], "the steps after a retry with attempts reset")
                try await bench.record("s", "3", third)
                try await bench.settle(third, .completed(.null))
                try await bench.expect(bench.job(id).steps.map(\.result.text), is: ["3"], "the steps recorded anew")
            }
        },
        Case("steps", "commands that let the job wait elsewhere keep them") { bench in
            try await bench.add("a")
            let claimed = try await bench.claimOne()
            try await bench.record("s", "1", claimed)
            try await bench.settle(claimed, .retry(after: .seconds(60), Failure(reason: "no")))
            let key = bench.key("a")
            try await bench.apply(.changeDelay(key, to: .seconds(90)))
            try await bench.apply(.changePriority(key, to: 3, lifo: false))
            try await bench.apply(.updatePayload(key, to: .null))
            try await bench.apply(.promote(key))
            try await bench.expect(bench.claimOne().job.steps.map(\.result.text), is: ["1"], "the steps")
        },
        Case("steps", "they go with their job, however it is removed") { bench in
            for way in Removal.allCases {
                try await bench.add("a")
                let claimed = try await bench.claimOne()
                try bench.expect(claimed.job.steps, is: [], "the steps of a new job, before: \(way)")
                try await bench.record("s", "1", claimed)
                try await way.remove(claimed, on: bench)
                try await bench.expect(bench.find(bench.key("a")), is: nil, "the job, removed by: \(way)")
            }
        },
        Case("steps", "a job moves with them, whatever their number, and goes on with them") { bench in
            let other = bench.queue("other")
            for id in ["finished", "waits"] {
                try await bench.add(id, in: other)
                let claimed = try await bench.claimOne(in: other)
                for number in 0..<(id == "waits" ? JobStep.mostOfJob : 2) {
                    try await bench.record("step-\(number)", "[\(number)]", claimed)
                }
                try await bench.settle(claimed, id == "waits" ? .snoozed(.zero) : .completed(.null))
            }
            let jobs = try await bench.whole(.waiting, in: other) + bench.whole(.completed, in: other)
            try bench.expect(jobs.map(\.record.steps.count), is: [JobStep.mostOfJob, 2], "the steps that are read")
            try bench.expect(jobs.map(\.obstacle), is: [nil, nil], "the obstacles")
            try await bench.move(
                MoveStep(queue: bench.queue, expected: nil, checkpoint: nil, arriving: jobs.map { bench.here($0) }))
            try await bench.expect(
                bench.whole(.waiting) + bench.whole(.completed), is: jobs.map { bench.here($0) }, "what arrived")
            let claimed = try await bench.claimOne()
            try bench.expect(claimed.job.steps, is: jobs[0].record.steps, "the steps of the claimed job")
            try await bench.record("more", "1", claimed)
            try await bench.settle(claimed, .failed(Failure(reason: "no")))
            try await bench.apply(.retry(bench.key("waits"), resetAttempts: true))
            try await bench.expect(bench.job("waits").steps, is: [], "the steps of a job that begins anew")
        },
    ]
}

/// Ways by which an active job goes.
private enum Removal: CaseIterable {
    case command, completedAtOnce, failedAtOnce, rule, prune, drain, clean, move, obliterate

    func remove(_ claimed: ClaimedJob, on bench: Bench) async throws {
        let key = claimed.job.key
        let none = Retention.keep(for: .zero)
        switch self {
        case .command:
            try await bench.settle(claimed, .completed(.null))
            try await bench.apply(.remove(key))
        case .completedAtOnce: try await bench.settle(claimed, .completed(.null), keeping: .removeAtOnce)
        case .failedAtOnce:
            try await bench.settle(claimed, .failed(Failure(reason: "no")), keeping: .removeAtOnce)
        case .rule: try await bench.settle(claimed, .completed(.null), keeping: none)
        case .prune:
            try await bench.settle(claimed, .completed(.null))
            _ = try await bench.store.prune(bench.queue, PruneRule(.completed, keeping: none), limit: 10)
        case .drain:
            try await bench.settle(claimed, .released)
            _ = try await bench.sweep(.drain(bench.queue, delayed: false))
        case .clean:
            try await bench.settle(claimed, .completed(.null))
            _ = try await bench.sweep(.clean(bench.queue, state: .completed, olderThan: .zero))
        case .move:
            try await bench.settle(claimed, .completed(.null))
            let stamp = JobStamp(id: key.id, createdAt: claimed.job.createdAt)
            try await bench.move(MoveStep(queue: bench.queue, expected: nil, checkpoint: nil, leaving: [stamp]))
        case .obliterate:
            try await bench.pause()
            _ = try await bench.sweep(.obliterate(bench.queue, force: true))
        }
    }
}

extension Bench {
    /// Records a step, which must be accepted.
    fileprivate func record(
        _ name: String, _ result: String, _ claimed: ClaimedJob, file: String = #fileID, line: Int = #line
    ) async throws {
        let step = JobReport.Content.step(StepName(stored: name), result: JSONText(trusted: result))
        try expect(
            await store.record([JobReport(lease: claimed.lease, content: step)]), is: [.recorded],
            "recording the step \(name)", file: file, line: line)
    }

    /// The steps of the jobs of a state, as a list shows them.
    fileprivate func listed(_ state: JobState) async throws -> [String: [JobStep]] {
        let page = try await store.jobs(matching: JobQuery(queue: queue, state: state), page: Page())
        return Dictionary(uniqueKeysWithValues: page.jobs.map { ($0.key.id.text, $0.steps) })
    }
}
