import DroverCore

extension ConformanceCase {
    static let retention: [ConformanceCase] = [
        Case("retain", "without a rule every finished job stays") { bench in
            try await bench.finish(["a", "b", "c"])
            try await bench.expect(bench.list(.completed), is: ["a", "b", "c"], "the completed jobs")
        },
        Case("retain", "a rule of none removes the job at once, after its event") { bench in
            try await bench.add("a")
            let claimed = try await bench.claimOne()
            let report = JobReport(lease: claimed.lease, content: .log("line", keep: nil))
            _ = try await bench.store.record([report])
            try await bench.expectEvents(["completed a", "drained"]) {
                try await bench.settle(claimed, .completed(.null), keeping: .removeAtOnce)
            }
            try await bench.expect(bench.find(bench.key("a")), is: nil, "the job")
            try await bench.expect(bench.log(bench.key("a")), is: [], "its log")
        },
        Case("retain", "a rule of none removes the job itself and no other") { bench in
            try await bench.finish(["a", "b"])
            try await bench.finish(["c"], keeping: .removeAtOnce)
            try await bench.expect(bench.list(.completed), is: ["a", "b"], "the completed jobs")
        },
        Case("retain", "a count keeps the newest") { bench in
            try await bench.finish(["a", "b", "c", "d"])
            try await bench.finish(["e"], keeping: .keep(2))
            try await bench.expect(bench.list(.completed), is: ["d", "e"], "the completed jobs")
        },
        Case("retain", "an age removes what finished so long ago or longer") { bench in
            try await bench.finish(["a", "b"])
            try await bench.advance(by: .seconds(100))
            try await bench.finish(["c"])
            try await bench.advance(by: .seconds(50))
            try await bench.finish(["d"], keeping: .keep(for: .seconds(120)))
            try await bench.expect(bench.list(.completed), is: ["c", "d"], "the completed jobs")
        },
        Case("retain", "an age of zero removes the job itself") { bench in
            try await bench.finish(["a"], keeping: .keep(for: .zero))
            try await bench.expect(bench.list(.completed), is: [], "the completed jobs")
        },
        Case("retain", "with age and count a job must meet both to stay") { bench in
            try await bench.finish(["old"])
            try await bench.advance(by: .seconds(100))
            try await bench.finish(["a", "b", "c"])
            try await bench.finish(["d"], keeping: Retention(count: 3, age: .seconds(50)))
            try await bench.expect(bench.list(.completed), is: ["b", "c", "d"], "the completed jobs")
        },
        Case("retain", "a rule speaks of jobs that ended the same way only") { bench in
            try await bench.finish(["a", "b"], .failed(Failure(reason: "no")))
            try await bench.finish(["c", "d"], keeping: .keep(1))
            try await bench.expect(bench.list(.failed), is: ["a", "b"], "the failed jobs")
            try await bench.expect(bench.list(.completed), is: ["d"], "the completed jobs")
            try await bench.finish(["e"], .cancelled, keeping: .keep(1))
            try await bench.expect(bench.list(.failed), is: ["e"], "the failed jobs after a cancelled one")
        },
        Case("retain", "a rule has no effect where the job does not finish") { bench in
            try await bench.finish(["a", "b"])
            try await bench.add("c")
            try await bench.settle(bench.claimOne(), .released, keeping: .removeAtOnce)
            try await bench.settle(bench.claimOne(), .retry(after: .zero, Failure(reason: "no")), keeping: .keep(0))
            try await bench.settle(bench.claimOne(), .snoozed(.zero), keeping: .keep(1))
            try await bench.expect(bench.list(.completed), is: ["a", "b"], "the completed jobs")
            try await bench.expect(bench.list(.waiting), is: ["c"], "the waiting jobs")
        },
        Case("retain", "rules are applied after all settlements of the exchange") { bench in
            try await bench.addAll(["a", "b", "c"])
            let claimed = try await bench.claim(3)
            try await bench.exchange(
                claimed.map { Settlement(lease: $0.lease, outcome: .completed(.null), retention: .keep(1)) })
            try await bench.expect(bench.list(.completed), is: ["c"], "the completed jobs")
        },
        Case("retain", "a rule removes without events, and the log goes with the job") { bench in
            try await bench.add("a")
            let first = try await bench.claimOne()
            _ = try await bench.store.record([JobReport(lease: first.lease, content: .log("line", keep: nil))])
            try await bench.settle(first, .completed(.null))
            try await bench.add("b")
            let second = try await bench.claimOne()
            try await bench.expectEvents(["completed b", "drained"]) {
                try await bench.settle(second, .completed(.null), keeping: .keep(1))
            }
            try await bench.expect(bench.find(bench.key("a")), is: nil, "the older job")
            try await bench.expect(bench.log(bench.key("a")), is: [], "its log")
        },
        Case("rule 10", "one exchange removes a bounded number of finished jobs") { bench in
            let ids = (0..<1100).map { "n-\($0)" }
            try await bench.addAll(ids)
            try await bench.exchange(bench.claim(1100).map { Settlement(lease: $0.lease, outcome: .completed(.null)) })
            try await bench.finish(["x"], keeping: .keep(1))
            let left = 1101 - Retention.removalsPerExchange
            try await bench.expect(bench.counts()[.completed], is: left, "the completed jobs")
            try await bench.finish(["y"], keeping: .keep(1))
            try await bench.expect(bench.list(.completed), is: ["y"], "after one exchange more")
        },
    ]

    static let pruning: [ConformanceCase] = [
        Case("prune", "keeping everything removes nothing") { bench in
            try await bench.finish(["a", "b"])
            try await bench.expect(
                bench.store.prune(bench.queue, PruneRule(.completed, keeping: .keepAll), limit: 10), is: 0, "removed")
        },
        Case("prune", "a count of zero removes all of that state without events") { bench in
            try await bench.finish(["a", "b"])
            try await bench.finish(["c"], .cancelled)
            try await bench.expectEvents([]) {
                let rule = PruneRule(.completed, keeping: .removeAtOnce)
                try await bench.expect(bench.store.prune(bench.queue, rule, limit: 10), is: 2, "removed")
            }
            try await bench.expect(bench.counts(), is: JobCounts([.failed: 1]), "the jobs by state")
        },
        Case("prune", "a count keeps the newest, an age those that are young enough") { bench in
            try await bench.finish(["a", "b", "c"], .failed(Failure(reason: "no")))
            try await bench.expect(
                bench.store.prune(bench.queue, PruneRule(.failed, keeping: .keep(2)), limit: 10), is: 1, "by count")
            try await bench.expect(bench.list(.failed), is: ["b", "c"], "the failed jobs")
            try await bench.advance(by: .seconds(60))
            try await bench.finish(["d"], .failed(Failure(reason: "no")))
            let rule = PruneRule(.failed, keeping: .keep(for: .seconds(60)))
            try await bench.expect(bench.store.prune(bench.queue, rule, limit: 10), is: 2, "by age")
            try await bench.expect(bench.list(.failed), is: ["d"], "the failed jobs")
        },
        Case("rule 10", "pruning removes no more than its limit, the oldest first") { bench in
            try await bench.finish(["a", "b", "c"])
            let rule = PruneRule(.completed, keeping: .keep(1))
            try await bench.expect(bench.store.prune(bench.queue, rule, limit: 1), is: 1, "the first step")
            try await bench.expect(bench.list(.completed), is: ["b", "c"], "the completed jobs")
            try await bench.expect(bench.store.prune(bench.queue, rule, limit: 5), is: 1, "the second step")
            try await bench.expect(bench.store.prune(bench.queue, rule, limit: 5), is: 0, "the third step")
        },
        Case("prune", "an unknown queue has nothing to prune and is not created") { bench in
            let rule = PruneRule(.completed, keeping: .removeAtOnce)
            try await bench.expect(bench.store.prune(bench.queue, rule, limit: 10), is: 0, "removed")
            try await bench.expect(bench.summary(), is: nil, "the queue")
        },
    ]
}
