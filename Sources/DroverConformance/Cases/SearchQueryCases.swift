import DroverCore

/// Queries over the same few jobs, each with the ids that it finds.
extension ConformanceCase {
    static let searchQueries: [ConformanceCase] = [
        query("name = mail", ["a", "b"]),
        query("name != mail", ["c", "d", "e", "f"]),
        query("name in (resize, \"none\")", ["c", "d"]),
        query("name not in (resize, mail)", ["e", "f"]),
        query("name ~ MAI", ["a", "b"]),
        query("id = c or id = \"a\"", ["a", "c"]),
        query("id > d", ["e", "f"]),
        query("tag = red", ["a", "b"]),
        query("tag = red and tag = blue", ["a"]),
        query("tag != red", ["c", "d", "e", "f"]),
        query("tag exists and not tag = blue", ["b"]),
        query("tenant = acme", ["a"]),
        query("tenant exists", ["a", "c"]),
        query("correlationId = req-7", ["a"]),
        query("group = g1", []),
        query("metadata.region = eu", ["a"]),
        query("metadata.other exists", []),
        query("priority = 0 and attempts = 0 and stalls = 0", ["a", "b", "c", "d", "e", "f"]),
        query("priority > 0", []),
        query("worker exists or error exists or result exists or dueAt exists or finishedAt exists", []),
        query("state = waiting and createdAt exists", ["a", "b", "c", "d", "e", "f"]),
        query("state != waiting", []),
        query("payload.userId = \"42\"", ["a", "c"]),
        query("payload.userId = 42", ["b"]),
        query("payload.userId = 42.0", ["b"]),
        query("payload.userId ~ \"42\"", ["a", "c", "f"]),
        query("payload.userId > \"42\"", ["f"]),
        query("payload.userId != \"42\"", ["b", "d", "e", "f"]),
        query("payload.n = 9007199254740993", ["a"]),
        query("payload.n > 9007199254740992", ["a", "f"]),
        query("payload.n >= 9007199254740992 and payload.n < 1e20", ["a", "b"]),
        query("payload.n < 0", ["c"]),
        query("payload.n = -1500", ["c"]),
        query("payload.n > 9.99e399", ["f"]),
        query("payload.n exists", ["a", "b", "c", "f"]),
        query("payload.tags ~ \"vip\"", ["a"]),
        query("payload.tags ~ \"VIP\"", []),
        query("payload.tags[1] = eu", ["a"]),
        query("payload.tags[2] exists", []),
        query("payload.deep.x[1].k = 2.5", ["a"]),
        query("payload.deep = 1 or payload.deep.x = 1", []),
        query("payload.deep exists", ["a"]),
        query("payload.ok = true", ["b"]),
        query("payload.ok = \"true\"", []),
        query("payload.none = null", ["b"]),
        query("payload.none exists", ["b"]),
        query("payload.missing = null", []),
        query("payload.text = \"Größe \\\"A\\\"\\n\"", ["c"]),
        query("payload.text ~ 'SSE' or payload.text ~ 'größe \"a\"'", ["c"]),
        query("payload[1] = two", ["d"]),
        query("payload[2].three = 3", ["d"]),
        query("payload ~ 1", ["d"]),
        query("payload = plain", ["e"]),
        query("payload.dup = 1", ["f"]),
        query("payload.dup = 2", []),
        query("payload.empty = \"\"", ["f"]),
        query("payload.'odd key'['.x'] = \"😀\"", ["e2"], in: "odd"),
        query("not (name = mail or name = resize) and payload.userId exists", ["f"]),
        Case("search", "jobs that wait in groups are found, by the entry of each") { bench in
            for (id, group) in [("a", "g1"), ("b", "g2"), ("c", "g1"), ("d", nil)] {
                var options = JobOptions()
                options.group = group
                try await bench.add(NewJob(id: JobID(stored: id), name: "job", options: options))
            }
            try await bench.expect(bench.search("group = g1", in: .grouped), is: ["a", "c"], "what is found")
            try await bench.expect(
                bench.search("group exists", in: .grouped, .descending, limit: 1, mostExamined: 2),
                is: ["c", "b", "a"],
                "in small steps from the last")
            try await bench.expect(bench.search("group exists", in: .waiting), is: [], "what waits in no group")
        },
    ]

    private static func query(_ query: String, _ expected: [String], in population: String = "") -> ConformanceCase {
        Case("search", query) { bench in
            let others = NewJob(id: JobID(stored: "zz"), name: "mail", payload: try JSONText(#"{"userId": "42"}"#))
            try await bench.add(others, in: bench.queue("other"))
            let jobs = population.isEmpty ? try jobs() : try oddJobs()
            try bench.expect(
                await bench.store.enqueue(bench.queue, jobs), is: jobs.compactMap(\.id).map { .added($0) }, "enqueue")
            try await bench.expect(bench.search(query), is: expected, "what is found")
            try await bench.expect(bench.search(query, limit: 1, mostExamined: 2), is: expected, "in small steps")
            try await bench.expect(bench.search(query, .descending), is: expected.reversed(), "from the last")
            try await bench.expect(bench.count(query, mostExamined: 4), is: expected.count, "the count")
        }
    }

    private static func jobs() throws -> [NewJob] {
        var options = JobOptions()
        options.tags = ["red", "blue"]
        options.tenant = "acme"
        options.correlationID = "req-7"
        options.metadata = ["region": "eu"]
        var red = JobOptions()
        red.tags = ["red"]
        var other = JobOptions()
        other.tenant = "other"
        func job(_ id: String, _ name: JobName, _ payload: String, _ options: JobOptions = JobOptions()) throws
            -> NewJob
        {
            NewJob(id: JobID(stored: id), name: name, payload: try JSONText(payload), options: options)
        }
        return [
            try job(
                "a", "mail",
                #"{"userId":"42","n":9007199254740993,"tags":["vip","eu"],"deep":{"x":[{"k":1},{"k":2.50}]}}"#, options),
            try job("b", "mail", #"{ "userId" : 42 , "n" : 9007199254740992, "ok": true, "none": null }"#, red),
            try job("c", "resize", #"{"userId":"4\u0032","n":-1.5e3,"text":"Gr\u00f6ße \"A\"\n"}"#, other),
            try job("d", "resize", #"[1,"two",{"three":3}]"#),
            try job("e", "other", #""plain""#),
            try job("f", "other", #"{"userId":"421","n":1e400,"dup":1,"dup":2,"empty":""}"#),
        ]
    }

    private static func oddJobs() throws -> [NewJob] {
        [
            NewJob(id: JobID(stored: "e1"), name: "odd", payload: try JSONText(#"{"odd key":{".y":"😀"}}"#)),
            NewJob(
                id: JobID(stored: "e2"), name: "odd", payload: try JSONText(#"{"odd\u0020key":{".x":"\ud83d\ude00"}}"#)),
        ]
    }
}
