import DroverCore

extension ConformanceCase {
    static let resultCaches: [ConformanceCase] = [
        Case("results", "a claimed job is given the result of an earlier one of its name and key, byte for byte") {
            bench in
            let result = JSONText(trusted: #" {"n":9007199254740993,"a":[]} "#)
            try await bench.keep(result, under: "größer:1%")
            try await bench.expectCached(result, for: "größer:1%")
            try await bench.expectCached(nil, for: "other")
            try await bench.expectCached(nil, for: "größer:1%", name: "else")
            try await bench.addCaching("größer:1%", in: bench.queue("b"))
            try await bench.expect(
                bench.claimOne(in: bench.queue("b")).cachedResult, is: nil, "the result in another queue")
            try await bench.add("plain", name: "job")
            try await bench.expect(bench.claimOne().cachedResult, is: nil, "the result for a job without a key")
        },
        Case("results", "no two names and keys are one") { bench in
            try await bench.keep(JSONText(trusted: "1"), under: "bc", name: "a")
            try await bench.expectCached(nil, for: "c", name: "ab")
            try await bench.expectCached(nil, for: "c", name: "a-b")
            try await bench.expectCached(JSONText(trusted: "1"), for: "bc", name: "a")
        },
        Case("results", "a result is kept for its lifetime, and taken within that of the job that asks") { bench in
            try await bench.keep(JSONText(trusted: "1"), under: "k", for: .seconds(3600))
            try await bench.advance(by: .seconds(1800))
            try await bench.expectCached(nil, for: "k", within: .seconds(900))
            try await bench.expectCached(JSONText(trusted: "1"), for: "k", within: .seconds(7200))
            try await bench.advance(by: .seconds(3000))
            try await bench.expectCached(nil, for: "k", within: .seconds(7200))
        },
        Case("results", "a later result takes the place of an earlier one, and its time begins anew") { bench in
            try await bench.keep(JSONText(trusted: "1"), under: "k", for: .seconds(3600))
            try await bench.advance(by: .seconds(3000))
            try await bench.keep(JSONText(trusted: "2"), under: "k", for: .seconds(3600))
            try await bench.advance(by: .seconds(3000))
            try await bench.expectCached(JSONText(trusted: "2"), for: "k")
        },
        Case("results", "only a job that completes under its lease leaves one, and one that is removed at once does") {
            bench in
            let kept = KeptResult(name: "job", key: "k", lifetime: .seconds(3600))
            let failure = Failure(reason: "no")
            let outcomes: [Outcome] = [.failed(failure), .cancelled, .snoozed(.zero), .released]
            for (number, outcome) in outcomes.enumerated() {
                try await bench.addCaching("k")
                let claimed = try await bench.claimOne()
                try bench.expect(claimed.cachedResult, is: nil, "the result before attempt \(number)")
                var settlement = Settlement(lease: claimed.lease, outcome: outcome)
                settlement.keptResult = kept
                try await bench.expect(bench.exchange([settlement]).settled, is: [.settled], "the status")
                let sweep = try await bench.sweep(.drain(bench.queue, delayed: true))
                try bench.expect(sweep <= 1, "no more than this job was left")
            }
            try await bench.addCaching("k")
            let claimed = try await bench.claimOne()
            let lost = Lease(job: claimed.lease.job, token: LeaseToken("other"), duration: .seconds(30))
            var settlement = Settlement(lease: lost, outcome: .completed(JSONText(trusted: "1")))
            settlement.keptResult = kept
            try await bench.expect(bench.exchange([settlement]).settled, is: [.leaseLost], "the status")
            try await bench.expectCached(nil, for: "k")
            settlement = Settlement(
                lease: claimed.lease, outcome: .completed(JSONText(trusted: "2")), retention: .removeAtOnce)
            settlement.keptResult = kept
            try await bench.expect(bench.exchange([settlement]).settled, is: [.settled], "the status")
            try await bench.expectCached(JSONText(trusted: "2"), for: "k")
        },
        Case("results", "a job that completes before its children are done leaves none") { bench in
            var parent = bench.caching("k")
            parent.children = [bench.child("c", .failParent)]
            try await bench.add(parent)
            try await bench.settle(bench.claimOne(), .failed(Failure(reason: "no")))
            let claimed = try await bench.claimOne()
            var settlement = Settlement(lease: claimed.lease, outcome: .completed(JSONText(trusted: "1")))
            settlement.keptResult = KeptResult(name: "job", key: "k", lifetime: .seconds(3600))
            try await bench.expect(bench.exchange([settlement]).settled, is: [.settled], "the status")
            try await bench.expect(bench.job(claimed.job.key).state, is: .failed, "the state")
            try await bench.expectCached(nil, for: "k")
        },
        Case("results", "one exchange keeps a result and hands it to the next job") { bench in
            try await bench.addCaching("k")
            let claimed = try await bench.claimOne()
            try await bench.addCaching("k")
            var settlement = Settlement(lease: claimed.lease, outcome: .completed(JSONText(trusted: "7")))
            settlement.keptResult = KeptResult(name: "job", key: "k", lifetime: .seconds(3600))
            let id = bench.freshID()
            for _ in 0..<2 {
                let reply = try await bench.exchange([settlement], claim: 1, lease: .seconds(3600), id: id)
                try bench.expect(reply.claimed.map(\.cachedResult?.text), is: ["7"], "the results of the claimed jobs")
            }
        },
        Case("results", "grouped and prioritized jobs are given results, too") { bench in
            try await bench.keep(JSONText(trusted: "1"), under: "k")
            var grouped = bench.caching("k")
            grouped.options.group = "g"
            var urgent = bench.caching("k")
            urgent.options.priority = 3
            try await bench.add(grouped)
            try await bench.add(urgent)
            try await bench.expect(bench.claim(2).map(\.cachedResult?.text), is: ["1", "1"], "the results")
        },
        Case("results", "a result can be forgotten") { bench in
            try await bench.keep(JSONText(trusted: "1"), under: "k")
            let setting = QueueSetting.forgetResult(bench.queue, name: "job", key: "k")
            try await bench.expect(bench.store.configure([setting]), is: [.done], "the first answer")
            try await bench.expectCached(nil, for: "k")
            try await bench.expect(bench.store.configure([setting]), is: [.notFound], "the second answer")
            let other = bench.queue("unknown")
            try await bench.expect(
                bench.store.configure([.forgetResult(other, name: "job", key: "k")]), is: [.notFound], "of no queue")
            try await bench.expect(bench.summary(of: other) == nil, is: true, "that no queue has begun")
        },
        Case("results", "a settlement that would keep one out of range is refused, and the job stays with its holder") {
            bench in
            let key = try await bench.addCaching("k")
            let claimed = try await bench.claimOne()
            for (text, lifetime, field) in [
                ("", Duration.seconds(3600), "cache key"),
                (String(repeating: "x", count: 513), .seconds(3600), "cache key"), ("k", .zero, "cache lifetime"),
                ("k", .seconds(-1), "cache lifetime"), ("k", .microseconds(999), "cache lifetime"),
                ("k", .seconds(400 * 86_400), "cache lifetime"), ("k", .seconds(Int64.max), "cache lifetime"),
            ] {
                var settlement = Settlement(lease: claimed.lease, outcome: .completed(JSONText(trusted: "1")))
                settlement.keptResult = KeptResult(name: "job", key: text, lifetime: lifetime)
                let status = try await bench.exchange([settlement]).settled
                guard status.count == 1, case .refused(let problem) = status[0] else {
                    throw ConformanceFailure("expected a refusal, got \(status)")
                }
                try bench.expect(problem.subject, is: field, "what is refused")
                try await bench.expect(bench.job(key).state, is: .active, "the state of the job")
            }
            for (text, lifetime) in [
                (String(repeating: "x", count: 512), Duration.seconds(3600)), ("k", ResultCache.longestLifetime),
            ] {
                try await bench.addCaching(text, within: lifetime)
                var settlement = Settlement(
                    lease: try await bench.claimOne().lease, outcome: .completed(JSONText(trusted: "1")))
                settlement.keptResult = KeptResult(name: "job", key: text, lifetime: lifetime)
                try await bench.expect(bench.exchange([settlement]).settled, is: [.settled], "the status in range")
            }
            try await bench.settle(claimed, .completed(JSONText(trusted: "1")))
        },
        Case("results", "a key or a lifetime out of range is refused") { bench in
            for (key, lifetime, field) in [
                ("", Duration.seconds(1), "cache key"), (String(repeating: "x", count: 513), .seconds(1), "cache key"),
                ("k", .zero, "cache lifetime"), ("k", .seconds(400 * 86_400), "cache lifetime"),
            ] {
                var job = NewJob(name: "job")
                job.options.resultCache = ResultCache(key: key, lifetime: lifetime)
                try await bench.expectRefused(job, field)
            }
            let results = try await bench.store.configure([.forgetResult(bench.queue, name: "job", key: "")])
            guard case .refused? = results.first else { throw ConformanceFailure("expected a refusal, got \(results)") }
        },
    ]
}

extension Bench {
    fileprivate func caching(
        _ key: String, name: JobName = "job", within lifetime: Duration = .seconds(3600)
    ) -> NewJob {
        var job = NewJob(name: name)
        job.options.resultCache = ResultCache(key: key, lifetime: lifetime)
        return job
    }

    @discardableResult
    fileprivate func addCaching(
        _ key: String, name: JobName = "job", within lifetime: Duration = .seconds(3600), in other: QueueName? = nil
    ) async throws -> JobKey {
        try await add(caching(key, name: name, within: lifetime), in: other)
    }

    /// Completes a job, whose result is kept.
    fileprivate func keep(
        _ result: JSONText, under key: String, name: JobName = "job", for lifetime: Duration = .seconds(3600)
    ) async throws {
        try await addCaching(key, name: name)
        let claimed = try await claimOne()
        var settlement = Settlement(lease: claimed.lease, outcome: .completed(result))
        settlement.keptResult = KeptResult(name: name, key: key, lifetime: lifetime)
        try await expect(exchange([settlement]).settled, is: [.settled], "the status")
    }

    /// Adds a job, claims it, looks at the result that it is given, and removes it.
    fileprivate func expectCached(
        _ result: JSONText?, for key: String, name: JobName = "job", within lifetime: Duration = .seconds(3600),
        file: String = #fileID, line: Int = #line
    ) async throws {
        try await addCaching(key, name: name, within: lifetime)
        let claimed = try await claimOne(file: file, line: line)
        try expect(claimed.cachedResult?.text, is: result?.text, "the kept result", file: file, line: line)
        try await settle(claimed, .failed(Failure(reason: "no")), keeping: .removeAtOnce, file: file, line: line)
    }
}
