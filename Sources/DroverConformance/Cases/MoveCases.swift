import DroverCore

extension ConformanceCase {
    static let moving: [ConformanceCase] = [
        Case("move", "a page has whole jobs: what was reported, what became of them, and their logs") { bench in
            try await bench.add(NewJob(id: JobID(stored: "a"), name: "job", options: bench.someOptions))
            let lease = try await bench.claimOne().lease
            _ = try await bench.store.record([
                JobReport(lease: lease, content: .log("one", keep: nil)),
                JobReport(lease: lease, content: .log("two", keep: nil)),
                JobReport(lease: lease, content: .progress(.null)),
            ])
            try await bench.exchange([
                Settlement(
                    lease: lease, outcome: .failed(Failure(reason: "no", trace: "at a", keepTraces: 3)),
                    retention: .keepAll)
            ])
            let whole = try await bench.whole(.failed)
            try bench.expect(whole.count, is: 1, "the jobs")
            try await bench.expect(whole[0].record, is: bench.job(bench.key("a")), "the record")
            try bench.expect(whole[0].log, is: ["one", "two"], "the log")
            try bench.expect(whole[0].obstacle, is: nil, "the obstacle")
        },
        Case("move", "jobs of every state arrive as they are, in order, behind those that are there") { bench in
            let other = bench.queue("other")
            try await bench.fill(other)
            try await bench.add("first")
            var number = 0
            var mark: String?
            for state in [JobState.waiting, .prioritized, .delayed, .completed, .failed] {
                let jobs = try await bench.whole(state, in: other)
                try bench.expect(!jobs.isEmpty, "there are \(state) jobs")
                number += 1
                let point = bench.checkpoint(number, jobs: jobs)
                let report = try await bench.move(
                    MoveStep(
                        queue: bench.queue, expected: mark, checkpoint: point, arriving: jobs.map { bench.here($0) }))
                try bench.expect(report.stored, is: jobs.count, "the \(state) jobs that were stored")
                mark = point.mark
            }
            for state in [JobState.waiting, .prioritized, .delayed, .completed, .failed] {
                var expected = try await bench.whole(state, in: other).map { bench.here($0) }
                if state == .waiting {
                    expected = try await [bench.whole(.waiting)[0]] + expected
                    try bench.expect(expected[0].record.key.id.text, is: "first", "the first waiting job")
                }
                try await bench.expect(bench.whole(state), is: expected, "the \(state) jobs")
            }
            try await bench.expect(bench.claimedIDs(), is: ["first", "w1", "w2", "w3", "p1", "p2", "p3"], "the claims")
        },
        Case("move", "an arriving job's options keep what is not known here, byte for byte") { bench in
            let text = #"{"attempts":3,"x":{"b":[],"a":9007199254740993},"tags":["t"]}"#
            var job = bench.arriving("a")
            job.options = text
            try await bench.move(MoveStep(queue: bench.queue, expected: nil, checkpoint: nil, arriving: [job]))
            let whole = try await bench.whole(.waiting)
            try bench.expect(whole[0].options, is: text, "the options")
            try bench.expect(whole[0].record.options.attempts, is: 3, "the attempts")
            try bench.expect(whole[0].record.options.tags, is: ["t"], "the tags")
        },
        Case("move", "a job that is there already is known, whatever has become of it, and stays as it is") { bench in
            let job = bench.arriving("a")
            let step = MoveStep(queue: bench.queue, expected: nil, checkpoint: nil, arriving: [job])
            try await bench.expect(bench.move(step).stored, is: 1, "the jobs that were stored")
            try await bench.settle(bench.claimOne(), .completed(.null))
            let report = try await bench.move(step)
            try bench.expect(report.stored, is: 0, "the jobs that were stored again")
            try bench.expect(report.known, is: 1, "the known jobs")
            try await bench.expect(bench.counts(), is: JobCounts([.completed: 1]), "the counts")
        },
        Case("move", "a step in which another job has the id of an arriving one does nothing at all") { bench in
            try await bench.add("a", payload: JSONText("[1]"))
            let step = MoveStep(
                queue: bench.queue, expected: nil, checkpoint: bench.checkpoint(1),
                arriving: [bench.arriving("b"), bench.arriving("a")])
            let reply = try await bench.store.move(step)
            guard case .refused(let refusals) = reply else {
                throw ConformanceFailure("expected the step to be refused, got \(reply)")
            }
            try bench.expect(refusals.map(\.id), is: ["a"], "the refused jobs")
            try await bench.expect(bench.counts(), is: JobCounts([.waiting: 1]), "the counts")
            try await bench.expect(bench.point().checkpoint, is: nil, "the checkpoint")
        },
        Case("move", "only who knows the stored checkpoint goes on, and sees it otherwise") { bench in
            let first = bench.checkpoint(1, jobs: [bench.arriving("a")])
            try await bench.move(MoveStep(queue: bench.queue, expected: nil, checkpoint: first))
            try await bench.expect(bench.point().checkpoint, is: first, "the stored checkpoint")
            for expected in [nil, bench.checkpoint(0).mark, "source else 1"] {
                let step = MoveStep(
                    queue: bench.queue, expected: expected, checkpoint: bench.checkpoint(2),
                    arriving: [bench.arriving("b")])
                try await bench.expect(bench.store.move(step), is: .conflict(first), "the reply")
            }
            try await bench.expect(bench.counts().total, is: 0, "the jobs")
            try await bench.move(MoveStep(queue: bench.queue, expected: first.mark, checkpoint: nil))
            try await bench.expect(bench.point().checkpoint, is: nil, "the checkpoint at the end")
        },
        Case("move", "jobs leave from every state but active, each with its log and an event") { bench in
            try await bench.fill(bench.queue)
            let active = try await bench.claimOne()
            var stamps: [JobStamp] = [JobStamp(id: active.job.key.id, createdAt: active.job.createdAt)]
            for state in [JobState.waiting, .prioritized, .delayed, .completed, .failed] {
                stamps += try await bench.whole(state).map(\.stamp)
            }
            stamps.append(JobStamp(id: JobID(stored: "unknown"), createdAt: Timestamp(milliseconds: 1)))
            let start = try await bench.end()
            let report = try await bench.move(
                MoveStep(queue: bench.queue, expected: nil, checkpoint: nil, leaving: stamps))
            try bench.expect(report.held, is: [active.job.key.id], "the jobs that are held")
            try bench.expect(report.removed, is: stamps.count - 2, "the jobs that left")
            try await bench.expect(bench.counts(), is: JobCounts([.active: 1]), "the counts")
            let events = try await bench.kinds(since: start).map(\.name)
            try bench.expect(events, is: Array(repeating: "removed", count: report.removed), "the events")
        },
        Case("move", "another job that has come under the id of one that left stays") { bench in
            try await bench.add("a")
            let stamp = try await bench.whole(.waiting)[0].stamp
            let step = MoveStep(queue: bench.queue, expected: nil, checkpoint: nil, leaving: [stamp])
            try await bench.expect(bench.move(step).removed, is: 1, "the jobs that left")
            try await bench.advance(by: .seconds(5))
            try await bench.add("a")
            try await bench.expect(bench.move(step).removed, is: 0, "the jobs that left again")
            try await bench.expect(bench.counts(), is: JobCounts([.waiting: 1]), "the counts")
        },
        Case("move", "ids that are generated afterwards lie above those that arrived, and above what was asked") {
            bench in
            let step = MoveStep(
                queue: bench.queue, expected: nil, checkpoint: nil, arriving: [bench.arriving("1000000")])
            try await bench.move(step)
            let next = try await bench.add()
            try bench.expect((Int64(next.id.text) ?? 0) > 1_000_000, "\(next) lies above the arrived job")
            try await bench.move(MoveStep(queue: bench.queue, expected: nil, checkpoint: nil, idsAbove: 5_000_000))
            let last = try await bench.add()
            try bench.expect((Int64(last.id.text) ?? 0) > 5_000_000, "\(last) lies above what was asked")
            try await bench.expect(bench.point().lastID >= 5_000_001, "the last id is told")
        },
        Case("move", "jobs with the same number in two queues are each found, claimed and settled") { bench in
            let other = bench.queue("other")
            for queue in [bench.queue, other] {
                var job = bench.arriving("77", payload: #"{"q":"\#(queue)"}"#)
                job.record.key = JobKey(queue: queue, id: job.record.key.id)
                try await bench.move(MoveStep(queue: queue, expected: nil, checkpoint: nil, arriving: [job]))
            }
            for queue in [bench.queue, other] {
                let key = bench.key("77", in: queue)
                try await bench.expect(bench.job(key).payload.text, is: #"{"q":"\#(queue)"}"#, "the payload")
                let claimed = try await bench.claimOne(in: queue)
                try bench.expect(claimed.job.key, is: key, "the claimed job")
                try await bench.expect(bench.store.renew([claimed.lease]), is: [.held], "the lease")
                let report = JobReport(lease: claimed.lease, content: .log("line", keep: nil))
                try await bench.expect(bench.store.record([report]), is: [.recorded], "the report")
                try await bench.settle(claimed, .completed(.null))
                try await bench.expect(bench.job(key).state, is: .completed, "the state")
                try await bench.apply(.remove(key))
            }
        },
        Case("move", "jobs that arrive wake who waits for work") { bench in
            try await bench.add("a")
            try await bench.settle(bench.claimOne(), .completed(.null))
            try await bench.expectWork("a job arrived") {
                let step = MoveStep(queue: bench.queue, expected: nil, checkpoint: nil, arriving: [bench.arriving("b")])
                try await bench.move(step)
            }
        },
        Case("move", "a schedule arrives with its slot, its counts and its one pending job, and goes on") { bench in
            let other = bench.queue("other")
            let slot = try await bench.putElsewhere("s", in: other)
            let schedules = try await bench.store.movePage(
                MoveQuery(queue: other, part: .schedules), page: Page()
            ).schedules
            try bench.expect(schedules.count, is: 1, "the schedules")
            try bench.expect(schedules[0].pending?.record.key.id, is: ScheduleID(stored: "s").job(at: slot), "the job")
            let arriving = schedules.map { bench.here($0) }
            let step = MoveStep(
                queue: bench.queue, expected: nil, checkpoint: nil, arrivingSchedules: arriving)
            let report = try await bench.move(step)
            try bench.expect(report.schedules, is: 1, "the schedules that were stored")
            try bench.expect(report.stored, is: 1, "the jobs that were stored")
            try await bench.expect(bench.record("s"), is: arriving[0].record, "the schedule")
            try await bench.expect(bench.move(step).schedules, is: 0, "a schedule that is known")
            try await bench.expect(bench.counts(), is: JobCounts([.delayed: 1]), "the counts")
            try await bench.advance(by: .seconds(120))
            let claimed = try await bench.claimOne()
            try bench.expect(claimed.job.key, is: bench.iteration("s", slot), "the claimed job")
            let next = slot + .seconds(60)
            try await bench.fire("s", from: slot, to: next, is: .fired(ScheduleID(stored: "s").job(at: next)))
            try await bench.expect(bench.record("s").iterations, is: arriving[0].record.iterations + 1, "its runs")
        },
        Case("move", "another schedule of the same id refuses the step; a leaving one goes only at its slot") { bench in
            let other = bench.queue("other")
            let slot = try await bench.putElsewhere("s", in: other)
            var schedule = bench.schedule("s")
            schedule.payload = .null
            try await bench.put(schedule, first: slot)
            let found = try await bench.store.movePage(MoveQuery(queue: other, part: .schedules), page: Page())
            let step = MoveStep(
                queue: bench.queue, expected: nil, checkpoint: nil,
                arrivingSchedules: found.schedules.map { bench.here($0) })
            guard case .refused(let refusals) = try await bench.store.move(step) else {
                throw ConformanceFailure("a differing schedule arrived")
            }
            try bench.expect(refusals.map(\.id), is: ["s"], "the refused schedules")
            for (stamped, left) in [(slot + .seconds(1), ["s"]), (slot, [])] {
                let leaving = ScheduleStamp(id: ScheduleID(stored: "s"), slot: stamped)
                try await bench.move(
                    MoveStep(queue: bench.queue, expected: nil, checkpoint: nil, leavingSchedules: [leaving]))
                try await bench.expect(bench.schedules(), is: left, "the schedules")
            }
        },
        Case("move", "reading a queue that is not there makes none, and a page goes on behind its cursor") { bench in
            try await bench.expect(bench.point().checkpoint, is: nil, "the checkpoint")
            try await bench.expect(bench.summary() == nil, "the queue was not made")
            try await bench.addAll(["a", "b", "c"])
            for limit in [1, 2, 3] {
                var ids: [String] = []
                var cursor: PageCursor?
                var bound = PageBound()
                repeat {
                    try bound.turn()
                    let page = try await bench.store.movePage(
                        MoveQuery(queue: bench.queue, part: .jobs(.waiting)), page: Page(limit: limit, after: cursor))
                    ids += page.jobs.map(\.record.key.id.text)
                    cursor = page.next
                } while cursor != nil
                try bench.expect(ids, is: ["a", "b", "c"], "the jobs, by \(limit)")
            }
        },
        Case("move", "an obliterated queue has no checkpoint") { bench in
            try await bench.move(
                MoveStep(queue: bench.queue, expected: nil, checkpoint: bench.checkpoint(1)))
            try await bench.pause()
            _ = try await bench.sweep(.obliterate(bench.queue, force: false))
            try await bench.expect(bench.point().checkpoint, is: nil, "the checkpoint")
        },
    ]
}
