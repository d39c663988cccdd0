import DroverCore

extension ConformanceCase {
    static let records: [ConformanceCase] = [
        Case("enqueue", "a new record has its name and options, counters of zero and the rest empty") { bench in
            let job = try await bench.job(bench.add("a", name: "send mail", priority: 2))
            var expected = JobRecord(
                key: bench.key("a"), name: "send mail", payload: .emptyObject, options: JobOptions(priority: 2),
                state: .prioritized, priority: 2, createdAt: job.createdAt)
            try bench.expect(job, is: expected, "the record")
            expected.attemptsMade = 1
            try bench.expect(job != expected, "records compare their counters")
        },
        Case("enqueue", "every option is kept as it was given") { bench in
            var options = JobOptions(attempts: 9, priority: 2_097_151, lifo: true, timeout: .milliseconds(1500))
            options.backoff = .exponential(base: .milliseconds(250), jitter: 0.5, maximum: .seconds(60))
            options.completedRetention = Retention(count: 10, age: .seconds(3600))
            options.failedRetention = .keepAll
            options.keepLogs = 5
            options.stackTraceLimit = 0
            options.tags = ["red", "", "größer", "red"]
            options.tenant = "tenant \"7\""
            options.group = "g/1"
            options.correlationID = "00-ab"
            options.metadata = ["a": "1", "": "empty", "ü": "\u{1F600}\n"]
            options.telemetry = JobTelemetry(metadata: #"{"tracestate":"a=\"1\",b=ü\\"}"#, omitContext: true)
            let key = try await bench.add(NewJob(name: "job", options: options))
            try await bench.expect(bench.job(key).options, is: options, "the options")
        },
        Case("enqueue", "options that are not set stay unset") { bench in
            let key = try await bench.add(NewJob(name: "job"))
            try await bench.expect(bench.job(key).options, is: JobOptions(), "the options")
        },
        Case("enqueue", "each short form of retention is kept") { bench in
            for rule in [Retention.keepAll, .removeAtOnce, .keep(3), .keep(for: .milliseconds(1500))] {
                var options = JobOptions()
                options.completedRetention = rule
                let key = try await bench.add(NewJob(name: "job", options: options))
                try await bench.expect(bench.job(key).options.completedRetention, is: rule, "the retention")
                try await bench.expect(bench.job(key).options.failedRetention, is: nil, "the other retention")
            }
        },
        Case("enqueue", "the options stay as enqueued when priority and payload are changed later") { bench in
            let key = try await bench.add("a", priority: 3)
            try await bench.apply(.changePriority(key, to: 8, lifo: false))
            try await bench.apply(.updatePayload(key, to: JSONText("[1]")))
            let job = try await bench.job(key)
            try bench.expect(job.options.priority, is: 3, "the enqueued priority")
            try bench.expect(job.priority, is: 8, "the present priority")
        },
        Case("rule 7", "a later job is not created earlier") { bench in
            let first = try await bench.job(bench.add()).createdAt
            try await bench.advance(by: .seconds(5))
            let second = try await bench.job(bench.add()).createdAt
            try bench.expect(second >= first + .seconds(5), "the store's clock moves forward: \(first), then \(second)")
        },
    ]

    static let payloads: [ConformanceCase] = [
        payload("a whole number beyond 2^53", #"{"n":9007199254740993}"#),
        payload("an empty array and an empty object", #"{"a":[],"o":{},"s":""}"#),
        payload("spaces, line breaks and tabs between tokens", " {\r\n\t\"a\" : [ 1 , 2 ]\n} "),
        payload("the order of members and repeated members", #"{"b":1,"a":2,"b":3}"#),
        payload("numbers as they were written", "[1.0,1e2,1E+02,-0,0.10,123456789012345678901234567890]"),
        payload("escapes as they were written", #"["\u00e9","é","\/","/","\ud83d\ude00","\u0000"]"#),
        payload("characters of every plane", "[\"aé漢\u{1F600}\u{10FFFF}\u{2028}\u{FEFF}\u{7F}\"]"),
        payload("a bare string", #""only text""#),
        payload("a bare number", "0"),
        payload("null", "null"),
        payload("an empty array alone", "[]"),
        payload("a text that looks like a command", #"["'; DROP TABLE jobs; --","%s%n","$1","KEYS[1]"]"#),
        payload("500 levels of nesting", String(repeating: "[", count: 500) + String(repeating: "]", count: 500)),
        payload("a megabyte", "\"" + String(repeating: "0123456789abcdé", count: 65_536) + "\""),
    ]

    /// A text that must come back byte for byte wherever a JSON text goes in.
    private static func payload(_ what: String, _ text: String) -> ConformanceCase {
        Case("rule 9", "payload, progress and result keep byte for byte: \(what)") { bench in
            let json = try JSONText(text)
            let key = try await bench.add(payload: json)
            let claimed = try await bench.claimOne()
            try bench.expect(
                Array(claimed.job.payload.text.utf8) == Array(text.utf8), "the claimed payload is unchanged")
            let reports = [
                JobReport(lease: claimed.lease, content: .progress(json)),
                JobReport(lease: claimed.lease, content: .payload(json)),
            ]
            try await bench.expect(bench.store.record(reports), is: [.recorded, .recorded], "the reports")
            try await bench.settle(claimed, .completed(json))
            let job = try await bench.job(key)
            for (name, value) in [("payload", job.payload), ("progress", job.progress), ("result", job.result)] {
                try bench.expect(value.map { Array($0.text.utf8) } == Array(text.utf8), "the \(name) is unchanged")
            }
            let kinds = try await bench.kinds(of: key.id.text)
            try bench.expect(kinds.contains(.completed(json)), "the event has the result unchanged")
            try bench.expect(kinds.contains(.progress(json)), "the event has the progress unchanged")
        }
    }

    static let badItems: [ConformanceCase] = [
        Case("rule 3", "a bad job between good ones is refused alone") { bench in
            let jobs = [
                NewJob(id: JobID(stored: "a"), name: "job"),
                NewJob(name: "job", options: JobOptions(priority: -1)),
                NewJob(id: JobID(stored: "b"), name: "job"),
                NewJob(id: JobID(stored: "42"), name: "job"),
                NewJob(name: "job", start: .after(.seconds(-1))),
                NewJob(id: JobID(stored: "a"), name: "job"),
                NewJob(id: JobID(stored: "c"), name: "job"),
            ]
            let results = try await bench.store.enqueue(bench.queue, jobs)
            try bench.expect(results.count, is: jobs.count, "the number of answers")
            for (job, result) in zip(jobs, results) {
                if case .refused = result {
                    try bench.expect(job.problem != nil, "\(job) is refused only for a reason")
                } else {
                    try bench.expect(job.problem, is: nil, "what is stored has no problem")
                }
            }
            try bench.expect(results[5], is: .duplicate(JobID(stored: "a")), "the known id")
            try await bench.expect(bench.list(.waiting), is: ["a", "b", "c"], "the stored jobs")
        },
        Case("rule 3", "a call of bad jobs only stores nothing and creates no queue") { bench in
            let bad = NewJob(name: "job", options: JobOptions(attempts: 0))
            let results = try await bench.store.enqueue(bench.queue, [bad, bad])
            try bench.expect(
                results, is: [.refused(bench.unwrap(bad.problem, "a problem")), results[1]], "the answers")
            try await bench.expect(bench.summary(), is: nil, "the queue")
        },
        Case("rule 3", "a settlement of another queue is refused alone") { bench in
            let other = bench.queue("other")
            try await bench.addAll(["a", "b"])
            try await bench.add("x", in: other)
            let claimed = try await bench.claim(2)
            let foreign = try await bench.claimOne(in: other)
            let reply = try await bench.exchange(
                [claimed[0], foreign, claimed[1]].map { Settlement(lease: $0.lease, outcome: .completed(.null)) })
            try bench.expect(reply.settled.count, is: 3, "the number of statuses")
            try bench.expect([reply.settled[0], reply.settled[2]], is: [.settled, .settled], "its neighbours")
            guard case .refused = reply.settled[1] else {
                throw ConformanceFailure("expected the foreign settlement to be refused, got \(reply.settled[1])")
            }
            try await bench.expect(bench.job(foreign.job.key).state, is: .active, "the foreign job")
        },
        Case("rule 3", "a lost lease between held ones is answered alone") { bench in
            try await bench.addAll(["a", "b", "c"])
            let claimed = try await bench.claim(3)
            let lost = Lease(job: claimed[1].lease.job, token: LeaseToken("nobody"), duration: .seconds(30))
            let leases = [claimed[0].lease, lost, claimed[2].lease]
            try await bench.expect(bench.store.renew(leases), is: [.held, .lost, .held], "renewing")
            let reports = leases.map { JobReport(lease: $0, content: .progress(.null)) }
            try await bench.expect(bench.store.record(reports), is: [.recorded, .leaseLost, .recorded], "reporting")
            let reply = try await bench.exchange(leases.map { Settlement(lease: $0, outcome: .completed(.null)) })
            try bench.expect(reply.settled, is: [.settled, .leaseLost, .settled], "settling")
            try await bench.expect(bench.list(.active), is: ["b"], "the active jobs")
        },
        Case("rule 3", "each command of a call is answered by itself and in its place") { bench in
            try await bench.addAll(["a", "b"])
            let commands: [JobCommand] = [
                .remove(bench.key("nobody")), .remove(bench.key("a")), .promote(bench.key("b")),
                .remove(bench.key("a")), .changePriority(bench.key("b"), to: 5, lifo: false),
            ]
            try await bench.expect(
                bench.store.apply(commands), is: [.notFound, .done, .wrongState(.waiting), .notFound, .done],
                "the answers")
        },
        Case("rule 3", "calls without items answer without items") { bench in
            try await bench.expect(bench.store.renew([]), is: [], "renewing")
            try await bench.expect(bench.store.record([]), is: [], "reporting")
            try await bench.expect(bench.store.apply([JobCommand]()), is: [], "applying")
            try await bench.expect(bench.store.configure([]), is: [], "configuring")
            try await bench.expect(bench.store.jobs([]), is: [], "reading")
        },
    ]
}
