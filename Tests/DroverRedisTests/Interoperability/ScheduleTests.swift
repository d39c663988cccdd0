import Drover
import DroverCore
import RedisTesting
import Testing

/// PROTOCOL 23, SC. SC8 is a case of the conformance suite: a run that is not the next one takes its schedule nowhere.
@Suite("Interoperability: schedules")
struct ScheduleTests {
    @Test("SC1: an interval begins at once, in the same keys by either client", arguments: Party.allCases)
    func interval(_ party: Party) async throws {
        try await Bridge.run { bridge in
            try await bridge.schedule(party, "s", ["every": 30_000], data: ["a": 1], options: ["attempts": 3])
            let slot = try #require(try await bridge.score("repeat", "s"))
            let hash = try await bridge.schedulerHash("s")
            #expect(hash["offset"] == String(slot % 30_000) && hash["ic"] == "1" && hash["every"] == "30000")
            #expect(hash["name"] == "tick" && hash["data"] == #"{"a":1}"#)
            let job = try await bridge.hash("repeat:s:\(slot)")
            #expect(job["rjk"] == "s" && job["name"] == "tick" && job["data"] == #"{"a":1}"#)
            let options = try JSON(parsing: try #require(job["opts"]))
            #expect(options["attempts"] == 3 && options["repeatJobKey"] == "s")
            #expect(options["jobId"] == .string("repeat:s:\(slot)"))
            #expect(options["repeat"]["every"] == 30_000 && options["repeat"]["count"] == 1)
            #expect(try await bridge.places(of: "repeat:s:\(slot)") == ["wait"])
            let theirs = try await bridge.call("getJobScheduler", ["s"])
            #expect(theirs["every"] == 30_000 && theirs["next"].integer == slot)
            let ours = try #require(try await bridge.scheduleRecord("s"))
            #expect(ours.slot.milliseconds == Int64(slot) && ours.schedule.options.attempts == 3)
        }
    }

    @Test("SC2: an offset decides the first time", arguments: Party.allCases)
    func offset(_ party: Party) async throws {
        try await Bridge.run { bridge in
            let now = try await bridge.now()
            try await bridge.schedule(party, "s", ["every": 900_000, "offset": 180_000])
            let slot = try #require(try await bridge.score("repeat", "s"))
            #expect((slot - 180_000) % 900_000 == 0)
            #expect(slot > now)
            #expect(try await slot - bridge.now() <= 900_000)
            #expect(try await bridge.schedulerHash("s")["offset"] == "180000")
            #expect(try await bridge.places(of: "repeat:s:\(slot)") == ["delayed"])
        }
    }

    @Test(
        "SC3: a worker stores the next iteration, whoever made the schedule", arguments: Party.allCases, Party.allCases)
    func chain(_ maker: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            try await bridge.schedule(maker, "s", ["every": 100], data: ["do": "log", "row": "x"])
            try await bridge.working(worker) { try await bridge.ended(3) }
            let ids = try await bridge.members("completed")
            let slots = ids.compactMap { Int($0.split(separator: ":").last ?? "") }
            #expect(slots.count == ids.count && slots.count >= 3)
            #expect(zip(slots, slots.dropFirst()).allSatisfy { ($1 - $0) % 100 == 0 && $1 > $0 })
            for (index, id) in ids.prefix(3).enumerated() {
                let options = try JSON(parsing: try #require(try await bridge.hash(id)["opts"]))
                #expect(options["repeat"]["count"].integer == index + 1)
                #expect(options["repeatJobKey"] == "s")
            }
            let slot = try #require(try await bridge.score("repeat", "s"))
            #expect(try await bridge.exists("repeat:s:\(slot)"))
            // Every job that was made is somewhere: a worker of theirs that ends may have taken one more and left it.
            let (counted, stored) = try await bridge.made(by: "s")
            #expect(counted == stored)
            #expect(try #require(stored) > 3)
        }
    }

    @Test("SC3: workers of both clients take turns on one schedule, and make each time once")
    func bothWork() async throws {
        try await Bridge.run { bridge in
            try await bridge.schedule(.python, "s", ["every": 50], data: ["do": "log", "row": "x"])
            try await bridge.working(.swift) {
                try await bridge.working(.python) { try await bridge.ended(20) }
            }
            // A worker of theirs that ends may have taken one more and left it.
            let ids = try await bridge.members("completed") + bridge.list("active")
            #expect(Set(ids).count == ids.count)
            let counts = try await ids.asyncMap { id in
                try JSON(parsing: try #require(try await bridge.hash(id)["opts"]))["repeat"]["count"].integer
            }
            // They end beside each other, in any order.
            #expect(counts.compactMap(\.self).sorted() == Array(1...ids.count))
        }
    }

    @Test("SC4: times that passed are left out, in the same phase", arguments: Party.allCases)
    func missed(_ worker: Party) async throws {
        try await Bridge.run { bridge in
            let offset = try await bridge.farOffset(every: 3_600_000)
            try await bridge.schedule(.swift, "s", ["every": 3_600_000, "offset": offset])
            let slot = try #require(try await bridge.score("repeat", "s"))
            // As if nobody had worked for three intervals.
            let old = slot - 4 * 3_600_000
            try await bridge.raw("ZADD", bridge.key("repeat"), String(old), "s")
            try await bridge.raw("ZREM", bridge.key("delayed"), "repeat:s:\(slot)")
            try await bridge.raw("RENAME", bridge.key("repeat:s:\(slot)"), bridge.key("repeat:s:\(old)"))
            try await bridge.raw("LPUSH", bridge.key("wait"), "repeat:s:\(old)")
            try await bridge.raw("ZADD", bridge.key("marker"), "0", "0")
            try await bridge.working(worker) { try await bridge.ended(1) }
            #expect(try await bridge.score("repeat", "s") == slot)
        }
    }

    @Test("SC5: a schedule with a limit stops, and its entry stays", arguments: Party.allCases, Party.allCases)
    func limit(_ maker: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            try await bridge.schedule(maker, "s", ["every": 50, "limit": 3])
            try await bridge.working(worker) { try await bridge.ended(3) }
            #expect(try await bridge.members("completed").count == 3)
            #expect(try await bridge.members("delayed").isEmpty)
            #expect(try await bridge.list("wait").isEmpty)
            #expect(try await bridge.members("repeat") == ["s"])
        }
    }

    @Test("SC6: an expression in a zone has the same times by either client")
    func pattern() async throws {
        try await Bridge.run { bridge in
            let rule: [String: JSON] = ["pattern": "30 6 * * 1-5", "tz": "America/Toronto"]
            try await bridge.schedule(.python, "theirs", rule)
            try await bridge.schedule(.swift, "ours", rule)
            let theirs = try await bridge.score("repeat", "theirs")
            #expect(try await bridge.score("repeat", "ours") == theirs && theirs != nil)
            var (left, right) = (try await bridge.schedulerHash("theirs"), try await bridge.schedulerHash("ours"))
            // Drover always names the attempts, which clients ask for.
            left["opts"] = nil
            right["opts"] = nil
            #expect(left == right)
            let slot = try #require(theirs)
            let mine = try JSON(parsing: try #require(try await bridge.hash("repeat:ours:\(slot)")["opts"]))
            #expect(mine["prevMillis"].integer == slot && mine["repeat"]["pattern"] == "30 6 * * 1-5")
            #expect(mine["repeat"]["tz"] == "America/Toronto")
        }
    }

    @Test("SC7: a schedule that is stored again has one pending job", arguments: Party.allCases, Party.allCases)
    func again(_ first: Party, _ second: Party) async throws {
        try await Bridge.run { bridge in
            let offset = try await bridge.farOffset(every: 600_000)
            try await bridge.schedule(first, "s", ["every": 600_000, "offset": offset], data: ["a": 1])
            let slot = try await bridge.score("repeat", "s")
            try await bridge.schedule(second, "s", ["every": 600_000, "offset": offset], data: ["a": 2])
            #expect(try await bridge.score("repeat", "s") == slot)
            #expect(try await bridge.members("delayed") == ["repeat:s:\(try #require(slot))"])
            #expect(try await bridge.hash("repeat:s:\(try #require(slot))")["data"] == #"{"a":2}"#)
            try await bridge.schedule(second, "s", ["pattern": "0 0 1 1 *", "tz": "UTC"])
            let other = try #require(try await bridge.score("repeat", "s"))
            #expect(other != slot)
            #expect(try await bridge.members("delayed") == ["repeat:s:\(other)"])
            let hash = try await bridge.schedulerHash("s")
            #expect(hash["every"] == nil && hash["ic"] == "1")
        }
    }

    @Test("SC9: a removed schedule takes its delayed job along", arguments: Party.allCases, Party.allCases)
    func removed(_ maker: Party, _ remover: Party) async throws {
        try await Bridge.run { bridge in
            try await bridge.schedule(maker, "s", ["every": 600_000, "offset": 1000])
            let slot = try #require(try await bridge.score("repeat", "s"))
            try await bridge.removeSchedule(remover, "s")
            #expect(try await bridge.story("repeat:s:\(slot)").last == ["event": "removed", "prev": "delayed"])
            let left = try await bridge.suffixes().filter { $0.hasPrefix("repeat") }
            #expect(left.isEmpty)
            #expect(try await bridge.counts(remover.other).isEmpty)
        }
    }

    @Test("SC10: the next run is not removed by hand", arguments: Party.allCases, Party.allCases)
    func pending(_ maker: Party, _ remover: Party) async throws {
        try await Bridge.run { bridge in
            try await bridge.schedule(maker, "s", ["every": 600_000, "offset": 1000])
            let slot = try #require(try await bridge.score("repeat", "s"))
            await #expect(throws: Bridge.Surprise.self) { try await bridge.remove(remover, "repeat:s:\(slot)") }
            #expect(try await bridge.places(of: "repeat:s:\(slot)") == ["delayed"])
        }
    }

    @Test("SC12: a schedule of a client that allows colons is listed and goes on")
    func colons() async throws {
        try await Bridge.run { bridge in
            try await bridge.schedule(.python, "a:b:c:d:e f", ["every": 50])
            try await bridge.working(.swift) { try await bridge.ended(2) }
            #expect(try await bridge.scheduleRecord("a:b:c:d:e f")?.iterations ?? 0 >= 3)
        }
    }

    @Test("SC13: a promoted run makes one next run", arguments: Party.allCases, Party.allCases)
    func promoted(_ promoter: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            let offset = try await bridge.farOffset(every: 600_000)
            try await bridge.schedule(promoter.other, "s", ["every": 600_000, "offset": offset])
            let slot = try #require(try await bridge.score("repeat", "s"))
            try await bridge.promote(promoter, "repeat:s:\(slot)")
            try await bridge.working(worker) { try await bridge.ended(1) }
            #expect(try await bridge.members("delayed") == ["repeat:s:\(slot + 600_000)"])
        }
    }

    @Test("A paused schedule is not there for Python until it is resumed")
    func paused() async throws {
        try await Bridge.run { bridge in
            try await bridge.schedule(.python, "s", ["every": 600_000, "offset": 1000])
            let key = ScheduleKey(queue: bridge.queue, id: ScheduleID(stored: "s"))
            #expect(try await bridge.store.apply([ScheduleCommand.pause(key)]) == [.done])
            #expect(try await bridge.call("getJobSchedulersCount", []) == 0)
            #expect(try await bridge.counts(.python).isEmpty)
            #expect(try await bridge.store.apply([ScheduleCommand.resume(key, from: nil)]) == [.done])
            #expect(try await bridge.call("getJobSchedulersCount", []) == 1)
            #expect(try await bridge.counts(.python) == ["delayed": 1])
        }
    }
}

extension Sequence where Element: Sendable {
    fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async throws -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
