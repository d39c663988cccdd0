import DroverCore

extension ConformanceCase {
    static let draining: [ConformanceCase] = [
        Case("drain", "what waits is removed, without events, and the rest stays") { bench in
            try await bench.finish(["f"])
            try await bench.add("a")
            try await bench.claimOne()
            try await bench.addAll(["b", "c"])
            try await bench.add("p", priority: 1)
            try await bench.add("d", start: .after(.seconds(60)))
            try await bench.expectEvents([]) {
                try await bench.expect(bench.sweep(.drain(bench.queue, delayed: false)), is: 3, "removed")
            }
            try await bench.expect(
                bench.counts(), is: JobCounts([.completed: 1, .active: 1, .delayed: 1]), "the jobs by state")
        },
        Case("drain", "delayed jobs are removed when asked") { bench in
            try await bench.addAll(["a", "b"])
            try await bench.add("d", start: .after(.seconds(60)))
            try await bench.expect(bench.sweep(.drain(bench.queue, delayed: true)), is: 3, "removed")
            try await bench.expect(bench.counts().total, is: 0, "the number of jobs")
            try await bench.expect(bench.summary() != nil, "the queue stays")
        },
        Case("rule 10", "a drain goes on in steps of its limit, in the order of claims") { bench in
            try await bench.addAll(["a", "b", "c"])
            try await bench.add("p", priority: 1)
            try await bench.add("d", start: .after(.seconds(60)))
            let drain = Sweep.drain(bench.queue, delayed: true)
            let first = try await bench.store.sweep(drain, after: nil, limit: 2)
            try bench.expect(first.removed, is: 2, "removed in the first step")
            guard case .more(let cursor) = first.progress else {
                throw ConformanceFailure("expected more, got \(first)")
            }
            try await bench.expect(bench.list(.waiting), is: ["c"], "what still waits")
            let second = try await bench.store.sweep(drain, after: cursor, limit: 2)
            try bench.expect(second.removed, is: 2, "removed in the second step")
            try await bench.expect(bench.counts(), is: JobCounts([.delayed: 1]), "the jobs by state")
            try await bench.expect(bench.sweep(drain, limit: 2), is: 1, "removed by the rest")
        },
        Case("drain", "an unknown queue is finished and not created") { bench in
            let report = try await bench.store.sweep(.drain(bench.queue, delayed: true), after: nil, limit: 10)
            try bench.expect(report, is: SweepReport(removed: 0, progress: .finished), "the report")
            try await bench.expect(bench.summary(), is: nil, "the queue")
        },
        Case("sweep", "a cursor that the store did not make is an error of the call") { bench in
            try await bench.add("a")
            try await bench.pause()
            let cursor = PageCursor("not a cursor \u{1F9ED}")
            let clean = Sweep.clean(bench.queue, state: .waiting, olderThan: .zero)
            for sweep in [.drain(bench.queue, delayed: true), clean, .obliterate(bench.queue, force: true)] as [Sweep] {
                try await bench.expectThrown(.invalid) {
                    _ = try await bench.store.sweep(sweep, after: cursor, limit: 10)
                }
            }
            try await bench.expect(bench.list(.waiting), is: ["a"], "what still waits")
        },
        Case("drain", "a drained id can be enqueued again") { bench in
            try await bench.add("a")
            _ = try await bench.sweep(.drain(bench.queue, delayed: false))
            try await bench.add("a")
        },
    ]

    static let cleaning: [ConformanceCase] = [
        Case("clean", "finished jobs of one state that ended so long ago are removed") { bench in
            try await bench.finish(["a"])
            try await bench.finish(["x"], .cancelled)
            try await bench.advance(by: .seconds(100))
            try await bench.finish(["b"])
            let clean = Sweep.clean(bench.queue, state: .completed, olderThan: .seconds(50))
            try await bench.expectEvents(["cleaned"]) { try await bench.expect(bench.sweep(clean), is: 1, "removed") }
            try await bench.expect(bench.list(.completed), is: ["b"], "the completed jobs")
            try await bench.expect(bench.list(.failed), is: ["x"], "the failed jobs")
        },
        Case("clean", "an age of zero removes every finished job of that state") { bench in
            try await bench.finish(["a", "b"], .failed(Failure(reason: "no")))
            try await bench.expect(
                bench.sweep(.clean(bench.queue, state: .failed, olderThan: .zero)), is: 2, "removed")
            try await bench.expect(bench.kinds().last, is: .cleaned(2), "the event")
        },
        Case("clean", "the event tells what one step removed, also when it was nothing") { bench in
            try await bench.finish(["a"])
            let clean = Sweep.clean(bench.queue, state: .completed, olderThan: .seconds(50))
            let start = try await bench.end()
            try await bench.expect(bench.sweep(clean), is: 0, "removed")
            try await bench.expect(bench.kinds(since: start), is: [.cleaned(0)], "the events")
        },
        Case("rule 10", "cleaning finished jobs does not look behind the first young one") { bench in
            try await bench.finish(["old"])
            try await bench.advance(by: .seconds(100))
            try await bench.finish(["young-1", "young-2"])
            let clean = Sweep.clean(bench.queue, state: .completed, olderThan: .seconds(50))
            let step = try await bench.store.sweep(clean, after: nil, limit: 2)
            try bench.expect(step, is: SweepReport(removed: 1, progress: .finished), "the step")
        },
        Case("clean", "waiting, prioritized and delayed jobs count from when they were stored") { bench in
            try await bench.add("w")
            try await bench.add("p", priority: 1)
            try await bench.add("d", start: .after(.seconds(500)))
            try await bench.advance(by: .seconds(100))
            try await bench.add("young")
            for state in [JobState.waiting, .prioritized, .delayed] {
                let clean = Sweep.clean(bench.queue, state: state, olderThan: .seconds(50))
                try await bench.expect(bench.sweep(clean), is: 1, "removed of \(state)")
            }
            try await bench.expect(bench.counts(), is: JobCounts([.waiting: 1]), "the jobs by state")
        },
        Case("clean", "a job that was started counts from its last start") { bench in
            try await bench.add("a")
            try await bench.advance(by: .seconds(100))
            try await bench.settle(bench.claimOne(), .released)
            let clean = Sweep.clean(bench.queue, state: .waiting, olderThan: .seconds(50))
            try await bench.expect(bench.sweep(clean), is: 0, "removed soon after the start")
            try await bench.advance(by: .seconds(60))
            try await bench.expect(bench.sweep(clean), is: 1, "removed long after the start")
        },
        Case("clean", "an active job is removed only when its lease has expired") { bench in
            try await bench.addAll(["a", "b"])
            try await bench.claimOne(lease: .seconds(500))
            let short = try await bench.claimOne(lease: .seconds(10))
            try await bench.advance(by: .seconds(100))
            let clean = Sweep.clean(bench.queue, state: .active, olderThan: .seconds(50))
            try await bench.expect(bench.sweep(clean), is: 1, "removed")
            try await bench.expect(bench.list(.active), is: ["a"], "the active jobs")
            try await bench.expect(bench.store.renew([short.lease]), is: [.lost], "the lease of the removed job")
        },
        Case("rule 10", "cleaning passes over what does not match and does not look again") { bench in
            try await bench.addAll(["old-1", "young-1", "old-2", "young-2", "old-3"])
            try await bench.advance(by: .seconds(100))
            for id in ["young-1", "young-2"] {
                // Stored anew they are young, and with lifo they stand before the old ones.
                try await bench.apply(.remove(bench.key(id)))
                try await bench.add(id, lifo: true)
            }
            let clean = Sweep.clean(bench.queue, state: .waiting, olderThan: .seconds(50))
            let first = try await bench.store.sweep(clean, after: nil, limit: 2)
            try bench.expect(first.removed, is: 0, "removed of the two young ones in front")
            guard case .more(let cursor) = first.progress else {
                throw ConformanceFailure("expected more, got \(first)")
            }
            let second = try await bench.store.sweep(clean, after: cursor, limit: 2)
            try bench.expect(second.removed, is: 2, "removed of the next two")
            guard case .more(let end) = second.progress else {
                throw ConformanceFailure("expected more, got \(second)")
            }
            let third = try await bench.store.sweep(clean, after: end, limit: 2)
            try bench.expect(third, is: SweepReport(removed: 1, progress: .finished), "the last step")
            try await bench.expect(bench.list(.waiting), is: ["young-2", "young-1"], "what still waits")
        },
        Case("clean", "a cleaned job's log goes with it") { bench in
            try await bench.add("a")
            let claimed = try await bench.claimOne()
            _ = try await bench.store.record([JobReport(lease: claimed.lease, content: .log("line", keep: nil))])
            try await bench.settle(claimed, .completed(.null))
            _ = try await bench.sweep(.clean(bench.queue, state: .completed, olderThan: .zero))
            try await bench.expect(bench.find(bench.key("a")), is: nil, "the job")
            try await bench.expect(bench.log(bench.key("a")), is: [], "its log")
        },
        Case("clean", "an unknown queue has nothing to clean and is not created") { bench in
            let clean = Sweep.clean(bench.queue, state: .completed, olderThan: .zero)
            try await bench.expect(bench.sweep(clean), is: 0, "removed")
            try await bench.expect(bench.summary(), is: nil, "the queue")
        },
    ]

    static let obliterating: [ConformanceCase] = [
        Case("obliterate", "a queue that is not paused is refused, and nothing is removed") { bench in
            try await bench.add("a")
            try await bench.expectRefused(.obliterate(bench.queue, force: true))
            try await bench.expect(bench.counts().total, is: 1, "the number of jobs")
        },
        Case("obliterate", "active jobs are in the way unless forced") { bench in
            try await bench.addAll(["a", "b"])
            let claimed = try await bench.claimOne()
            try await bench.pause()
            try await bench.expectRefused(.obliterate(bench.queue, force: false))
            try await bench.expect(bench.counts().total, is: 2, "the number of jobs")
            try await bench.expect(bench.sweep(.obliterate(bench.queue, force: true)), is: 2, "removed")
            try await bench.expect(bench.store.renew([claimed.lease]), is: [.lost], "the lease of the active job")
        },
        Case("obliterate", "jobs of every state, the settings and the queue itself are gone") { bench in
            try await bench.finish(["c"])
            try await bench.finish(["f"], .cancelled)
            try await bench.add("w")
            try await bench.add("p", priority: 1)
            try await bench.add("d", start: .after(.seconds(60)))
            try await bench.pause()
            try await bench.expect(bench.sweep(.obliterate(bench.queue, force: false)), is: 5, "removed")
            try await bench.expect(bench.summary(), is: nil, "the queue")
            try await bench.expect(bench.find(bench.key("w")), is: nil, "a job")
            try await bench.expect(bench.events(), is: [], "the events")
        },
        Case("obliterate", "afterwards the queue begins anew and is not paused") { bench in
            try await bench.add("a")
            try await bench.pause()
            _ = try await bench.sweep(.obliterate(bench.queue, force: false))
            try await bench.add("a")
            try await bench.expect(bench.summary()?.isPaused, is: false, "paused")
            try await bench.expect(bench.claimedIDs(), is: ["a"], "what can be claimed")
        },
        Case("rule 10", "an obliteration goes on in steps of its limit") { bench in
            try await bench.finish(["c-1", "c-2"])
            try await bench.addAll(["a", "b", "c"])
            try await bench.pause()
            let sweep = Sweep.obliterate(bench.queue, force: false)
            let first = try await bench.store.sweep(sweep, after: nil, limit: 2)
            try bench.expect(first.removed, is: 2, "removed in the first step")
            try await bench.expect(bench.counts().total, is: 3, "the number of jobs after it")
            try await bench.expect(bench.sweep(sweep, limit: 2), is: 3, "removed by the rest")
            try await bench.expect(bench.summary(), is: nil, "the queue")
        },
        Case("obliterate", "an unknown queue is finished with nothing removed") { bench in
            let report = try await bench.store.sweep(.obliterate(bench.queue, force: false), after: nil, limit: 10)
            try bench.expect(report, is: SweepReport(removed: 0, progress: .finished), "the report")
        },
        Case("obliterate", "an old event position gives a gap or an empty page, never an error") { bench in
            try await bench.addAll(["a", "b"])
            let old = try await bench.end()
            try await bench.pause()
            _ = try await bench.sweep(.obliterate(bench.queue, force: false))
            let query = EventQuery(queue: bench.queue, start: .after(old))
            let page = try await bench.store.events(query, waitingAtMost: .zero)
            try bench.expect(page.hasGap || page.events.isEmpty, "a gap or nothing, got \(page)")
        },
    ]
}

extension Bench {
    /// Does a step of a sweep that must be refused.
    fileprivate func expectRefused(_ sweep: Sweep) async throws {
        let report = try await store.sweep(sweep, after: nil, limit: 10)
        guard case .refused = report.progress else { throw ConformanceFailure("expected refused, got \(report)") }
        try expect(report.removed, is: 0, "removed by a refused sweep")
    }
}
