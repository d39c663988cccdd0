import DroverCore

extension ConformanceCase {
    static let deduplicating: [ConformanceCase] = [
        Case("deduplication", "a job that is the same as a waiting one is not stored, and answers that one") { bench in
            try await bench.give("a", .simple("d"), is: "+a")
            try await bench.expectEvents(["deduplicated a"]) { try await bench.give("b", .simple("d"), is: "~a") }
            try await bench.expect(bench.find(bench.key("b")), is: nil, "the job that is not stored")
            try await bench.expect(bench.list(.waiting), is: ["a"], "the jobs that wait")
        },
        Case("deduplication", "the event names the id, the holder and the job that is not stored") { bench in
            try await bench.give("a", .simple("user:42"), is: "+a")
            let start = try await bench.end()
            try await bench.give("b", .simple("user:42"), is: "~a")
            try await bench.expect(
                bench.kinds(since: start), is: [.deduplicated(id: "user:42", other: JobID(stored: "b"))], "the event")
        },
        Case("deduplication", "jobs without ids of their own answer the generated id of the holder") { bench in
            let job = NewJob(name: "job", options: .deduplicated(.simple("d")))
            let holder = try await bench.add(job)
            for _ in 0..<2 {
                try await bench.expect(
                    bench.store.enqueue(bench.queue, [job]), is: [.deduplicated(holder.id)], "a further job")
            }
            try await bench.settle(bench.claimOne(), .completed(.null))
            let next = try await bench.add(job)
            try bench.expect(next != holder, "\(next) is a new id")
        },
        Case("deduplication", "jobs of one call meet each other, in order") { bench in
            let jobs = ["a", "b", "c"].map { id in
                NewJob(
                    id: JobID(stored: id), name: "job", options: .deduplicated(.simple(id == "c" ? "other" : "d")))
            }
            try await bench.expect(
                bench.store.enqueue(bench.queue, jobs),
                is: [.added(JobID(stored: "a")), .deduplicated(JobID(stored: "a")), .added(JobID(stored: "c"))],
                "the answers")
        },
        Case("deduplication", "ids are compared by their bytes, and apart in each queue") { bench in
            let other = bench.queue("other")
            try await bench.give("a", .simple("gr\u{f6}\u{df}e"), is: "+a")
            try await bench.give("b", .simple("gro\u{308}\u{df}e"), is: "+b")
            try await bench.give("c", .simple("GR\u{d6}\u{df}e"), is: "+c")
            try await bench.give("a", .simple("gr\u{f6}\u{df}e"), in: other, is: "+a")
            try await bench.give("d", .simple("gr\u{f6}\u{df}e"), is: "~a")
        },
        Case("deduplication", "a holder that is delayed, prioritized or active holds as well") { bench in
            try await bench.give("a", .simple("1"), start: .after(.seconds(3600)), is: "+a")
            try await bench.give("b", .simple("2"), priority: 3, is: "+b")
            try await bench.give("c", .simple("3"), is: "+c")
            try await bench.expect(bench.claimOne().job.key.id.text, is: "c", "the claimed job")
            for (id, holder) in [("1", "a"), ("2", "b"), ("3", "c")] {
                try await bench.give("x", .simple(id), is: "~\(holder)")
            }
        },
        Case("deduplication", "a known id answers duplicate, whatever it is the same as") { bench in
            try await bench.give("a", .simple("d"), is: "+a")
            try await bench.give("b", .simple("e"), is: "+b")
            try await bench.expectEvents(["duplicated b"]) { try await bench.give("b", .simple("d"), is: "=b") }
        },
        Case("deduplication", "the rule is read back with the job's options") { bench in
            let rule = Deduplication(
                id: "d", ttl: .milliseconds(2500), extend: true, replace: true, keepLastIfActive: true)
            try await bench.give("a", rule, is: "+a")
            try await bench.expect(bench.job("a").options.deduplication, is: rule, "the rule")
        },
        Case("deduplication", "a rule that is none is refused by itself") { bench in
            let rules: [Deduplication] = [
                .simple(""), .simple(String(repeating: "x", count: 256)), .simple("a\tb"),
                .throttle("d", for: .zero), .throttle("d", for: .seconds(-1)),
                .throttle("d", for: .seconds(101 * 366 * 86_400)), .simple("good"),
            ]
            let results = try await bench.store.enqueue(
                bench.queue, rules.map { NewJob(name: "job", options: .deduplicated($0)) })
            for result in results.dropLast() {
                guard case .refused = result else { throw ConformanceFailure("a wrong rule answered \(result)") }
            }
            try bench.expect(results.last?.id != nil, "the good one is stored")
            try await bench.expect(bench.counts()[.waiting], is: 1, "the number of jobs")
        },
        Case("deduplication", "of producers at the same time one stores its job") { bench in
            let stored = try await withThrowingTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask {
                        var stored = 0
                        for _ in 0..<5 {
                            let jobs = (0..<3).map { NewJob(name: "job", options: .deduplicated(.simple("d\($0)"))) }
                            stored += try await bench.store.enqueue(bench.queue, jobs).count {
                                if case .added = $0 { true } else { false }
                            }
                        }
                        return stored
                    }
                }
                return try await group.reduce(0, +)
            }
            try bench.expect(stored, is: 3, "the number of stored jobs")
            try await bench.expect(bench.counts()[.waiting], is: 3, "the number of jobs")
        },

        // MARK: For a time

        Case("deduplication", "a throttle holds until its time is up, also when the job has completed before") {
            bench in
            try await bench.give("a", .throttle("d", for: .seconds(3600)), is: "+a")
            try await bench.settle(bench.claimOne(), .completed(.null))
            try await bench.advance(by: .seconds(1800))
            try await bench.give("b", .throttle("d", for: .seconds(3600)), is: "~a")
            try await bench.advance(by: .seconds(1860))
            try await bench.give("c", .throttle("d", for: .seconds(3600)), is: "+c")
        },
        Case("deduplication", "a throttle ends with its time while the job waits") { bench in
            try await bench.give("a", .throttle("d", for: .seconds(600)), is: "+a")
            try await bench.advance(by: .seconds(660))
            try await bench.give("b", .throttle("d", for: .seconds(600)), is: "+b")
            try await bench.expect(bench.list(.waiting), is: ["a", "b"], "the jobs that wait")
            try await bench.settle(bench.claimOne(), .completed(.null))
            try await bench.give("c", .throttle("d", for: .seconds(600)), is: "~b")
        },
        Case("deduplication", "a throttle holds when its job was removed at its end, and its holder is then nobody's") {
            bench in
            try await bench.give("a", .throttle("d", for: .seconds(3600)), is: "+a")
            try await bench.settle(bench.claimOne(), .completed(.null), keeping: .removeAtOnce)
            try await bench.give("b", .throttle("d", for: .seconds(3600)), is: "~a")
            let page = try await bench.holder("d")
            try bench.expect(page.hold?.holder.text, is: "a", "the holder")
            try bench.expect(page.jobs, is: [], "the job of the holder")
        },
        Case("deduplication", "a throttle outlives the retention of its job") { bench in
            try await bench.give("a", .throttle("d", for: .seconds(3600)), is: "+a")
            try await bench.settle(bench.claimOne(), .completed(.null))
            _ = try await bench.store.prune(bench.queue, PruneRule(.completed, keeping: .keep(0)), limit: 10)
            try await bench.expect(bench.find(bench.key("a")), is: nil, "the job")
            try await bench.give("b", .throttle("d", for: .seconds(3600)), is: "~a")
        },
        Case("deduplication", "removing the job ends its throttle") { bench in
            try await bench.give("a", .throttle("d", for: .seconds(3600)), is: "+a")
            try await bench.apply(.remove(bench.key("a")))
            try await bench.give("b", .throttle("d", for: .seconds(3600)), is: "+b")
        },
        Case("deduplication", "a simple job meets a throttle, which it does not change") { bench in
            try await bench.give("a", .throttle("d", for: .seconds(1200)), is: "+a")
            try await bench.settle(bench.claimOne(), .completed(.null))
            try await bench.give("b", .simple("d"), is: "~a")
            try await bench.advance(by: .seconds(1260))
            try await bench.give("c", .simple("d"), is: "+c")
        },
        Case("deduplication", "an extended throttle begins again with each job that is not stored") { bench in
            let rule = Deduplication.extended("d", for: .seconds(1200))
            try await bench.give("a", rule, is: "+a")
            try await bench.expectEvents(["deduplicated a", "deduplicated a"]) {
                for id in ["b", "c"] {
                    try await bench.advance(by: .seconds(900))
                    try await bench.give(id, rule, is: "~a")
                }
            }
            try await bench.advance(by: .seconds(1260))
            try await bench.give("d", rule, is: "+d")
        },
        Case("deduplication", "a time that is no whole number of milliseconds is rounded up") { bench in
            try await bench.give("a", .throttle("d", for: .microseconds(1)), is: "+a")
            try await bench.expect(
                bench.job("a").options.deduplication?.ttl, is: .milliseconds(1), "the time")
        },

        // MARK: Replacing

        Case("deduplication", "a job takes the place of a delayed one, which is removed") { bench in
            let rule = Deduplication(id: "d", replace: true)
            try await bench.give("a", rule, start: .after(.seconds(3600)), is: "+a")
            let start = try await bench.end()
            try await bench.give("b", rule, payload: #"{"n":2}"#, start: .after(.seconds(1800)), is: "+b")
            let events = try await bench.events(since: start)
            try bench.expect(
                events.prefix(2).map(\.kind),
                is: [.removed(from: .delayed), .deduplicated(id: "d", other: JobID(stored: "a"))], "the events")
            try bench.expect(
                events.map { $0.job?.text ?? "" }, is: ["a", "b", "b", "b"], "the jobs that the events speak of")
            try await bench.expect(bench.find(bench.key("a")), is: nil, "the job that was replaced")
            try await bench.expect(bench.list(.delayed), is: ["b"], "the delayed jobs")
            try await bench.expect(bench.holder("d").hold?.holder.text, is: "b", "the holder")
        },
        Case("deduplication", "a debounced job runs once, when no other was given for the time") { bench in
            let rule = Deduplication.debounce("d", for: .seconds(1200))
            for id in ["a", "b", "c"] {
                try await bench.give(id, rule, start: .after(.seconds(1200)), is: "+\(id)")
                try await bench.advance(by: .seconds(900))
                try await bench.expect(bench.claimedIDs(), is: [], "the jobs that are due")
            }
            try await bench.advance(by: .seconds(360))
            try await bench.expect(bench.claimedIDs(), is: ["c"], "the jobs that are due")
        },
        Case("deduplication", "without extend the time goes on when a job is replaced") { bench in
            let rule = Deduplication(id: "d", ttl: .seconds(1800), replace: true)
            try await bench.give("a", rule, start: .after(.seconds(36_000)), is: "+a")
            try await bench.advance(by: .seconds(1200))
            try await bench.give("b", rule, start: .after(.seconds(36_000)), is: "+b")
            try await bench.advance(by: .seconds(660))
            try await bench.give("c", rule, start: .after(.seconds(36_000)), is: "+c")
            try await bench.expect(bench.list(.delayed).sorted(), is: ["b", "c"], "the delayed jobs")
        },
        Case("deduplication", "without extend a job that replaces one which holds the id without a time does so too") {
            bench in
            let timed = Deduplication(id: "d", ttl: .seconds(1800), replace: true)
            try await bench.give("a", Deduplication(id: "d"), start: .after(.seconds(36_000)), is: "+a")
            try await bench.give("b", timed, start: .after(.seconds(3600)), is: "+b")
            try await bench.advance(by: .seconds(3601))
            try await bench.expect(bench.claimedIDs(), is: ["b"], "the jobs that are due")
            try await bench.give("c", timed, is: "~b")
        },
        Case("deduplication", "a holder that is not delayed is not replaced, without an event") { bench in
            let rule = Deduplication(id: "d", replace: true)
            try await bench.give("a", rule, is: "+a")
            try await bench.expectEvents([]) {
                try await bench.give("b", rule, start: .after(.seconds(3600)), is: "~a")
            }
            try await bench.claimOne()
            try await bench.give("c", rule, is: "~a")
        },
        Case("deduplication", "a job that waits for its retry is replaced as any delayed one") { bench in
            let rule = Deduplication(id: "d", replace: true)
            try await bench.give("a", rule, is: "+a")
            try await bench.settle(bench.claimOne(), .retry(after: .seconds(3600), Failure(reason: "no")))
            try await bench.give("b", rule, is: "+b")
            try await bench.expect(bench.claimedIDs(), is: ["b"], "the jobs that are ready")
            try await bench.expect(bench.list(.delayed), is: [], "the delayed jobs")
        },
        Case("deduplication", "a job that has the id of a holder that is gone is neither replaced nor followed") {
            bench in
            try await bench.give("a", .throttle("d", for: .seconds(36_000)), is: "+a")
            try await bench.settle(bench.claimOne(), .completed(.null), keeping: .removeAtOnce)
            try await bench.add("a", start: .after(.seconds(3600)))
            try await bench.give("b", Deduplication(id: "d", replace: true), is: "~a")
            try await bench.expect(bench.list(.delayed), is: ["a"], "the delayed jobs")
            try await bench.apply(.promote(bench.key("a")))
            let claimed = try await bench.claimOne()
            try await bench.give("b", .keepLast("d"), is: "~a")
            try await bench.settle(claimed, .completed(.null))
            try await bench.expect(bench.counts().length, is: 0, "the length")
        },
        Case("deduplication", "the id of a replaced job is free, also in the same call") { bench in
            let rule = Deduplication(id: "d", replace: true)
            let jobs = ["a", "b", "a"].map {
                NewJob(
                    id: JobID(stored: $0), name: "job", start: .after(.seconds(3600)), options: .deduplicated(rule))
            }
            try await bench.expect(
                bench.store.enqueue(bench.queue, jobs), is: jobs.compactMap(\.id).map { .added($0) }, "the answers")
            try await bench.expect(bench.list(.delayed), is: ["a"], "the delayed jobs")
        },
        Case("deduplication", "in a full queue a job that is not stored, or replaces one, needs no room") { bench in
            let rule = Deduplication(id: "d", replace: true)
            try await bench.give("a", rule, start: .after(.seconds(3600)), is: "+a")
            try await bench.expect(
                bench.store.configure([.maxLength(bench.queue, 1)]), is: [.done], "bounding the queue")
            try await bench.give("b", .simple("d"), is: "~a")
            try await bench.give("c", .simple("other"), is: "!")
            try await bench.give("c", rule, start: .after(.seconds(3600)), is: "+c")
            try await bench.give("c", .simple("other"), is: "=c")
            try await bench.expect(bench.counts().length, is: 1, "the length")
        },
        Case("deduplication", "jobs find room in a full queue in their order, the same or not") { bench in
            try await bench.expect(
                bench.store.configure([.maxLength(bench.queue, 2)]), is: [.done], "bounding the queue")
            let rules: [Deduplication?] = [.simple("d"), .simple("d"), nil, nil, .simple("e"), .simple("d")]
            var jobs: [NewJob] = []
            for (index, rule) in rules.enumerated() {
                var job = NewJob(id: JobID(stored: "j\(index)"), name: "job")
                job.options.deduplication = rule
                jobs.append(job)
            }
            try await bench.expect(
                bench.store.enqueue(bench.queue, jobs).map(Bench.sign), is: ["+j0", "~j0", "+j2", "!", "!", "~j0"],
                "the answers")
        },
    ]
}

extension JobOptions {
    /// Options that say nothing but what a job is the same as.
    static func deduplicated(_ rule: Deduplication) -> JobOptions {
        var options = JobOptions()
        options.deduplication = rule
        return options
    }
}

extension Bench {
    /// Enqueues a job by a rule, which must answer `+ID` (added), `=ID` (duplicate), `~ID` (that one stands for it) or `!`
    /// (full).
    func give(
        _ id: String, _ rule: Deduplication, payload: String = "{}", start: NewJob.Start = .now, priority: Int = 0,
        in other: QueueName? = nil, is answer: String, file: String = #fileID, line: Int = #line
    ) async throws {
        var job = NewJob(
            id: JobID(stored: id), name: "job", payload: JSONText(trusted: payload), start: start,
            options: .deduplicated(rule))
        job.options.priority = priority
        let results = try await store.enqueue(other ?? queue, [job])
        try expect(results.map(Self.sign), is: [answer], "the answer to \(id)", file: file, line: line)
    }

    /// An answer in short.
    static func sign(_ result: EnqueueResult) -> String {
        switch result {
        case .added(let id): "+\(id)"
        case .duplicate(let id): "=\(id)"
        case .deduplicated(let id): "~\(id)"
        case .queueFull: "!"
        case .refused(let problem): "refused: \(problem)"
        }
    }

    /// Who holds a deduplication id.
    func holder(_ id: String, in other: QueueName? = nil) async throws -> JobPage {
        let query = JobQuery(queue: other ?? queue, part: .holding(deduplication: id))
        return try await store.jobs(matching: query, page: Page())
    }
}
