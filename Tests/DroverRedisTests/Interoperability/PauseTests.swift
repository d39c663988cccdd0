import DroverCore
import RedisTesting
import Testing

/// PROTOCOL 23, PA.
@Suite("Interoperability: pausing")
struct PauseTests {
    @Test("PA1: a paused queue keeps its jobs where they are", arguments: Party.allCases, Party.allCases)
    func paused(_ producer: Party, _ pauser: Party) async throws {
        try await Bridge.run { bridge in
            for _ in 0..<2 { try await bridge.add(producer) }
            try await bridge.setPaused(pauser, true)
            #expect(try await bridge.server.command("HGET", bridge.key("meta"), "paused") == "1")
            #expect(try await !bridge.exists("marker"))
            #expect(try await bridge.list("wait") == ["2", "1"])
            for worker in Party.allCases { #expect(try await bridge.take(worker) == nil) }
            for reader in Party.allCases {
                #expect(try await bridge.counts(reader) == ["waiting": 2])
                #expect(try await bridge.state(reader, "1") == "waiting")
            }
            #expect(try await bridge.ask("isPaused") == true)
            #expect(try await bridge.store.queues().first { $0.name == bridge.queue }?.isPaused == true)
            #expect(try await bridge.stream().last == ["event": "paused"])
        }
    }

    @Test(
        "PA2: what was added meanwhile is run after the other client resumes", arguments: Party.allCases, Party.allCases
    )
    func resumed(_ pauser: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            try await bridge.working(worker) {
                let warm = try await bridge.add(pauser)
                try await bridge.heard("completed", warm)
                try await bridge.setPaused(pauser, true)
                for party in Party.allCases { try await bridge.add(party) }
                #expect(try await bridge.list("wait") == ["3", "2"])
                #expect(try await !bridge.exists("marker"))
                try await bridge.setPaused(pauser.other, false)
                try await bridge.ended(3)
            }
            let names = try await bridge.stream().compactMap { $0["event"] }
            #expect(names.filter { ["paused", "resumed"].contains($0) } == ["paused", "resumed"])
            #expect(try await bridge.ask("isPaused") == false)
            #expect(try await bridge.begun() == ["1", "2", "3"])
        }
    }

    @Test("PA3: a version 5 client's list of paused jobs is merged on resuming", arguments: [3, 7001])
    func legacy(_ count: Int) async throws {
        try await Bridge.run { bridge in
            try await bridge.setPaused(.python, true)
            try await bridge.add(.python)
            // Version 5 adds left, as to `wait`; made by hand here.
            let script = """
                for i = 1, ARGV[1] do
                    redis.call('HSET', KEYS[2] .. 'v' .. i, 'name', 'n', 'data', '{}', 'timestamp', '1')
                    redis.call('LPUSH', KEYS[1], 'v' .. i)
                end
                """
            try await bridge.raw("EVAL", script, "2", bridge.key("paused"), bridge.key(""), String(count))
            #expect(try await bridge.counts(.swift)["waiting"] == count + 1)
            #expect(try await bridge.record("v1").state == .waiting)
            try await bridge.setPaused(.swift, false)
            #expect(try await !bridge.exists("paused"))
            let waiting = try await bridge.list("wait")
            #expect(Set(waiting).count == count + 1)
            // In order, before what was added by others meanwhile.
            #expect(waiting.first == "1")
            if count <= 7000 { #expect(waiting == ["1", "v3", "v2", "v1"]) }
            let names = try await bridge.stream().compactMap { $0["event"] }
            #expect(names.count { $0 == "resumed" } == 1)
            #expect(try await bridge.members("marker") == ["0"])
            #expect(try await bridge.counts(.python) == ["waiting": count + 1])
        }
    }

    @Test("PA3: without other waiting jobs too, and by Python of Swift's pause")
    func legacyAlone() async throws {
        try await Bridge.run { bridge in
            try await bridge.setPaused(.swift, true)
            try await bridge.raw("HSET", bridge.key("v1"), "name", "n", "data", "{}", "timestamp", "1")
            try await bridge.raw("LPUSH", bridge.key("paused"), "v1")
            try await bridge.setPaused(.python, false)
            try await bridge.working(.swift) { try await bridge.heard("completed", "v1") }
        }
    }

    @Test(
        "PA4: a job that fails in a paused queue waits there for its next attempt", arguments: Party.allCases,
        Party.allCases)
    func failing(_ pauser: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            let steps: JSON = [bridge.gate("g"), ["do": "fail"]]
            let id = try await bridge.add(pauser, "n", ["steps": steps], ["attempts": 2])
            try await bridge.working(worker) {
                try await bridge.heard("active", id)
                try await bridge.setPaused(pauser, true)
                try await bridge.openGate("g")
                try await bridge.heard("waiting", id, times: 2)
                #expect(try await bridge.list("wait") == [id])
            }
            #expect(try await bridge.begun() == [id])
            #expect(try await !bridge.exists("marker"))
        }
    }
}
