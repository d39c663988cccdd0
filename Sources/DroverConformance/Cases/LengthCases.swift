import DroverCore

extension ConformanceCase {
    static let bounding: [ConformanceCase] = [
        Case("maxLength", "new jobs are taken up to the maximum length, the others of the call answer queueFull") {
            bench in
            try await bench.bound(to: 3)
            try await bench.expectAnswers(to: ["a", "b", "c", "d", "e"], are: "+a +b +c ! !")
            try await bench.expect(bench.list(.waiting), is: ["a", "b", "c"], "the jobs that wait")
            try await bench.expect(bench.find(bench.key("d")), is: nil, "a job that was not taken")
        },
        Case("maxLength", "waiting, prioritized and delayed jobs count, active and finished ones do not") { bench in
            try await bench.finish(["done"])
            try await bench.finish(["lost"], .failed(Failure(reason: "no")))
            try await bench.add("running")
            try await bench.claimOne()
            try await bench.bound(to: 3)
            try await bench.add("a")
            try await bench.add("b", priority: 2)
            try await bench.add("c", start: .after(.seconds(60)))
            for start in [NewJob.Start.now, .after(.seconds(60))] {
                let job = NewJob(name: "job", start: start)
                try await bench.expect(
                    bench.store.enqueue(bench.queue, [job]), is: [.queueFull(maxLength: 3)], "a fourth job")
            }
        },
        Case("maxLength", "a claimed job makes room for another") { bench in
            try await bench.bound(to: 1)
            try await bench.add("a")
            try await bench.expectAnswers(to: ["b"], are: "!")
            try await bench.claimOne()
            try await bench.expectAnswers(to: ["b"], are: "+b")
        },
        Case("maxLength", "a removed job makes room for another") { bench in
            try await bench.bound(to: 1)
            try await bench.add("a", start: .after(.seconds(60)))
            try await bench.apply(.remove(bench.key("a")))
            try await bench.expectAnswers(to: ["b"], are: "+b")
        },
        Case("maxLength", "a known id answers duplicate also in a full queue, and takes no room") { bench in
            try await bench.bound(to: 2)
            try await bench.expectAnswers(to: ["a", "a", "b", "c", "a", "b", "c"], are: "+a =a +b ! =a =b !")
            try await bench.expectAnswers(to: ["c", "b"], are: "! =b")
        },
        Case("maxLength", "jobs without ids find room behind those that find none") { bench in
            try await bench.bound(to: 2)
            let results = try await bench.store.enqueue(bench.queue, (0..<3).map { _ in NewJob(name: "job") })
            let ids = results.compactMap(\.id)
            try bench.expect(results.last, is: .queueFull(maxLength: 2), "the third answer")
            try await bench.expect(bench.list(.waiting), is: ids.map(\.text), "the jobs that wait")
            try bench.expect(ids.count, is: 2, "the number of stored jobs")
            try await bench.apply(.remove(JobKey(queue: bench.queue, id: ids[0])))
            let next = try await bench.add()
            try bench.expect(!ids.contains(next.id), "\(next) is a new id")
        },
        Case("maxLength", "a job that breaks a rule is refused and takes no room") { bench in
            try await bench.bound(to: 1)
            let bad = NewJob(name: "job", options: JobOptions(priority: -1))
            let results = try await bench.store.enqueue(
                bench.queue, [bad, NewJob(id: JobID(stored: "a"), name: "job")])
            try bench.expect(results.last, is: .added(JobID(stored: "a")), "the job behind a bad one")
        },
        Case("maxLength", "a job for which there is no room leaves no event") { bench in
            try await bench.bound(to: 1)
            try await bench.add("a")
            try await bench.expectEvents(["duplicated a"]) {
                try await bench.expectAnswers(to: ["c", "a", "d"], are: "! =a !")
            }
            try await bench.expectEvents([]) { try await bench.expectAnswers(to: ["c", "d"], are: "! !") }
        },
        Case("maxLength", "jobs that come back are never kept out") { bench in
            let ids = ["retry", "snooze", "release", "stall"]
            try await bench.addAll(ids)
            let claimed = try await bench.claim(4)
            try await bench.bound(to: 1)
            try await bench.add("new")
            let outcomes: [Outcome] = [
                .retry(after: .zero, Failure(reason: "no")), .snoozed(.seconds(60)), .released,
            ]
            for (claimed, outcome) in zip(claimed, outcomes) { try await bench.settle(claimed, outcome) }
            try await bench.advance(by: .seconds(31))
            let stalled = try await bench.store.reclaimStalled(bench.queue, maxStalled: 1, limit: 10)
            try bench.expect(stalled.map(\.key.id.text), is: ["stall"], "the stalled job")
            try await bench.expect(bench.counts().length, is: 5, "the length")
        },
        Case("maxLength", "finished jobs that are to run again are never kept out") { bench in
            try await bench.finish(["done"])
            try await bench.bound(to: 1)
            try await bench.add("a")
            try await bench.apply(.retry(bench.key("done"), resetAttempts: false))
            try await bench.expect(bench.counts().length, is: 2, "the length")
        },
        Case("maxLength", "the next jobs of a schedule are never kept out, one that is asked for is") { bench in
            try await bench.bound(to: 1)
            try await bench.add("a")
            let slot = try await bench.put("s", in: .seconds(60))
            try await bench.expect(bench.counts().length, is: 2, "the length")
            let next = slot + .seconds(60)
            try await bench.fire("s", from: slot, to: next, is: .fired(bench.iteration("s", next).id))
            try await bench.expect(bench.counts().length, is: 3, "the length")
            guard case .refused = try await bench.store.apply([ScheduleCommand.run(bench.scheduleKey("s"))]).first
            else {
                throw ConformanceFailure("running a schedule of a full queue was not refused")
            }
            try await bench.expect(bench.counts().length, is: 3, "the length")
        },
        Case("maxLength", "jobs that are moved in are never kept out") { bench in
            let other = bench.queue("other")
            try await bench.addAll(["a", "b"], in: other)
            try await bench.bound(to: 1)
            let jobs = try await bench.whole(.waiting, in: other).map { bench.here($0) }
            let report = try await bench.move(
                MoveStep(queue: bench.queue, expected: nil, checkpoint: nil, arriving: jobs))
            try bench.expect(report.stored, is: 2, "the jobs that were stored")
            try await bench.expectAnswers(to: ["c"], are: "!")
        },
        Case("maxLength", "a bound below the length removes nothing and takes no new job") { bench in
            try await bench.addAll(["a", "b", "c"])
            try await bench.bound(to: 2)
            try await bench.expect(bench.list(.waiting), is: ["a", "b", "c"], "the jobs that wait")
            try await bench.claimOne()
            try await bench.expectAnswers(to: ["d"], are: "!")
            try await bench.claimOne()
            try await bench.expectAnswers(to: ["d"], are: "+d")
        },
        Case("maxLength", "it can be changed and lifted") { bench in
            try await bench.bound(to: 1)
            try await bench.add("a")
            try await bench.bound(to: 2)
            try await bench.expectAnswers(to: ["b", "c"], are: "+b !")
            try await bench.bound(to: nil)
            try await bench.expectAnswers(to: ["c", "d"], are: "+c +d")
        },
        Case("maxLength", "it begins the queue, is told of it, and speaks of it alone") { bench in
            let other = bench.queue("other")
            try await bench.bound(to: 5)
            try await bench.expect(
                bench.summary(),
                is: QueueSummary(name: bench.queue, isPaused: false, counts: JobCounts(), maxLength: 5),
                "the queue")
            try await bench.addAll((0..<6).map { "j\($0)" }, in: other)
            try await bench.expect(bench.summary(of: other)?.maxLength, is: nil, "the bound of another queue")
            try await bench.bound(to: nil)
            try await bench.expect(bench.summary()?.maxLength, is: nil, "the bound that was lifted")
        },
        Case("maxLength", "pausing and resuming leave it as it is") { bench in
            try await bench.bound(to: 1)
            try await bench.pause()
            try await bench.expectAnswers(to: ["a", "b"], are: "+a !")
            try await bench.resume()
            try await bench.expectAnswers(to: ["b"], are: "!")
            try await bench.expect(bench.summary()?.maxLength, is: 1, "the bound")
        },
        Case("maxLength", "one that is none is refused and changes nothing") { bench in
            try await bench.bound(to: 4)
            for most in [0, -1, QueueSetting.greatestMaxLength + 1] {
                let settings: [QueueSetting] = [.maxLength(bench.queue, most), .maxLength(bench.queue("new"), most)]
                for result in try await bench.store.configure(settings) {
                    guard case .refused = result else {
                        throw ConformanceFailure("a maximum length of \(most) answered \(result)")
                    }
                }
            }
            try await bench.expect(bench.summary()?.maxLength, is: 4, "the bound")
            try await bench.expect(bench.summary(of: bench.queue("new")), is: nil, "a queue that nothing began")
        },
        Case("maxLength", "it goes with an obliterated queue") { bench in
            try await bench.bound(to: 1)
            try await bench.add("a")
            try await bench.pause()
            _ = try await bench.sweep(.obliterate(bench.queue, force: false))
            try await bench.expectAnswers(to: ["b", "c"], are: "+b +c")
            try await bench.expect(bench.summary()?.maxLength, is: nil, "the bound")
        },
        Case("maxLength", "producers at the same time never pass it together") { bench in
            try await bench.bound(to: 50)
            let stored = try await withThrowingTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask {
                        var stored = 0
                        for size in [1, 2, 3, 4] + Array(repeating: 3, count: 6) {
                            let jobs = (0..<size).map { _ in NewJob(name: "job") }
                            stored += try await bench.store.enqueue(bench.queue, jobs).count { $0.id != nil }
                        }
                        return stored
                    }
                }
                return try await group.reduce(0, +)
            }
            try bench.expect(stored, is: 50, "the number of stored jobs")
            try await bench.expect(bench.counts().length, is: 50, "the length")
        },
    ]
}

extension Bench {
    /// Sets the maximum length of a queue.
    fileprivate func bound(_ other: QueueName? = nil, to most: Int?) async throws {
        try expect(await store.configure([.maxLength(other ?? queue, most)]), is: [.done], "bounding")
    }

    /// Adds jobs with these ids in one call, and expects for each `+ID` (added), `=ID` (duplicate) or `!` (full).
    fileprivate func expectAnswers(
        to ids: [String], are answers: String, file: String = #fileID, line: Int = #line
    ) async throws {
        let results = try await store.enqueue(queue, ids.map { NewJob(id: JobID(stored: $0), name: "job") })
        try expect(results.map(Self.sign).joined(separator: " "), is: answers, "the answers", file: file, line: line)
    }
}
