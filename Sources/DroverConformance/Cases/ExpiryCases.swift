import DroverCore

extension ConformanceCase {
    static let expiring: [ConformanceCase] = [
        Case("expiry", "a job that is claimed in time has not expired, one that is claimed later has") { bench in
            try await bench.addExpiring("a", "b")
            try await bench.advance(by: .seconds(1900))
            try await bench.expectExpired(false, "a")
            try await bench.advance(by: .seconds(1900))
            try await bench.expectExpired(true, "b")
        },
        Case("expiry", "the time counts from the due time of a delayed job, also of one that is promoted") { bench in
            try await bench.addExpiring("a", "b", start: .after(.seconds(4000)))
            try await bench.advance(by: .seconds(6000))
            try await bench.expectExpired(false, "a")
            try await bench.advance(by: .seconds(2000))
            try await bench.expectExpired(true, "b")
            try await bench.addExpiring("c", start: .after(.seconds(4000)))
            try await bench.apply(.promote(bench.key("c")))
            try await bench.advance(by: .seconds(5000))
            try await bench.expectExpired(false, "c")
        },
        Case("expiry", "the time counts from the instant that a job runs at, or from its adding if that has passed") {
            bench in
            let now = try await bench.now()
            try await bench.addExpiring("a", "b", start: .at(now + .seconds(4000)))
            try await bench.addExpiring("old", start: .at(now + .seconds(-100_000)))
            try await bench.advance(by: .seconds(1000))
            try await bench.expectExpired(false, "old")
            try await bench.advance(by: .seconds(5000))
            try await bench.expectExpired(false, "a")
            try await bench.advance(by: .seconds(2000))
            try await bench.expectExpired(true, "b")
        },
        Case("expiry", "an attempt after the first one expires, too, and a stalled one") { bench in
            try await bench.addExpiring("a", "b")
            try await bench.settle(bench.claimOne(), .retry(after: .zero, Failure(reason: "no")))
            try await bench.expectExpired(false, "b")
            try await bench.settle(bench.claimOne(), .retry(after: .seconds(4000), Failure(reason: "no")))
            try await bench.advance(by: .seconds(4100))
            _ = try await bench.store.reclaimStalled(bench.queue, maxStalled: 5, limit: 10)
            try await bench.expectExpired(true, "b")
            try await bench.expectExpired(true, "a")
        },
        Case("expiry", "the time of a schedule's job counts from when it is due") { bench in
            let slot = try await bench.now() + .seconds(60)
            var schedule = bench.schedule("s")
            schedule.options.expiresAfter = bench.span
            schedule.jitter = .seconds(7200)
            let plan = SchedulePlan(schedule, first: slot, due: slot + .seconds(7200))
            try bench.expect(await bench.store.put([plan]), is: [.stored(slot: slot)], "the answer")
            try await bench.advance(by: .seconds(8000))
            try await bench.expectExpired(false, bench.iteration("s", slot).id.text)
            let next = slot + .seconds(60)
            let job = bench.iteration("s", next)
            try await bench.fire("s", from: slot, to: next, due: slot + .seconds(9000), is: .fired(job.id))
            try await bench.advance(by: .seconds(5000))
            try await bench.expectExpired(true, job.id.text)
        },
        Case("expiry", "a job of a flow has its time, too") { bench in
            var child = NewJob(id: JobID(stored: "child"), name: "job", start: .after(.seconds(4000)))
            child.options.expiresAfter = bench.span
            var parent = NewJob(id: JobID(stored: "parent"), name: "job")
            parent.options.expiresAfter = bench.span
            parent.children = [ChildJob(bench.queue, child)]
            try await bench.add(parent)
            try await bench.advance(by: .seconds(6000))
            let claimed = try await bench.claimOne()
            try bench.expect(claimed.job.isExpired, is: false, "whether the child has expired")
            try await bench.settle(claimed, .completed(.null))
            try await bench.expectExpired(true, "parent")
        },
    ]
}

extension Bench {
    fileprivate var span: Duration { .seconds(3600) }

    /// Adds jobs that are good for an hour.
    fileprivate func addExpiring(_ ids: String..., start: NewJob.Start = .now) async throws {
        for id in ids {
            var job = NewJob(id: JobID(stored: id), name: "job", start: start, options: JobOptions(attempts: 5))
            job.options.expiresAfter = span
            try await add(job)
        }
    }

    /// Claims the next job, and looks at it as it is claimed and as it is stored.
    fileprivate func expectExpired(
        _ isExpired: Bool, _ id: String, file: String = #fileID, line: Int = #line
    ) async throws {
        let claimed = try await claimOne(file: file, line: line)
        try expect(claimed.job.key.id.text, is: id, "the claimed job", file: file, line: line)
        try expect(claimed.job.options.expiresAfter, is: span, "what \(id) is good for", file: file, line: line)
        try expect(claimed.job.isExpired, is: isExpired, "whether \(id) has expired", file: file, line: line)
        let stored = try await job(id, file: file, line: line)
        try expect(stored.expiresAt, is: claimed.job.expiresAt, "when \(id) expires", file: file, line: line)
    }
}
