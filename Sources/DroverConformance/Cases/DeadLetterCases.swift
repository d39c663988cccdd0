import DroverCore

extension ConformanceCase {
    static let deadLetters: [ConformanceCase] = [
        Case("dead letters", "a job that fails leaves a letter with its name, payload and history in one step") {
            bench in
            let payload = JSONText(trusted: #" { "n" : 9007199254740993 , "a" : [ ] } "#)
            try await bench.add("a", name: "mail", payload: payload)
            let claimed = try await bench.claimOne()
            let letter = bench.letter("l", of: claimed)
            try await bench.fail(claimed, leaving: letter, isExhausted: true)
            let stored = try await bench.job(letter.key)
            try bench.expect(stored.state, is: .waiting, "the letter's state")
            try bench.expect(stored.name, is: "mail", "its name")
            try bench.expect(stored.payload.text, is: payload.text, "its payload")
            try bench.expect(stored.options, is: letter.options, "its options")
            try bench.expect(stored.options.deadLetter?.reason, is: "größer \"no\"\n", "the reason in it")
            try bench.expect(stored.attemptsMade, is: 0, "its attempts")
            let failed = try await bench.job("a")
            try bench.expect(failed.state, is: .failed, "the job's state")
            try bench.expect(stored.createdAt, is: failed.finishedAt, "when it was stored")
        },
        Case("dead letters", "both queues tell of it") { bench in
            try await bench.add("a", name: "mail")
            let claimed = try await bench.claimOne()
            let letter = bench.letter("l", of: claimed)
            let start = try await bench.end()
            try await bench.fail(claimed, leaving: letter, isExhausted: true)
            try await bench.expect(
                bench.kinds(since: start),
                is: [
                    .failed("größer \"no\"\n"), .retriesExhausted(attemptsMade: 1), .deadLettered(to: letter.key),
                    .drained,
                ], "the events of the job's queue")
            try await bench.expect(
                bench.kinds(in: letter.queue), is: [.added("mail"), .waiting(from: nil)], "the events of the letter's")
            try await bench.expect(bench.counts(of: letter.queue)[.waiting], is: 1, "the jobs that wait there")
        },
        Case("dead letters", "the letter of a parent that fails by a child names the child as the parent does") {
            bench in
            try await bench.addFlow("p", [bench.child("a", .failParent)])
            try await bench.settleNext("a", bench.failure())
            let claimed = try await bench.claimOne()
            let reason = claimed.job.deferredFailure ?? "none"
            let letter = bench.letter("l", of: claimed, reason: reason)
            let settlement = Settlement(
                lease: claimed.lease, outcome: bench.failure(reason), deadLetter: letter)
            try await bench.expect(bench.exchange([settlement]).settled, is: [.settled], "the status")
            let expected = Failure.failedWith(child: bench.key("a"))
            try await bench.expect(bench.job("p").failedReason, is: expected, "why the parent failed")
            try await bench.expect(
                bench.job(letter.key).options.deadLetter?.reason, is: expected, "why, as the letter says")
        },
        Case("dead letters", "only a failure leaves one") { bench in
            let ids = ["a", "b", "c", "d", "e"]
            try await bench.addAll(ids)
            let failure = Failure(reason: "no")
            let outcomes: [Outcome] = [
                .completed(.null), .cancelled, .retry(after: .zero, failure), .snoozed(.zero), .released,
            ]
            for (claimed, outcome) in zip(try await bench.claim(5), outcomes) {
                let settlement = Settlement(
                    lease: claimed.lease, outcome: outcome, deadLetter: bench.letter("l", of: claimed))
                try await bench.expect(bench.exchange([settlement]).settled, is: [.settled], "the status")
            }
            try await bench.expect(bench.find(bench.key("l", in: bench.queue("dead"))), is: nil, "the letter")
        },
        Case("dead letters", "a lost lease leaves none, and a repeated exchange no second one") { bench in
            try await bench.add("a")
            let claimed = try await bench.claimOne()
            let letter = bench.letter("l", of: claimed)
            let lost = Lease(job: claimed.lease.job, token: LeaseToken("other"), duration: claimed.lease.duration)
            let outcome = Outcome.failed(Failure(reason: "no"))
            let early = Settlement(lease: lost, outcome: outcome, deadLetter: letter)
            try await bench.expect(bench.exchange([early]).settled, is: [.leaseLost], "the status")
            try await bench.expect(bench.find(letter.key), is: nil, "the letter")
            let id = bench.freshID()
            let settlement = Settlement(lease: claimed.lease, outcome: outcome, deadLetter: letter)
            for _ in 0..<2 {
                try await bench.expect(bench.exchange([settlement], id: id).settled, is: [.settled], "the status")
            }
            try await bench.expect(bench.list(.waiting, in: letter.queue), is: ["l"], "the letters")
            try await bench.expect(
                bench.kinds(in: letter.queue), is: [.added("job"), .waiting(from: nil)], "the events of its queue")
        },
        Case(
            "dead letters", "where there is a job of the letter's id it stays as it is, and the job fails all the same"
        ) { bench in
            let other = bench.queue("dead")
            try await bench.add("l", payload: JSONText(trusted: "1"), in: other)
            try await bench.add("a", payload: JSONText(trusted: "2"))
            let claimed = try await bench.claimOne()
            let start = try await bench.end(in: other)
            try await bench.fail(claimed, leaving: bench.letter("l", of: claimed))
            try await bench.expect(bench.job("a").state, is: .failed, "the state")
            try await bench.expect(bench.job(bench.key("l", in: other)).payload.text, is: "1", "the payload")
            try await bench.expect(bench.kinds(since: start, in: other), is: [.duplicated], "the events")
        },
        Case("dead letters", "a full queue and a paused one take them") { bench in
            let other = bench.queue("dead")
            try await bench.add("first", in: other)
            try await bench.expect(
                bench.store.configure([.maxLength(other, 1), .pause(other)]), is: [.done, .done], "the settings")
            try await bench.addAll(["a", "b"])
            for (number, claimed) in try await bench.claim(2).enumerated() {
                try await bench.fail(claimed, leaving: bench.letter("l\(number)", of: claimed))
            }
            try await bench.expect(bench.list(.waiting, in: other), is: ["first", "l0", "l1"], "the letters")
        },
        Case("dead letters", "a letter of the job's own queue is refused, and nothing is settled") { bench in
            try await bench.add("a")
            let claimed = try await bench.claimOne()
            let letter = JobCopy(queue: bench.queue, id: JobID(stored: "l"))
            let settlement = Settlement(
                lease: claimed.lease, outcome: .failed(Failure(reason: "no")), deadLetter: letter)
            let status = try await bench.exchange([settlement]).settled
            guard status.count == 1, case .refused(let problem) = status[0] else {
                throw ConformanceFailure("expected a refusal, got \(status)")
            }
            try bench.expect(problem.subject, is: "copy", "what is refused")
            try await bench.expect(bench.job("a").state, is: .active, "the state")
        },
        Case("dead letters", "a job whose dead-letter queue is its own is refused") { bench in
            var job = NewJob(name: "job")
            job.options.deadLetterQueue = bench.queue
            try await bench.expectRefused(job, "dead-letter queue")
            let parent = NewJob(name: "job", children: [ChildJob(bench.queue, job)])
            try await bench.expectRefused(parent, "dead-letter queue")
            job.options.deadLetterQueue = bench.queue("dead")
            let key = try await bench.add(job)
            try await bench.expect(
                bench.job(key).options.deadLetterQueue, is: bench.queue("dead"), "the dead-letter queue")
        },
        Case("dead letters", "a letter has the payload as it was last changed, also of a job that is removed at once") {
            bench in
            try await bench.add("a", payload: JSONText(trusted: "1"))
            let claimed = try await bench.claimOne()
            let report = JobReport(lease: claimed.lease, content: .payload(JSONText(trusted: "[2]")))
            try await bench.expect(bench.store.record([report]), is: [.recorded], "the report")
            let letter = bench.letter("l", of: claimed)
            try await bench.fail(claimed, leaving: letter, keeping: .removeAtOnce)
            try await bench.expect(bench.find(bench.key("a")), is: nil, "the job")
            try await bench.expect(bench.job(letter.key).payload.text, is: "[2]", "the payload")
        },
        Case("dead letters", "a letter wakes who waits for work of its queue") { bench in
            let other = bench.queue("dead")
            try await bench.add("a")
            let claimed = try await bench.claimOne()
            let interest = WakeInterest(work: [other])
            try await bench.forgetWakeUps(interest)
            try await bench.fail(claimed, leaving: bench.letter("l", of: claimed))
            try await bench.expectWakeUp(interest, "the letter") { $0.work.contains(other) }
            try await bench.expect(bench.claimOne(in: other).job.key.id.text, is: "l", "the claimed letter")
        },
        Case("dead letters", "the parent of a job hears of its failure, and is in a queue of letters as well") {
            bench in
            let other = bench.queue("dead")
            let parent = try await bench.addFlow("p", in: other, [bench.child("c", .ignore, in: bench.queue)])
            let claimed = try await bench.claimOne()
            try await bench.fail(claimed, leaving: bench.letter("l", of: claimed))
            try await bench.expect(bench.job(parent).state, is: .waiting, "the parent")
            // A released parent goes to the front.
            try await bench.expect(bench.list(.waiting, in: other), is: ["p", "l"], "what waits there")
        },
        Case("dead letters", "several jobs of one exchange leave their letters in their order") { bench in
            try await bench.addAll(["a", "b", "c"])
            let settlements = try await bench.claim(3).map { claimed in
                Settlement(
                    lease: claimed.lease, outcome: .failed(Failure(reason: "no")),
                    deadLetter: bench.letter("l-\(claimed.job.key.id)", of: claimed))
            }
            try await bench.add("next")
            let reply = try await bench.exchange(settlements, claim: 1)
            try bench.expect(reply.settled, is: [.settled, .settled, .settled], "the statuses")
            try bench.expect(reply.claimed.map(\.job.key.id.text), is: ["next"], "the claimed job")
            try await bench.expect(
                bench.list(.waiting, in: bench.queue("dead")), is: ["l-a", "l-b", "l-c"], "the letters")
        },
        Case("dead letters", "a search finds letters by why and where the job failed") { bench in
            try await bench.addAll(["a", "b"])
            for claimed in try await bench.claim(2) {
                let id = claimed.job.key.id
                try await bench.fail(claimed, leaving: bench.letter("l-\(id)", of: claimed, reason: "no \(id)"))
            }
            let other = bench.queue("dead")
            try await bench.add("plain", in: other)
            for (condition, expected) in [
                (JobCondition.exists(.reason), ["l-a", "l-b"]),
                (.compares(.reason, .contains, .text("no b")), ["l-b"]),
                (.compares(.origin, .equal, .text(bench.queue.text)), ["l-a", "l-b"]),
                (.compares(.origin, .equal, .text("else")), []),
            ] {
                let found = try await bench.store.jobs(
                    matching: JobQuery(queue: other, JobSearch(JobFilter(condition), in: .waiting)), page: Page())
                try bench.expect(found.jobs.map(\.key.id.text), is: expected, "what \(condition) finds")
            }
        },
    ]
}

extension Bench {
    /// A letter of a claimed job, in a queue of the case.
    func letter(_ id: String, of claimed: ClaimedJob, reason: String = "größer \"no\"\n") -> JobCopy {
        var options = JobOptions()
        options.tags = ["vip"]
        options.tenant = "t"
        var old = claimed.job.options
        old.attempts = 3
        old.replay = JobReplay(origin: key("first"), count: 2)
        options.deadLetter = DeadLetter(
            job: claimed.job.key, createdAt: claimed.job.createdAt, attempts: 1, reason: reason, traces: ["at 1"],
            options: old)
        return JobCopy(queue: queue("dead"), id: JobID(stored: id), options: options)
    }

    /// Fails a job, which leaves a letter.
    func fail(
        _ claimed: ClaimedJob, leaving letter: JobCopy, keeping retention: Retention = .keepAll,
        isExhausted: Bool = false, file: String = #fileID, line: Int = #line
    ) async throws {
        let failure = Failure(reason: "größer \"no\"\n", isExhausted: isExhausted)
        let settlement = Settlement(
            lease: claimed.lease, outcome: .failed(failure), retention: retention, deadLetter: letter)
        try await expect(exchange([settlement]).settled, is: [.settled], "the status", file: file, line: line)
    }
}
