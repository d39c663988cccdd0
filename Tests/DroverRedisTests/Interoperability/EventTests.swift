import Drover
import DroverCore
import RedisTesting
import Testing

/// PROTOCOL 23, EV.
@Suite("Interoperability: events")
struct EventTests {
    @Test("EV1: BullMQ's listener understands the life of a Swift job")
    func theirListener() async throws {
        try await Bridge.run { bridge in
            try await bridge.ask("events")
            let steps: JSON = [["do": "progress", "value": ["p": 50]], ["value": ["r": [1, nil]]]]
            try await bridge.add(.swift, "n", ["steps": steps])
            try await bridge.add(.swift, "n", ["do": "fail", "message": "boom"], ["attempts": 2])
            try await bridge.add(.swift, "n", nil, ["delay": 600_000])
            try await bridge.add(.swift, "n", nil, ["jobId": "x"])
            try await bridge.add(.swift, "n", nil, ["jobId": "x"])
            try await bridge.working(.swift) { try await bridge.ended(3) }
            try await bridge.setPaused(.swift, true)
            try await bridge.setPaused(.swift, false)
            try await bridge.remove(.swift, "3")
            let all = try await bridge.stream()
            let told = try await bridge.told("queue", times: all.count)
            #expect(told.map(\.["name"].string) == all.map { $0["event"] })
            func args(_ name: String, _ id: String) -> JSON {
                told.first { $0["name"].string == name && $0["args"]["jobId"].string == id }?["args"] ?? .null
            }
            #expect(args("added", "1") == ["jobId": "1", "name": "n"])
            #expect(args("active", "1") == ["jobId": "1", "prev": "waiting"])
            #expect(args("progress", "1") == ["jobId": "1", "data": ["p": 50]])
            #expect(args("completed", "1") == ["jobId": "1", "returnvalue": ["r": [1, nil]], "prev": "active"])
            #expect(args("failed", "2") == ["jobId": "2", "failedReason": "boom", "prev": "active"])
            #expect(args("retries-exhausted", "2") == ["jobId": "2", "attemptsMade": "2"])
            #expect(args("duplicated", "x") == ["jobId": "x"])
            #expect(args("removed", "3") == ["jobId": "3", "prev": "delayed"])
        }
    }

    @Test("EV1: Drover's readers understand the life of a Python job")
    func ourReader() async throws {
        try await Bridge.run { bridge in
            let steps: JSON = [["do": "progress", "value": 50], ["value": ["r": 1]]]
            try await bridge.add(.python, "n", ["steps": steps])
            try await bridge.add(.python, "n", ["do": "fail", "message": "boom"], ["attempts": 2])
            try await bridge.add(.python, "n", nil, ["delay": 600_000])
            try await bridge.working(.python) { try await bridge.ended(2) }
            try await bridge.setPaused(.python, true)
            try await bridge.setPaused(.python, false)
            try await bridge.remove(.python, "3")
            try await bridge.ask("clean", ["grace": 0, "type": "completed"])
            // An event of somebody's own is passed over.
            try await bridge.raw("XADD", bridge.key("events"), "*", "event", "ours", "x", "1")
            let page = try await bridge.store.events(
                EventQuery(queue: bridge.queue, start: .beginning), waitingAtMost: .zero)
            func kinds(_ id: String) -> [JobEvent.Kind] { page.events.filter { $0.job?.text == id }.map(\.kind) }
            #expect(
                kinds("1") == [
                    .added("n"), .waiting(from: nil), .active, .progress(try JSONText("50")),
                    .completed(try JSONText(#"{"r":1}"#)),
                ])
            #expect(
                kinds("2") == [
                    .added("n"), .waiting(from: nil), .active, .waiting(from: .active), .active, .failed("boom"),
                    .retriesExhausted(attemptsMade: 2),
                ])
            let due = try #require(Int64(try await bridge.story("3")[1]["delay"] ?? ""))
            #expect(
                kinds("3") == [.added("n"), .delayed(until: Timestamp(milliseconds: due)), .removed(from: .delayed)])
            let others = page.events.filter { $0.job == nil }.map(\.kind)
            #expect(others.suffix(3) == [.paused, .resumed, .cleaned(1)])
            #expect(others.contains(.drained) && !page.hasGap)
        }
    }

    @Test("EV1: who waits for a result is told by whichever worker", arguments: Party.allCases)
    func result(_ worker: Party) async throws {
        try await Bridge.run { bridge in
            let service = JobService(store: bridge.store)
            let done = try bridge.jobKey(try await bridge.add(.swift, "n", ["value": ["r": 1]]))
            let failed = try bridge.jobKey(try await bridge.add(.swift, "n", ["do": "fail", "message": "boom"]))
            async let result = service.result(of: done, within: .seconds(300))
            try await bridge.working(worker) { try await bridge.ended(2) }
            #expect(try await result.text == #"{"r":1}"#)
            await #expect {
                try await service.result(of: failed, within: .seconds(300))
            } throws: {
                "\($0)".contains("boom")
            }
        }
    }

    @Test("EV2: the stream stays near its length", arguments: Party.allCases, ["0", "50"])
    func trimmed(_ party: Party, _ length: String) async throws {
        try await Bridge.run { bridge in
            try await bridge.raw("HSET", bridge.key("meta"), "opts.maxLenEvents", length)
            for _ in 0..<10 { _ = try await bridge.addBulk(party, Array(repeating: .init(), count: 100)) }
            let kept = try #require(Int(try await bridge.server.command("XLEN", bridge.key("events"))))
            // It is trimmed by whole nodes of a hundred entries; Swift trims once for each call.
            #expect(kept <= 400)
            #expect(try await bridge.server.command("HGET", bridge.key("meta"), "opts.maxLenEvents") == length)
        }
    }

    @Test("EV2: Swift reads on behind events that Python has trimmed, and says that some are missing")
    func gap() async throws {
        try await Bridge.run { bridge in
            try await bridge.add(.python)
            let first = try await bridge.store.events(
                EventQuery(queue: bridge.queue, start: .beginning, limit: 1), waitingAtMost: .zero)
            _ = try await bridge.addBulk(.python, Array(repeating: .init(), count: 500))
            try await bridge.ask("trimEvents", ["length": 10])
            let page = try await bridge.store.events(
                EventQuery(queue: bridge.queue, start: .after(first.next)), waitingAtMost: .zero)
            #expect(page.hasGap && !page.events.isEmpty)
        }
    }

    private static let values: [JSON] = [5, 0.5, "half", true, ["done": 1], [1, 2], nil]

    @Test("EV3: progress of every kind is the same in event and hash", arguments: Party.allCases, values)
    func progress(_ worker: Party, _ value: JSON) async throws {
        try await Bridge.run { bridge in
            let id = try await bridge.add(worker.other, "n", ["do": "progress", "value": value])
            try await bridge.working(worker) { try await bridge.ended(1) }
            let stored = try await bridge.hash(id)["progress"] ?? ""
            #expect(try JSON(parsing: stored) == value)
            #expect(try await bridge.story(id)[3] == ["event": "progress", "data": stored])
            #expect(try await bridge.record(id).progress?.text == stored)
            #expect(try await bridge.ask("getJob", ["job": .string(id)])["progress"] == value)
        }
    }
}
