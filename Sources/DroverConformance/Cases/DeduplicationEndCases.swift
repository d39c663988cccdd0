import DroverCore

extension ConformanceCase {
    static let deduplicationEnds: [ConformanceCase] = [
        Case("deduplication", "a completed job holds no more") { bench in
            try await bench.give("a", .simple("d"), is: "+a")
            try await bench.settle(bench.claimOne(), .completed(.null))
            try await bench.give("b", .simple("d"), is: "+b")
        },
        Case("deduplication", "a job that has failed for good, or was cancelled in its attempt, holds no more") {
            bench in
            try await bench.give("a", .simple("d"), is: "+a")
            try await bench.settle(bench.claimOne(), .failed(Failure(reason: "no")))
            try await bench.give("b", .simple("d"), is: "+b")
            try await bench.settle(bench.claimOne(), .cancelled)
            try await bench.give("c", .simple("d"), is: "+c")
        },
        Case("deduplication", "a job that is removed at its end holds no more") { bench in
            try await bench.give("a", .simple("d"), is: "+a")
            try await bench.settle(bench.claimOne(), .completed(.null), keeping: .removeAtOnce)
            try await bench.give("b", .simple("d"), is: "+b")
            try await bench.settle(bench.claimOne(), .failed(Failure(reason: "no")), keeping: .removeAtOnce)
            try await bench.give("c", .simple("d"), is: "+c")
        },
        Case("deduplication", "a job that is retried, snoozed, released or stalls goes on to hold") { bench in
            try await bench.give("a", .simple("d"), is: "+a")
            let outcomes: [Outcome] = [
                .retry(after: .zero, Failure(reason: "no")), .snoozed(.zero), .released,
                .retry(after: .seconds(300), Failure(reason: "no")),
            ]
            for outcome in outcomes {
                try await bench.settle(bench.claimOne(), outcome)
                try await bench.give("b", .simple("d"), is: "~a")
            }
            try await bench.advance(by: .seconds(360))
            try await bench.claimOne()
            try await bench.advance(by: .seconds(1860))
            _ = try await bench.store.reclaimStalled(bench.queue, maxStalled: 1, limit: 10)
            try await bench.give("b", .simple("d"), is: "~a")
        },
        Case("deduplication", "a waiting job that is cancelled holds no more") { bench in
            try await bench.give("a", .simple("d"), is: "+a")
            try await bench.apply(.cancel(bench.key("a")))
            try await bench.give("b", .simple("d"), is: "+b")
        },
        Case("deduplication", "a job that is removed by hand holds no more") { bench in
            try await bench.give("a", .simple("d"), is: "+a")
            try await bench.apply(.remove(bench.key("a")))
            try await bench.give("b", .simple("d"), is: "+b")
        },
        Case("deduplication", "drained and cleaned jobs hold no more") { bench in
            try await bench.give("a", .simple("1"), is: "+a")
            try await bench.give("b", .throttle("2", for: .seconds(36_000)), start: .after(.seconds(3600)), is: "+b")
            try await bench.expect(bench.sweep(.drain(bench.queue, delayed: true)), is: 2, "the drained jobs")
            try await bench.give("c", .simple("1"), is: "+c")
            try await bench.give("d", .throttle("2", for: .seconds(36_000)), is: "+d")
            try await bench.advance(by: .seconds(60))
            try await bench.expect(
                bench.sweep(.clean(bench.queue, state: .waiting, olderThan: .zero)), is: 2, "the cleaned jobs")
            try await bench.give("e", .simple("1"), is: "+e")
            try await bench.give("f", .simple("2"), is: "+f")
        },
        Case("deduplication", "the jobs of an obliterated queue hold no more") { bench in
            try await bench.give("a", .simple("1"), is: "+a")
            try await bench.give("b", .throttle("2", for: .seconds(36_000)), is: "+b")
            try await bench.claimOne()
            try await bench.pause()
            _ = try await bench.sweep(.obliterate(bench.queue, force: true))
            try await bench.give("a", .simple("1"), is: "+a")
            try await bench.give("b", .simple("2"), is: "+b")
        },
        Case("deduplication", "removing an old job leaves the id to its newer holder") { bench in
            try await bench.give("a", .simple("d"), is: "+a")
            try await bench.settle(bench.claimOne(), .completed(.null))
            try await bench.give("b", .simple("d"), is: "+b")
            try await bench.apply(.remove(bench.key("a")))
            try await bench.give("c", .simple("d"), is: "~b")
        },
        Case("deduplication", "retention of old jobs leaves the id to its newer holder") { bench in
            try await bench.give("a", .simple("d"), is: "+a")
            try await bench.settle(bench.claimOne(), .completed(.null))
            try await bench.give("b", .simple("d"), is: "+b")
            _ = try await bench.store.prune(bench.queue, PruneRule(.completed, keeping: .keep(0)), limit: 10)
            try await bench.give("c", .simple("d"), is: "~b")
        },
        Case("deduplication", "a finished job that is retried by hand does not hold again") { bench in
            try await bench.give("a", .simple("d"), is: "+a")
            try await bench.settle(bench.claimOne(), .completed(.null))
            try await bench.apply(.retry(bench.key("a"), resetAttempts: false))
            try await bench.give("b", .simple("d"), is: "+b")
            try await bench.settle(bench.claimOne(), .completed(.null))
            try await bench.give("c", .simple("d"), is: "~b")
        },

        // MARK: The last one, if active

        Case("deduplication", "the last job that is given while the holder is active runs after it") { bench in
            try await bench.give("a", .keepLast("d"), is: "+a")
            let claimed = try await bench.claimOne()
            try await bench.expectEvents(["deduplicated a", "deduplicated a"]) {
                try await bench.give("b", .keepLast("d"), payload: #"{"n":1}"#, is: "~a")
                try await bench.give("c", .keepLast("d"), payload: #"{"n":2}"#, priority: 5, is: "~a")
            }
            try await bench.expect(bench.counts().length, is: 0, "the length before the end")
            try await bench.settle(claimed, .completed(.null))
            try await bench.expect(bench.find(bench.key("b")), is: nil, "the job before the last")
            let next = try await bench.job("c")
            try bench.expect(next.state, is: .prioritized, "the state of the last")
            try bench.expect(next.payload.text, is: #"{"n":2}"#, "its payload")
            try bench.expect(next.options.deduplication, is: .keepLast("d"), "its rule")
            try await bench.give("e", .keepLast("d"), is: "~c")
        },
        Case("deduplication", "it is enqueued before the end is told, and can be claimed with it") { bench in
            try await bench.give("a", .keepLast("d"), is: "+a")
            let claimed = try await bench.claimOne()
            try await bench.give("b", .keepLast("d"), is: "~a")
            let settlement = Settlement(lease: claimed.lease, outcome: .completed(.null))
            try await bench.expectEvents(["added b", "waiting b", "completed a", "active b"]) {
                let reply = try await bench.exchange([settlement], claim: 5)
                try bench.expect(reply.claimed.map(\.job.key.id.text), is: ["b"], "the claimed jobs")
            }
        },
        Case("deduplication", "it runs after a failure for good too, and not between attempts") { bench in
            try await bench.give("a", .keepLast("d"), is: "+a")
            let first = try await bench.claimOne()
            try await bench.give("b", .keepLast("d"), is: "~a")
            try await bench.settle(first, .retry(after: .zero, Failure(reason: "no")))
            try await bench.expect(bench.list(.waiting), is: ["a"], "the jobs that wait between attempts")
            try await bench.settle(bench.claimOne(), .failed(Failure(reason: "no")))
            try await bench.expect(bench.list(.waiting), is: ["b"], "the jobs that wait after the failure")
        },
        Case("deduplication", "it runs after a holder that is removed at its end, or cancelled while it waits") {
            bench in
            try await bench.give("a", .keepLast("d"), is: "+a")
            let first = try await bench.claimOne()
            try await bench.give("b", .keepLast("d"), is: "~a")
            try await bench.settle(first, .completed(.null), keeping: .removeAtOnce)
            let second = try await bench.claimOne()
            try await bench.give("c", .keepLast("d"), is: "~b")
            try await bench.settle(second, .released)
            try await bench.apply(.cancel(bench.key("b")))
            try await bench.expect(bench.list(.waiting), is: ["c"], "the jobs that wait")
        },
        Case("deduplication", "a job with a generated id is kept under the id that its event told") { bench in
            let job = NewJob(name: "job", options: .deduplicated(.keepLast("d")))
            let holder = try await bench.add(job)
            let claimed = try await bench.claimOne()
            let start = try await bench.end()
            try await bench.expect(
                bench.store.enqueue(bench.queue, [job]), is: [.deduplicated(holder.id)], "the further job")
            guard case .deduplicated(_, let other)? = try await bench.kinds(since: start).first else {
                throw ConformanceFailure("no event tells of the job that is kept")
            }
            try await bench.expect(bench.holder("d").hold?.next, is: other, "the job that is kept")
            try await bench.addAll(["x"])
            try await bench.settle(claimed, .completed(.null))
            try await bench.expect(bench.list(.waiting), is: ["x", other.text], "the jobs that wait, in order")
        },
        Case("deduplication", "the delay of a job that is kept begins when it is enqueued") { bench in
            try await bench.give("a", .keepLast("d"), is: "+a")
            let claimed = try await bench.claimOne(lease: .seconds(18_000))
            try await bench.give("b", .keepLast("d"), start: .after(.seconds(3600)), is: "~a")
            try await bench.advance(by: .seconds(3000))
            try await bench.settle(claimed, .completed(.null))
            try await bench.expect(bench.list(.delayed), is: ["b"], "the delayed jobs")
            try await bench.advance(by: .seconds(3000))
            try await bench.expect(bench.claimedIDs(), is: [], "the jobs that are due")
            try await bench.advance(by: .seconds(660))
            try await bench.expect(bench.claimedIDs(), is: ["b"], "the jobs that are due")
        },
        Case("deduplication", "an instant that a job is kept for stays what it was") { bench in
            try await bench.give("a", .keepLast("d"), is: "+a")
            let claimed = try await bench.claimOne(lease: .seconds(18_000))
            let now = try await bench.now()
            try await bench.give("b", .keepLast("d"), start: .at(now + .seconds(3600)), is: "~a")
            try await bench.advance(by: .seconds(3000))
            try await bench.settle(claimed, .completed(.null))
            try await bench.expect(bench.claimedIDs(), is: [], "the jobs that are due")
            try await bench.advance(by: .seconds(660))
            try await bench.expect(bench.claimedIDs(), is: ["b"], "the jobs that are due")
        },
        Case("deduplication", "while the holder waits nothing is kept") { bench in
            try await bench.give("a", .keepLast("d"), is: "+a")
            try await bench.give("b", .keepLast("d"), is: "~a")
            try await bench.settle(bench.claimOne(), .completed(.null))
            try await bench.expect(bench.counts().length, is: 0, "the length")
            try await bench.give("c", .keepLast("d"), is: "+c")
        },
        Case("deduplication", "a time has no effect beside it") { bench in
            let rule = Deduplication(id: "d", ttl: .seconds(300), keepLastIfActive: true)
            try await bench.give("a", rule, is: "+a")
            try await bench.advance(by: .seconds(360))
            try await bench.give("b", rule, is: "~a")
            try await bench.expect(bench.holder("d").hold?.remaining, is: nil, "the time")
        },
        Case("deduplication", "a throttle that a job is kept behind holds until the end of its work") { bench in
            try await bench.give("a", .throttle("d", for: .seconds(600)), is: "+a")
            let claimed = try await bench.claimOne(lease: .seconds(18_000))
            try await bench.give("b", .keepLast("d"), is: "~a")
            try await bench.advance(by: .seconds(660))
            try await bench.give("c", .simple("d"), is: "~a")
            try await bench.settle(claimed, .completed(.null))
            try await bench.expect(bench.list(.waiting), is: ["b"], "the jobs that wait")
        },
        Case("deduplication", "a job that is kept goes with a holder that is removed") { bench in
            try await bench.give("a", .keepLast("d"), is: "+a")
            let claimed = try await bench.claimOne()
            try await bench.give("b", .keepLast("d"), is: "~a")
            try await bench.settle(claimed, .released)
            try await bench.apply(.remove(bench.key("a")))
            try await bench.expect(bench.counts().length, is: 0, "the length")
            try await bench.give("c", .keepLast("d"), is: "+c")
            try await bench.settle(bench.claimOne(), .completed(.null))
            try await bench.expect(bench.counts().length, is: 0, "the length")
        },
        Case("deduplication", "a job whose id was stored meanwhile is dropped, and that one stays as it is") { bench in
            try await bench.give("a", .keepLast("d"), is: "+a")
            let claimed = try await bench.claimOne()
            try await bench.give("b", .keepLast("d"), payload: #"{"n":1}"#, is: "~a")
            try await bench.add("b", payload: JSONText(trusted: #"{"n":2}"#))
            try await bench.expectEvents(["duplicated b", "completed a"]) {
                try await bench.settle(claimed, .completed(.null))
            }
            try await bench.expect(bench.job("b").payload.text, is: #"{"n":2}"#, "the payload")
            try await bench.expect(bench.list(.waiting), is: ["b"], "the jobs that wait")
        },
        Case("rule 2", "an exchange that is repeated enqueues a job that was kept once") { bench in
            try await bench.give("a", .keepLast("d"), is: "+a")
            let claimed = try await bench.claimOne()
            try await bench.give("b", .keepLast("d"), is: "~a")
            let settlement = Settlement(lease: claimed.lease, outcome: .completed(.null))
            let id = bench.freshID()
            let first = try await bench.exchange([settlement], claim: 1, id: id)
            try await bench.give("c", .keepLast("d"), is: "~b")
            let second = try await bench.exchange([settlement], claim: 1, id: id)
            try bench.expect(second.settled, is: first.settled, "the statuses")
            try bench.expect(second.claimed.map(\.lease), is: first.claimed.map(\.lease), "the leases")
            try await bench.expect(bench.counts().length, is: 0, "the length")
            try await bench.expect(bench.holder("d").hold?.next?.text, is: "c", "the job that is kept")
        },
        Case("rule 2", "a settlement whose lease is lost ends no hold") { bench in
            try await bench.give("a", .simple("d"), is: "+a")
            let lost = try await bench.claimOne()
            try await bench.settle(lost, .released)
            try await bench.claimOne()
            let outcomes: [Outcome] = [.completed(.null), .failed(Failure(reason: "no"))]
            for outcome in outcomes {
                let reply = try await bench.exchange([Settlement(lease: lost.lease, outcome: outcome)])
                try bench.expect(reply.settled, is: [.leaseLost], "the status")
                try await bench.give("b", .simple("d"), is: "~a")
            }
        },

        // MARK: By hand

        Case("deduplication", "the holder is found by the id, with its time and the job that is kept") { bench in
            try await bench.expect(bench.holder("d"), is: JobPage(jobs: []), "nobody in a queue that is none")
            try await bench.give("a", .throttle("d", for: .seconds(3600)), is: "+a")
            let page = try await bench.holder("d")
            try await bench.expect(page.jobs, is: [bench.job("a")], "the job")
            let remaining = try bench.unwrap(page.hold?.remaining, "a time")
            try bench.expect(
                remaining > .seconds(1800) && remaining <= .seconds(3600), "\(remaining) is about a minute")
            try await bench.expect(bench.holder("e"), is: JobPage(jobs: []), "nobody")
            try await bench.claimOne()
            try await bench.give("b", .keepLast("d"), is: "~a")
            try await bench.expect(
                bench.holder("d").hold,
                is: DeduplicationHold(holder: JobID(stored: "a"), next: JobID(stored: "b")), "the hold")
        },
        Case("deduplication", "a time that is up is nobody's") { bench in
            try await bench.give("a", .throttle("d", for: .seconds(300)), is: "+a")
            try await bench.advance(by: .seconds(360))
            try await bench.expect(bench.holder("d"), is: JobPage(jobs: []), "nobody")
            try await bench.forget("d", is: .notFound)
        },
        Case("deduplication", "an id can be forgotten, so that the next job is stored") { bench in
            try await bench.give("a", .throttle("d", for: .seconds(3600)), is: "+a")
            try await bench.forget("d", is: .done)
            try await bench.forget("d", is: .notFound)
            try await bench.give("b", .simple("d"), is: "+b")
            try await bench.expect(bench.list(.waiting), is: ["a", "b"], "the jobs that wait")
            try await bench.settle(bench.claimOne(), .completed(.null))
            try await bench.give("c", .simple("d"), is: "~b")
        },
        Case("deduplication", "a job that is kept runs also when its id was forgotten") { bench in
            try await bench.give("a", .keepLast("d"), is: "+a")
            let claimed = try await bench.claimOne()
            try await bench.give("b", .keepLast("d"), is: "~a")
            try await bench.forget("d", is: .done)
            try await bench.settle(claimed, .completed(.null))
            try await bench.expect(bench.list(.waiting), is: ["b"], "the jobs that wait")
            try await bench.expect(bench.holder("d").hold?.holder.text, is: "b", "the holder")
        },
        Case("deduplication", "forgetting begins no queue, and refuses what is no id") { bench in
            try await bench.forget("d", is: .notFound)
            try await bench.expect(bench.summary(), is: nil, "a queue that nothing began")
            let results = try await bench.store.configure([.forgetDeduplication(bench.queue, id: "")])
            guard case .refused? = results.first else { throw ConformanceFailure("an empty id answered \(results)") }
        },

        // MARK: Beside other things

        Case("deduplication", "the jobs of a schedule are stored whatever holds the id of their options") { bench in
            var schedule = bench.schedule("s")
            schedule.options = .deduplicated(.simple("d"))
            try await bench.give("a", .simple("d"), is: "+a")
            let slot = try await bench.put(schedule, first: bench.now() + .seconds(3600))
            let next = slot + .seconds(3600)
            try await bench.fire("s", from: slot, to: next, is: .fired(bench.iteration("s", next).id))
            try await bench.apply(.run(bench.scheduleKey("s")))
            try await bench.expect(bench.counts().length, is: 4, "the length")
            try await bench.settle(bench.claimOne(), .completed(.null))
            try await bench.give("b", .simple("d"), is: "+b")
        },
        Case("deduplication", "a job that moves holds its id at the target, and no more at the source") { bench in
            let other = bench.queue("other")
            try await bench.give("a", .simple("1"), in: other, is: "+a")
            try await bench.give("b", .throttle("2", for: .seconds(36_000)), in: other, is: "+b")
            try await bench.settle(bench.claimOne(in: other), .completed(.null))
            try await bench.settle(bench.claimOne(in: other), .completed(.null))
            try await bench.give("c", .simple("1"), start: .after(.seconds(3600)), in: other, is: "+c")
            var jobs = try await bench.whole(.completed, in: other) + bench.whole(.delayed, in: other)
            try bench.expect(jobs.map(\.deduplication?.isHeld), is: [false, true, true], "who holds an id")
            let leaving = jobs.map(\.stamp)
            jobs = jobs.map { bench.here($0) }
            try await bench.move(MoveStep(queue: bench.queue, expected: nil, checkpoint: nil, arriving: jobs))
            try await bench.move(MoveStep(queue: other, expected: nil, checkpoint: nil, leaving: leaving))
            try await bench.give("x", .simple("1"), is: "~c")
            try await bench.give("x", .simple("2"), is: "~b")
            try await bench.give("y", .simple("1"), in: other, is: "+y")
            try await bench.give("z", .simple("2"), in: other, is: "+z")
            try await bench.advance(by: .seconds(36_060))
            try await bench.give("x", .simple("2"), is: "+x")
            try await bench.apply(.remove(bench.key("c")))
            try await bench.give("v", .simple("1"), is: "+v")
        },
        Case("deduplication", "a job that moves takes no id that another one holds at the target") { bench in
            let other = bench.queue("other")
            try await bench.give("a", .simple("d"), in: other, is: "+a")
            try await bench.give("b", .simple("d"), is: "+b")
            let jobs = try await bench.whole(.waiting, in: other).map { bench.here($0) }
            try await bench.move(MoveStep(queue: bench.queue, expected: nil, checkpoint: nil, arriving: jobs))
            try await bench.give("c", .simple("d"), is: "~b")
        },
        Case("deduplication", "a job for whose end another one is kept can't be moved") { bench in
            try await bench.give("a", .keepLast("d"), is: "+a")
            let claimed = try await bench.claimOne()
            try await bench.give("b", .keepLast("d"), is: "~a")
            try await bench.settle(claimed, .released)
            let jobs = try await bench.whole(.waiting)
            try bench.expect(jobs.count, is: 1, "the number of jobs that wait")
            try bench.expect(jobs[0].obstacle != nil, "what the job holds is told as an obstacle")
        },
    ]
}

extension Bench {
    /// Lets nobody hold a deduplication id.
    fileprivate func forget(
        _ id: String, is result: CommandResult, file: String = #fileID, line: Int = #line
    ) async throws {
        try expect(
            await store.configure([.forgetDeduplication(queue, id: id)]), is: [result], "forgetting \(id)", file: file,
            line: line)
    }
}
