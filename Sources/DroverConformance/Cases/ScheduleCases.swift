import DroverCore

extension ConformanceCase {
    static let schedulePutting: [ConformanceCase] = [
        Case("put", "a schedule is stored with the job of its first slot") { bench in
            let slot = try await bench.now() + .seconds(60)
            let plan = SchedulePlan(bench.schedule("s"), first: slot)
            let id = ScheduleID(stored: "s").job(at: slot).text
            try await bench.expectEvents(["added \(id)", "delayed \(id)"]) {
                try bench.expect(await bench.store.put([plan]), is: [.stored(slot: slot)], "the answer")
            }
            let record = try await bench.record("s")
            try bench.expect(record.slot, is: slot, "the slot")
            try bench.expect(record.iterations, is: 1, "the number of jobs")
            try bench.expect(record.isPaused || record.hasEnded, is: false, "whether it is paused or has ended")
            let job = try await bench.job(bench.iteration("s", slot))
            try bench.expect(job.state, is: .delayed, "the state of the job")
            try bench.expect(job.dueAt, is: slot, "when it is due")
            try bench.expect(job.name, is: "tick", "its name")
            try bench.expect(job.payload.text, is: #"{"n":1}"#, "its payload")
            try bench.expect(
                job.key.id.iteration, is: Iteration(schedule: record.schedule.key.id, slot: slot), "its run")
            try await bench.expect(bench.summary() != nil, "the queue exists")
        },
        Case("put", "everything of a schedule is kept") { bench in
            var schedule = bench.schedule("s", .cron("0 6 * * MON-FRI", timeZone: "America/Toronto"))
            let now = try await bench.now()
            schedule.options = JobOptions(attempts: 3, backoff: .fixed(.seconds(2)), priority: 7)
            schedule.options.tags = ["daily"]
            schedule.startsAt = now + .seconds(1)
            schedule.endsAt = now + .seconds(86_400)
            schedule.limit = 12
            schedule.jitter = .seconds(5)
            schedule.catchUp = .all(atMost: 3)
            schedule.overlap = .forbid
            try await bench.put(schedule, first: now + .seconds(60))
            try await bench.expect(bench.record("s").schedule, is: schedule, "the schedule")
            schedule.catchUp = .latest
            schedule.overlap = .allow
            schedule.jitter = .zero
            schedule.payload = .emptyObject
            try await bench.put(schedule, first: now + .seconds(61))
            try await bench.expect(bench.record("s").schedule, is: schedule, "the schedule that replaced it")
        },
        Case("put", "a job may become due later than its slot") { bench in
            let slot = try await bench.now() + .seconds(60)
            try await bench.put(bench.schedule("s"), first: slot, due: slot + .seconds(5))
            try await bench.expect(
                bench.job(bench.iteration("s", slot)).dueAt, is: slot + .seconds(5), "when it is due")
        },
        Case("put", "a slot that has passed is ready at once") { bench in
            let slot = try await bench.now() + .seconds(-60)
            try await bench.put(bench.schedule("s"), first: slot)
            try await bench.expect(bench.job(bench.iteration("s", slot)).state, is: .waiting, "the state")
        },
        Case("put", "an interval begins at once, and its offset is kept") { bench in
            let before = try await bench.now()
            let slot = try await bench.put(bench.schedule("s", .every(.seconds(30))))
            try bench.expect(slot >= before, "the first slot is now")
            let rest = slot.milliseconds % 30_000
            try await bench.expect(
                bench.record("s").schedule.timing, is: .every(.seconds(30), offset: .milliseconds(rest)), "the timing")
        },
        Case("put", "an interval with an offset begins at its next multiple") { bench in
            let now = try await bench.now()
            let slot = try await bench.put(bench.schedule("s", .every(.seconds(900), offset: .seconds(180))))
            try bench.expect((slot.milliseconds - 180_000) % 900_000, is: 0, "its distance from a multiple")
            try bench.expect(slot > now && slot - now <= .seconds(901), "it is the next one")
        },
        Case("put", "an interval with a start begins there") { bench in
            var schedule = bench.schedule("s", .every(.seconds(30)))
            let start = try await bench.now() + .seconds(100)
            schedule.startsAt = start
            try await bench.expect(bench.put(schedule), is: start, "the first slot")
        },
        Case("put", "storing it again replaces the pending job, keeps its number, and the slot of the same interval") {
            bench in
            let first = try await bench.put(bench.schedule("s", .every(.seconds(30), offset: .seconds(1))))
            var changed = bench.schedule("s", .every(.seconds(30), offset: .seconds(1)))
            changed.payload = JSONText(trusted: "2")
            try await bench.expect(bench.put(changed), is: first, "the slot")
            try await bench.expect(bench.counts().total, is: 1, "the number of jobs")
            try await bench.expect(bench.job(bench.iteration("s", first)).payload.text, is: "2", "the payload")
            try await bench.expect(bench.record("s").iterations, is: 1, "its number of jobs")
        },
        Case("put", "spans are kept in whole milliseconds, rounded up, and so compared") { bench in
            var schedule = bench.schedule("s", .every(.microseconds(29_999_500), offset: .microseconds(500)))
            schedule.jitter = .microseconds(1500)
            let slot = try await bench.put(schedule)
            let stored = try await bench.record("s").schedule
            try bench.expect(stored.timing, is: .every(.seconds(30), offset: .milliseconds(1)), "the timing")
            try bench.expect(stored.jitter, is: .milliseconds(2), "the jitter")
            try await bench.advance(by: .seconds(5))
            try await bench.expect(bench.put(stored), is: slot, "the slot of the same interval")
        },
        Case("put", "another interval and another expression begin anew") { bench in
            let first = try await bench.put(bench.schedule("s", .every(.seconds(3000), offset: .seconds(1))))
            let second = try await bench.put(bench.schedule("s", .every(.seconds(7))))
            try bench.expect(first != second, "the slot is another")
            let third = try await bench.put("s", in: .seconds(500))
            try await bench.expect(bench.list(.delayed), is: [bench.iteration("s", third).id.text], "what is delayed")
            try await bench.expect(bench.counts().total, is: 1, "the number of jobs")
        },
        Case("put", "a job that was claimed is not replaced") { bench in
            let slot = try await bench.put("s", in: .seconds(-1))
            try await bench.claimOne()
            let next = try await bench.put("s", in: .seconds(60))
            try await bench.expect(bench.job(bench.iteration("s", slot)).state, is: .active, "the first job's state")
            try await bench.expect(bench.job(bench.iteration("s", next)).state, is: .delayed, "the next job's state")
        },
        Case("put", "a slot whose job exists is told, and nothing is changed") { bench in
            let slot = try await bench.put("s", in: .seconds(-1))
            try await bench.claimOne()
            var changed = bench.schedule("s")
            changed.payload = .null
            let plan = SchedulePlan(changed, first: slot)
            try await bench.expect(bench.store.put([plan]), is: [.taken(slot)], "the answer")
            try await bench.expect(bench.record("s").schedule, is: bench.schedule("s"), "the schedule")
        },
        Case("put", "an interval steps over slots whose jobs exist") { bench in
            let slot = try await bench.put(bench.schedule("s", .every(.seconds(3600), offset: .seconds(1))))
            let next = slot + .seconds(3600)
            try await bench.advance(by: .seconds(3601))
            try await bench.settle(bench.claimOne(), .completed(.null))
            try await bench.apply(.remove(bench.scheduleKey("s")))
            try await bench.add(bench.iteration("s", next).id.text, start: .after(.seconds(99_999)))
            let again = try await bench.put(bench.schedule("s", .every(.seconds(3600), offset: .seconds(1))))
            try bench.expect(again, is: next + .seconds(3600), "the slot")
        },
        Case("put", "each bad plan is refused by itself") { bench in
            let now = try await bench.now()
            var backwards = bench.schedule("a")
            backwards.startsAt = now
            backwards.endsAt = now
            var late = bench.schedule("b")
            late.endsAt = now + .seconds(10)
            let plans = [
                SchedulePlan(backwards, first: now), SchedulePlan(late, first: now + .seconds(11)),
                SchedulePlan(bench.schedule("c")), SchedulePlan(bench.schedule("d", .every(.zero))),
                SchedulePlan(bench.schedule("e"), first: now + .seconds(60)),
            ]
            let results = try await bench.store.put(plans)
            try bench.expect(results.map(\.isStored), is: [false, false, false, false, true], "what is stored")
            try await bench.expect(bench.schedules(), is: ["e"], "the schedules")
        },
    ]

    static let firing: [ConformanceCase] = [
        Case("fire", "it stores the job of the next slot, once") { bench in
            let slot = try await bench.put("s", in: .seconds(-1))
            try await bench.claimOne()
            let next = slot + .seconds(60)
            let id = bench.iteration("s", next).id
            try await bench.expectEvents(["added \(id)", "delayed \(id)"]) {
                try await bench.fire("s", from: slot, to: next, is: .fired(id))
                try await bench.fire("s", from: slot, to: next, is: .stale)
                try await bench.fire("s", from: slot, to: next + .seconds(1), is: .stale)
            }
            let record = try await bench.record("s")
            try bench.expect(record.slot, is: next, "the slot")
            try bench.expect(record.iterations, is: 2, "the number of jobs")
            try await bench.expect(
                bench.job(.init(queue: bench.queue, id: id)).payload.text, is: #"{"n":1}"#, "its payload")
        },
        Case("fire", "a next slot that has passed makes a job that is ready, and wakes") { bench in
            let slot = try await bench.put("s", in: .seconds(-100))
            try await bench.claimOne()
            try await bench.expectWork("for a job of the next slot") {
                let next = slot + .seconds(60)
                try await bench.fire("s", from: slot, to: next, is: .fired(bench.iteration("s", next).id))
            }
            try await bench.expect(
                bench.claimedIDs(), is: [bench.iteration("s", slot + .seconds(60)).id.text], "claimed")
        },
        Case("fire", "without a next slot the schedule has ended, until it is stored anew") { bench in
            let slot = try await bench.put("s", in: .seconds(-1))
            try await bench.settle(bench.claimOne(), .completed(.null))
            try await bench.fire("s", from: slot, to: nil, is: .ended)
            try await bench.expect(bench.record("s").hasEnded, "it has ended")
            try await bench.expect(bench.schedules(.overdue), is: [], "what is overdue")
            try await bench.fire("s", from: slot, to: slot + .seconds(60), is: .stale)
            try await bench.put("s", in: .seconds(60))
            try await bench.expect(bench.record("s").hasEnded, is: false, "whether it has ended")
        },
        Case("fire", "a job that exists under the next slot is told, and nothing is changed") { bench in
            let slot = try await bench.put("s", in: .seconds(-1))
            try await bench.claimOne()
            let next = bench.iteration("s", slot + .seconds(60)).id
            try await bench.add(next.text, start: .after(.seconds(99_999)))
            try await bench.expectEvents(["duplicated \(next)"]) {
                try await bench.fire("s", from: slot, to: slot + .seconds(60), is: .duplicate(next))
            }
            try await bench.expect(bench.record("s").slot, is: slot, "the slot")
        },
        Case("fire", "an unknown schedule is told, and no queue is created") { bench in
            try await bench.fire("s", from: Timestamp(milliseconds: 1), to: nil, is: .notFound)
            try await bench.expect(bench.summary(), is: nil, "the queue")
        },
        Case("fire", "each firing is answered in its place") { bench in
            let slot = try await bench.put("s", in: .seconds(-1))
            let unknown = Firing(key: bench.scheduleKey("x"), slot: slot, next: nil)
            let known = Firing(key: bench.scheduleKey("s"), slot: slot, next: nil)
            try await bench.expect(bench.store.fire([unknown, known]), is: [.notFound, .ended], "the answers")
        },
    ]

    static let scheduleCommands: [ConformanceCase] = [
        Case("schedule commands", "a removed schedule takes its delayed job along") { bench in
            let slot = try await bench.put("s", in: .seconds(60))
            try await bench.expectEvents(["removed \(bench.iteration("s", slot).id)"]) {
                try await bench.apply(.remove(bench.scheduleKey("s")))
            }
            try await bench.expect(bench.counts().total, is: 0, "the number of jobs")
            try await bench.expect(bench.schedules(), is: [], "the schedules")
            try await bench.apply(.remove(bench.scheduleKey("s")), is: .notFound)
        },
        Case("schedule commands", "a removed schedule's job that waits or runs goes on") { bench in
            let slot = try await bench.put("s", in: .seconds(-1))
            let claimed = try await bench.claimOne()
            try await bench.apply(.remove(bench.scheduleKey("s")))
            try await bench.fire("s", from: slot, to: slot + .seconds(60), is: .notFound)
            try await bench.settle(claimed, .completed(.null))
        },
        Case("schedule commands", "a paused schedule makes no jobs until it is resumed") { bench in
            let slot = try await bench.put("s", in: .seconds(60))
            try await bench.apply(.pause(bench.scheduleKey("s")))
            try await bench.apply(.pause(bench.scheduleKey("s")))
            try await bench.expect(bench.counts().total, is: 0, "the number of jobs")
            try await bench.expect(bench.record("s").isPaused, "it is paused")
            try await bench.expect(bench.schedules(), is: ["s"], "the schedules")
            try await bench.fire("s", from: slot, to: slot + .seconds(60), is: .stale)
            try await bench.advance(by: .seconds(61))
            try await bench.expect(bench.schedules(.overdue), is: [], "what is overdue")
            let next = try await bench.now() + .seconds(30)
            try await bench.apply(.resume(bench.scheduleKey("s"), from: next))
            try await bench.apply(.resume(bench.scheduleKey("s"), from: next + .seconds(1)))
            try await bench.expect(bench.record("s").slot, is: next, "the slot")
            try await bench.expect(bench.list(.delayed), is: [bench.iteration("s", next).id.text], "what is delayed")
        },
        Case("schedule commands", "a paused schedule that is stored anew stays paused") { bench in
            try await bench.put("s", in: .seconds(60))
            try await bench.apply(.pause(bench.scheduleKey("s")))
            let plan = try await SchedulePlan(bench.schedule("s"), first: bench.now() + .seconds(10))
            try await bench.expect(bench.store.put([plan]), is: [.paused], "the answer")
            try await bench.expect(bench.counts().total, is: 0, "the number of jobs")
            try await bench.expect(bench.record("s").isPaused, "it is paused")
        },
        Case("schedule commands", "an interval is resumed in its phase, an expression needs its slot") { bench in
            let first = try await bench.put(bench.schedule("s", .every(.seconds(600), offset: .seconds(1))))
            try await bench.apply(.pause(bench.scheduleKey("s")))
            try await bench.advance(by: .seconds(2000))
            try await bench.apply(.resume(bench.scheduleKey("s"), from: nil))
            let slot = try await bench.record("s").slot
            try bench.expect((slot - first).wholeMilliseconds % 600_000, is: 0, "its distance from the first")
            try await bench.expect(slot >= bench.now(), "it is to come")
            try await bench.put("c", in: .seconds(60))
            try await bench.apply(.pause(bench.scheduleKey("c")))
            let answer = try await bench.store.apply([.resume(bench.scheduleKey("c"), from: nil)])
            guard case .refused = answer[0] else { throw ConformanceFailure("expected a refusal, got \(answer)") }
        },
        Case("schedule commands", "run adds one job now and leaves the slots alone") { bench in
            let slot = try await bench.put("s", in: .seconds(60))
            try await bench.apply(.run(bench.scheduleKey("s")))
            let claimed = try await bench.claimOne()
            try bench.expect(claimed.job.name, is: "tick", "its name")
            try bench.expect(claimed.job.payload.text, is: #"{"n":1}"#, "its payload")
            try bench.expect(claimed.job.key.id.iteration, is: nil, "its run")
            try await bench.expect(bench.record("s").slot, is: slot, "the slot")
            try await bench.apply(.run(bench.scheduleKey("x")), is: .notFound)
        },
        Case("schedule commands", "the next run can't be removed, is not swept away, and can be promoted or cancelled")
        {
            bench in
            let slot = try await bench.put("s", in: .seconds(60))
            let key = bench.iteration("s", slot)
            try await bench.add("d", start: .after(.seconds(60)))
            let answer = try await bench.store.apply([JobCommand.remove(key)])
            guard case .refused = answer[0] else { throw ConformanceFailure("expected a refusal, got \(answer)") }
            try await bench.expect(bench.sweep(.drain(bench.queue, delayed: true)), is: 1, "drained")
            try await bench.advance(by: .seconds(10))
            try await bench.expect(
                bench.sweep(.clean(bench.queue, state: .delayed, olderThan: .zero)), is: 0, "cleaned")
            try await bench.expect(bench.list(.delayed), is: [key.id.text], "what is delayed")
            try await bench.apply(.promote(key))
            try await bench.expect(bench.claimedIDs(), is: [key.id.text], "claimed")
            let second = try await bench.put("t", in: .seconds(60))
            try await bench.apply(.cancel(bench.iteration("t", second)))
            try await bench.expect(bench.job(bench.iteration("t", second)).state, is: .failed, "the state")
        },
        Case("schedule commands", "a drain in small steps passes the next runs over and ends") { bench in
            for id in ["s", "t"] { try await bench.put(id, in: .seconds(-1)) }
            try await bench.put("u", in: .seconds(60))
            for id in ["a", "b"] { try await bench.add(id) }
            try await bench.add("c", start: .after(.seconds(99_999)))
            try await bench.expect(
                bench.sweep(.drain(bench.queue, delayed: true), limit: 1), is: 3, "the number of drained jobs")
            try await bench.expect(bench.counts().total, is: 3, "the number of jobs that stay")
        },
        Case("schedule commands", "a next run that has ended is not cleaned, another job of the schedule is") { bench in
            let first = try await bench.put("s", in: .seconds(-1))
            try await bench.settle(bench.claimOne(), .completed(.null))
            try await bench.advance(by: .seconds(1))
            let clean = Sweep.clean(bench.queue, state: .completed, olderThan: .zero)
            try await bench.expect(bench.sweep(clean), is: 0, "how many were cleaned")
            let next = first + .seconds(60)
            try await bench.fire("s", from: first, to: next, is: .fired(bench.iteration("s", next).id))
            try await bench.expect(bench.sweep(clean), is: 1, "how many were cleaned then")
        },
        Case("schedule commands", "only the very id of its slot makes a job a next run") { bench in
            let slot = try await bench.put("s", in: .seconds(60))
            let other = JobKey(queue: bench.queue, id: JobID(stored: "repeat:s:0\(slot)"))
            try await bench.add(other.id.text)
            try await bench.apply(.remove(other))
        },
        Case("schedule commands", "a job that waits when its schedule is paused outlives the schedule stored anew") {
            bench in
            let slot = try await bench.put("s", in: .seconds(-1))
            let id = bench.iteration("s", slot)
            try bench.expect(await bench.store.apply([.pause(bench.scheduleKey("s"))]), is: [.done], "the pause")
            for first in [slot, slot + .seconds(60)] {
                let plan = SchedulePlan(bench.schedule("s"), first: first)
                try bench.expect(await bench.store.put([plan]), is: [.paused], "the answer")
                try await bench.expect(bench.list(.waiting), is: [id.id.text], "what waits")
            }
        },
        Case("schedule commands", "a paused schedule that is removed takes its delayed job along") { bench in
            try await bench.put("s", in: .seconds(-1))
            let claimed = try await bench.claimOne()
            try await bench.apply(.pause(bench.scheduleKey("s")))
            try await bench.settle(claimed, .snoozed(.seconds(60)))
            try await bench.expectEvents(["removed \(claimed.job.key.id)"]) {
                try await bench.apply(.remove(bench.scheduleKey("s")))
            }
            try await bench.expect(bench.counts().total, is: 0, "the number of jobs")
        },
        Case("schedule commands", "a schedule that has ended is paused no more when it is resumed, and makes no job") {
            bench in
            let slot = try await bench.put("s", in: .seconds(-1))
            try await bench.settle(bench.claimOne(), .completed(.null))
            try await bench.fire("s", from: slot, to: nil, is: .ended)
            try await bench.apply(.pause(bench.scheduleKey("s")))
            try await bench.apply(.resume(bench.scheduleKey("s"), from: slot + .seconds(600)))
            let record = try await bench.record("s")
            try bench.expect(record.isPaused, is: false, "whether it is paused")
            try bench.expect(record.hasEnded, "it has ended")
            try bench.expect(record.slot, is: slot, "the slot")
            try await bench.expect(bench.counts().total, is: 1, "the number of jobs")
        },
        Case("schedule commands", "an obliterated queue has no schedules") { bench in
            try await bench.put("s", in: .seconds(60))
            try await bench.put("t", in: .seconds(60))
            try await bench.apply(.pause(bench.scheduleKey("t")))
            try await bench.pause()
            _ = try await bench.sweep(.obliterate(bench.queue, force: true))
            try await bench.expect(bench.schedules(), is: [], "the schedules")
            try await bench.apply(.resume(bench.scheduleKey("t"), from: nil), is: .notFound)
        },
    ]

    static let scheduleListing: [ConformanceCase] = [
        Case("schedules", "they come by slot, then id, in pages, both ways, paused ones too") { bench in
            let base = try await bench.now() + .seconds(1000)
            for (id, span) in [("c", 1), ("a", 2), ("b", 2), ("e", 3), ("d", 3)] {
                try await bench.put(bench.schedule(id), first: base + .seconds(span))
            }
            try await bench.apply(.pause(bench.scheduleKey("b")))
            for limit in [1, 2, 5, 100] {
                try await bench.expect(bench.schedules(limit: limit), is: ["c", "a", "b", "d", "e"], "by \(limit)")
                try await bench.expect(
                    bench.schedules(.all, .descending, limit: limit), is: ["e", "d", "b", "a", "c"], "back by \(limit)")
                let ids = ["e", "x", "b", "c"].map(ScheduleID.init(stored:))
                try await bench.expect(
                    bench.schedules(.ids(ids), limit: limit), is: ["c", "b", "e"], "ids by \(limit)")
            }
        },
        Case("schedules", "one whose id is asked for twice comes once") { bench in
            try await bench.put("s", in: .seconds(60))
            try await bench.expect(
                bench.schedules(.ids(["s", "s"].map(ScheduleID.init(stored:)))), is: ["s"], "the schedules")
        },
        Case("schedules", "overdue are those whose slot has come and whose job can't take them on") { bench in
            let first = try await bench.put("finished", in: .seconds(-10))
            try await bench.settle(bench.claimOne(), .completed(.null))
            try await bench.put("active", in: .seconds(-9))
            try await bench.claimOne()
            try await bench.put("waiting", in: .seconds(-8))
            try await bench.put("coming", in: .seconds(600))
            let cancelled = try await bench.put("cancelled", in: .seconds(300))
            try await bench.apply(.cancel(bench.iteration("cancelled", cancelled)))
            try await bench.expect(bench.schedules(.overdue), is: ["finished"], "what is overdue")
            try await bench.fire(
                "finished", from: first, to: first + .seconds(9000),
                is: .fired(bench.iteration("finished", first + .seconds(9000)).id))
            try await bench.expect(bench.schedules(.overdue), is: [], "what is overdue then")
            try await bench.advance(by: .seconds(301))
            try await bench.expect(bench.schedules(.overdue), is: ["cancelled"], "what is overdue after its slot")
        },
        Case("schedules", "of an unknown queue there are none, and a strange cursor is an error") { bench in
            try await bench.expect(bench.schedules(), is: [], "the schedules")
            try await bench.expect(bench.summary(), is: nil, "the queue")
            try await bench.expectThrown(.invalid) {
                _ = try await bench.store.schedules(
                    ScheduleQuery(queue: bench.queue), page: Page(after: PageCursor("strange")))
            }
        },
    ]
}
