import DroverCore
import RedisTesting
import Testing

/// PROTOCOL 23, GE.
@Suite("Interoperability: reading")
struct GetterTests {
    @Test("GE1: both clients see the same jobs in the same states and order", arguments: Party.allCases, Party.allCases)
    func same(_ producer: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            for data: JSON in [nil, ["do": "fail"], nil, ["do": "fail"]] { try await bridge.add(producer, "n", data) }
            try await bridge.working(worker) { try await bridge.ended(4) }
            for number in 0..<8 {
                try await bridge.add(number % 2 == 0 ? producer : producer.other)
                try await bridge.add(producer, "n", nil, ["priority": .integer(1 + number % 3)])
                try await bridge.add(producer.other, "n", nil, ["delay": .integer(600_000 - number)])
            }
            for token in ["a", "b"] { #expect(try await bridge.take(worker, token: token) != nil) }
            let counts = [
                "completed": 2, "failed": 2, "waiting": 6, "prioritized": 8, "delayed": 8, "active": 2,
            ]
            for reader in Party.allCases { #expect(try await bridge.counts(reader) == counts) }
            let types = ["completed", "failed", "wait", "prioritized", "delayed", "active"]
            for (type, state) in zip(types, [JobState.completed, .failed, .waiting, .prioritized, .delayed, .active]) {
                for isAscending in [true, false] {
                    let page = try await bridge.store.jobs(
                        matching: JobQuery(queue: bridge.queue, state: state),
                        page: Page(order: isAscending ? .ascending : .descending))
                    let theirs = try await bridge.ask(
                        "getJobs", ["types": [.string(type)], "asc": .bool(isAscending)])
                    let ids = page.jobs.map(\.key.id.text)
                    #expect(ids == theirs.list.map { $0["id"].string ?? "" }, "\(type)")
                    let range = try await bridge.ask(
                        "getJobs", ["types": [.string(type)], "asc": .bool(isAscending), "start": 1, "end": 3])
                    #expect(ids.dropFirst().prefix(3).elementsEqual(range.list.compactMap { $0["id"].string }))
                }
            }
            for id in 1...28 {
                let record = try await bridge.record(String(id))
                #expect(try await bridge.state(.python, String(id)) == record.state.rawValue)
            }
            let page = try await bridge.store.jobs(
                matching: JobQuery(queue: bridge.queue, state: .waiting), page: Page())
            let order = page.jobs.map(\.key.id.text)
            try await bridge.working(worker.other) { try await bridge.heard("completed", order.last, times: 1) }
            let begun = try await bridge.begun()
            #expect(begun.dropFirst(6).prefix(order.count) == order[...])
        }
    }

    @Test("GE1: a log that either client writes is read by both", arguments: Party.allCases)
    func logs(_ worker: Party) async throws {
        try await Bridge.run { bridge in
            let rows = (1...5).map { JSON.object(["do": "log", "row": .string("row \($0) ü")]) }
            let id = try await bridge.add(worker.other, "n", ["steps": .list(rows)], ["keepLogs": 3])
            try await bridge.working(worker) { try await bridge.ended(1) }
            let theirs = try await bridge.ask("getLogs", ["job": .string(id)])
            #expect(theirs == ["logs": ["row 3 ü", "row 4 ü", "row 5 ü"], "count": 3])
            let ours = try await bridge.store.logs(try bridge.jobKey(id), page: Page())
            #expect(ours.lines == ["row 3 ü", "row 4 ü", "row 5 ü"] && ours.total == 3)
            let newest = try await bridge.store.logs(try bridge.jobKey(id), page: Page(limit: 2, order: .descending))
            #expect(newest.lines == ["row 5 ü", "row 4 ü"])
        }
    }

    @Test("GE2: an id without a hash is passed over, by lists and by workers", arguments: Party.allCases)
    func ghost(_ producer: Party) async throws {
        try await Bridge.run { bridge in
            for _ in 0..<3 { try await bridge.add(producer) }
            try await bridge.raw("DEL", bridge.key("2"))
            let page = try await bridge.store.jobs(
                matching: JobQuery(queue: bridge.queue, state: .waiting), page: Page())
            #expect(page.jobs.map(\.key.id.text) == ["1", "3"])
            #expect(try await bridge.store.jobs([try bridge.jobKey("2")]) == [nil])
            try await bridge.working(.swift) { try await bridge.ended(2) }
            #expect(try await bridge.begun() == ["1", "3"])
            #expect(try await !bridge.exists("2"))
            #expect(try await bridge.counts(.python) == ["completed": 2])
        }
    }

    @Test("GE2: a job of which hardly anything is stored is run")
    func hardlyAnything() async throws {
        try await Bridge.run { bridge in
            try await bridge.add(.python)
            try await bridge.raw("DEL", bridge.key("1"))
            // What BullMQ's clients make of such an id (PROTOCOL 4 and 22).
            try await bridge.raw("HSET", bridge.key("1"), "processedOn", "1", "ats", "1")
            let record = try await bridge.record("1")
            #expect(record.payload == .emptyObject && record.name.text.isEmpty && record.options == JobOptions())
            try await bridge.working(.swift) { try await bridge.heard("completed", "1") }
            #expect(try await bridge.hash("1")["ats"] == "2")
        }
    }
}
