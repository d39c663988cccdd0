import DroverCore
import Testing

@Suite("Filters")
struct JobFilterTests {
    private func job(_ payload: String, state: JobState = .waiting) -> JobRecord {
        JobRecord(
            key: JobKey(queue: "q", id: JobID(stored: "1")), name: "n", payload: JSONText(trusted: payload),
            options: JobOptions(), state: state, priority: 0, createdAt: Timestamp(milliseconds: 5000))
    }

    private func matches(_ query: String, _ payload: String) throws -> Bool {
        try JobFilter(query).matches(job(payload))
    }

    @Test(
        "A path leads to one value, or to none",
        arguments: [
            (#"{"a":{"b":[10,{"c":"x"}]}}"#, "payload.a.b[1].c = x", true),
            (#"{"a":{"b":[10]}}"#, "payload.a.b[1] exists", false),
            (#"{"a":[]}"#, "payload.a[0] exists", false), (#"{"a":{}}"#, "payload.a.b exists", false),
            (#"{"a":1}"#, "payload.a.b exists", false), (#"{"a":"]}"}"#, "payload.a = ']}'", true),
            (#"{"x":"\"","a":1}"#, "payload.a = 1", true), (#"{"x":{"a":1},"a":2}"#, "payload.a = 2", true),
            (#"{"\u0061":1}"#, "payload.a = 1", true), (#"{"a":1,"a":2}"#, "payload.a = 2", false),
            (#" [ 1 , [ 2 , 3 ] ] "#, "payload[1][1] = 3", true), (#"[[],[],{"k":null}]"#, "payload[2].k = null", true),
            (#"{"e\u0301":1}"#, "payload.\u{e9} exists", false), (#"{"a":"e\u0301"}"#, "payload.a = \u{e9}", false),
            (#"{"a":"\ud800"}"#, "payload.a = '\u{FFFD}'", true), (#"{"a":[1,"1",null]}"#, "payload.a ~ null", true),
            (#"{"a":[[1]]}"#, "payload.a ~ 1", false), (#"{"a":{"1":1}}"#, "payload.a ~ 1", false),
        ])
    func paths(payload: String, query: String, expected: Bool) throws {
        #expect(try matches(query, payload) == expected)
    }

    @Test("A text that is not JSON is searched as far as it is, and no further", arguments: 0..<40)
    func broken(length: Int) throws {
        let text = #"{"a":[1,{"b":"x\u00e9\"y"}],"c":tru,"d":-12.5e3}"#
        for query in ["payload.a[1].b ~ x", "payload.c = true", "payload.d < 0", "payload exists", "payload.a ~ 1"] {
            // Whatever it says, it says it of the whole text as of a part: no read goes beyond the end.
            let part = String(decoding: text.utf8.prefix(length), as: UTF8.self)
            let isFound = try matches(query, part)
            if isFound { #expect(try matches(query, text), "\(query) in \(part)") }
        }
    }

    @Test("The states in which a job may match follow from the query")
    func states() throws {
        func states(_ query: String) throws -> Set<JobState> { Set(try JobFilter(query).states) }
        let all = Set(JobState.allCases)
        #expect(try states("name = x") == all)
        #expect(try states("state = failed and name = x") == [.failed])
        #expect(try states("state in (failed, completed) and state != failed") == [.completed])
        #expect(try states("not state = failed") == all.subtracting([.failed]))
        #expect(try states("state = failed or name = x") == all)
        #expect(try states("state = failed or state = active and name = x") == [.failed, .active])
        #expect(try states("not (state = failed and name = x)") == all)
        #expect(try states("finishedAt > 2026-01-01") == [.completed, .failed])
        #expect(try states("finishedAt exists and state = waiting") == [])
        #expect(try states("dueAt < 2026-01-01 or finishedAt exists") == [.delayed, .completed, .failed])
        #expect(try states("not finishedAt exists and state != failed") == all.subtracting([.failed]))
        #expect(JobFilter.all.states == JobState.allCases)
    }

    @Test("What narrows a search never leaves out a job that matches", arguments: [21, 22, 23] as [UInt64])
    func narrowing(seed: UInt64) {
        var drawn = DrawnConditions(seed: seed)
        var matched = 0
        for round in 0..<3000 {
            let filter = JobFilter(drawn.condition(depth: 1))
            var record = job(#"{"a":42}"#, state: JobState.allCases[round % JobState.allCases.count])
            record.createdAt = Timestamp(milliseconds: Int64(round) * 700_000_000)
            guard filter.matches(record) else { continue }
            matched += 1
            #expect(filter.mayMatch(in: record.state), "seed \(seed), round \(round): \(filter)")
            let range = filter.range(of: .created)
            #expect(
                range.first <= record.createdAt.milliseconds && record.createdAt.milliseconds <= range.last,
                "seed \(seed), round \(round): \(filter)")
        }
        #expect(matched > 300, "seed \(seed): \(matched) jobs matched")
    }

    @Test("A filter from parts is the query that says the same")
    func parts() throws {
        let instant = Timestamp(milliseconds: 1_767_225_600_000)
        let parts = JobFilter(
            states: [.failed], names: ["SendMail"], groups: ["g"], tenant: "t", tags: ["a", "b"], correlationID: "c",
            created: instant...instant, attempts: 1...3, error: "timeout")
        let query = """
            state in (failed) and name in (SendMail) and group in (g) and tenant in (t) and tag in (a) and tag in (b) \
            and correlationId in (c) and createdAt >= 2026-01-01 and createdAt <= 2026-01-01 and attempts >= 1 and attempts <= 3 \
            and error ~ timeout
            """
        #expect(parts == (try JobFilter(query)))
        #expect(JobFilter().matches(job("{}")))
        #expect(parts.looksAtEncryptable == false)
        #expect(try JobFilter("not payload.a exists").looksAtEncryptable)
    }
}
