import DroverCore
import RedisTesting
import Testing

/// PROTOCOL 23, RL: both clients' workers share what bounds a queue, whoever has set it. Windows are long, and end by hand.
@Suite("Interoperability: limits")
struct RateTests {
    private static let span: Duration = .seconds(600)

    /// Lets whichever party bound the rate of a queue, or lift it.
    private func limit(_ bridge: Bridge, _ party: Party, _ max: Int?) async throws {
        switch (party, max) {
        case (.swift, let max):
            let rate = max.map { RateLimit(max: $0, per: Self.span, window: .fixed) }
            _ = try await bridge.store.configure([.rateLimit(bridge.queue, rate)])
        case (.python, let max?):
            try await bridge.ask("call", ["method": "setGlobalRateLimit", "args": [.integer(max), 600_000]])
        case (.python, nil): try await bridge.ask("call", ["method": "removeGlobalRateLimit"])
        }
    }

    /// Who bounds, and whether by one window or the other; Python's clients know one.
    private func slide(_ bridge: Bridge, _ max: Int) async throws {
        _ = try await bridge.store.configure([.rateLimit(bridge.queue, RateLimit(max: max, per: Self.span))])
    }

    private func add(_ bridge: Bridge, _ count: Int) async throws {
        for number in 0..<count { try await bridge.add(number % 2 == 0 ? .swift : .python) }
    }

    @Test("RL2: two begin in a window over both clients' workers", arguments: Party.allCases, Party.allCases)
    func global(_ owner: Party, _ first: Party) async throws {
        try await Bridge.run { bridge in
            try await add(bridge, 6)
            try await limit(bridge, owner, 2)
            #expect(try await bridge.take(first, token: "a") == "1")
            #expect(try await bridge.take(first.other, token: "b") == "2")
            for party in Party.allCases { #expect(try await bridge.take(party, token: "c") == nil) }
            // The window is over.
            try await bridge.server.command("DEL", bridge.key("limiter"))
            #expect(try await bridge.take(first.other, token: "d") == "3")
            #expect(try await bridge.take(first.other, token: "e") == "4")
            #expect(try await bridge.take(first, token: "f") == nil)
            try await limit(bridge, owner.other, nil)
            #expect(try await bridge.take(first, token: "g") == "5")
            #expect(try await bridge.take(first.other, token: "h") == "6")
        }
    }

    @Test("RL3: a job that limits its queue goes back to the front, and no client's worker goes on")
    func limitedByDrover() async throws {
        try await Bridge.run { bridge in
            try await add(bridge, 2)
            try await limit(bridge, .swift, 100)
            let claimed = try #require(try await bridge.claim().first)
            try await bridge.settle(claimed, .rateLimited(Self.span))
            #expect(try await bridge.list("wait") == ["2", "1"])
            #expect(try await bridge.hash("1")["atm"] == nil)
            for party in Party.allCases { #expect(try await bridge.take(party, token: "a") == nil) }
            // Another rate doesn't end the hold, for nobody's workers.
            try await limit(bridge, .swift, 50)
            for party in Party.allCases { #expect(try await bridge.take(party, token: "b") == nil) }
            _ = try await bridge.store.configure([.hold(bridge.queue, nil)])
            #expect(try await bridge.take(.python, token: "c") == "1")
            #expect(try await bridge.take(.swift, token: "d") == "2")
        }
    }

    @Test("RL3: Drover's workers heed a hold of another client's", arguments: RateLimit.Window.allCases)
    func limitedByPython(_ window: RateLimit.Window) async throws {
        try await Bridge.run { bridge in
            try await add(bridge, 2)
            if window == .fixed { try await limit(bridge, .python, 100) } else { try await slide(bridge, 100) }
            try await bridge.ask("call", ["method": "rateLimit", "args": [600_000]])
            let id = ExchangeID("a")
            let claim = Claim(limit: 1, lease: .seconds(60), worker: "w")
            let wait = try await bridge.store.exchange(bridge.queue, id: id, settle: [], claim: claim).nextDueIn
            #expect(wait.map { $0 > .seconds(500) && $0 <= Self.span } == true, "\(String(describing: wait))")
            let queue = try await bridge.store.queues().first { $0.name == bridge.queue }
            #expect(queue?.limitedFor.map { $0 > .seconds(500) } == true)
            try await bridge.ask("call", ["method": "removeRateLimitKey"])
            #expect(try await bridge.take(.swift, token: "b") == "1")
            #expect(try await bridge.take(.python, token: "c") == "2")
        }
    }

    @Test("RL4: a delayed job is promoted while its queue is limited", arguments: Party.allCases, Party.allCases)
    func promoted(_ owner: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            try await add(bridge, 1)
            try await limit(bridge, owner, 1)
            #expect(try await bridge.take(worker, token: "a") == "1")
            try await bridge.add(owner, "n", nil, ["delay": 600_000])
            // Its time comes.
            try await bridge.server.command("ZADD", bridge.key("delayed"), "XX", "4096", "2")
            #expect(try await bridge.take(worker, token: "b") == nil)
            #expect(try await bridge.list("wait") == ["2"])
        }
    }

    @Test("RL5: of a queue of one place never two jobs run", arguments: Party.allCases, Party.allCases)
    func onePlace(_ owner: Party, _ first: Party) async throws {
        try await Bridge.run { bridge in
            try await add(bridge, 2)
            switch owner {
            case .swift: _ = try await bridge.store.configure([.concurrency(bridge.queue, 1)])
            case .python: try await bridge.ask("call", ["method": "setGlobalConcurrency", "args": [1]])
            }
            let claimed = try #require(try await bridge.claim().first)
            for party in [first, first.other] { #expect(try await bridge.take(party, token: "a") == nil) }
            let done = Settlement(lease: claimed.lease, outcome: .completed(.null))
            let claim = Claim(limit: 1, lease: .seconds(60), worker: "w")
            let reply = try await bridge.store.exchange(bridge.queue, id: ExchangeID("b"), settle: [done], claim: claim)
            #expect(reply.claimed.map(\.job.key.id.text) == ["2"])
            #expect(try await bridge.take(.python, token: "c") == nil)
        }
    }

    @Test("A sliding window is none any more where another client has set another span")
    func overwritten() async throws {
        try await Bridge.run { bridge in
            try await add(bridge, 3)
            try await slide(bridge, 1)
            #expect(try await bridge.take(.swift, token: "a") == "1")
            try await bridge.ask("call", ["method": "setGlobalRateLimit", "args": [2, 500_000]])
            let queue = try await bridge.store.queues().first { $0.name == bridge.queue }
            #expect(queue?.rateLimit == RateLimit(max: 2, per: .seconds(500), window: .fixed))
            #expect(try await bridge.take(.swift, token: "b") == "2")
            #expect(try await bridge.take(.swift, token: "c") == nil)
        }
    }

    @Test("What was counted before the clock was set back counts for nothing")
    func setBack() async throws {
        try await Bridge.run { bridge in
            try await add(bridge, 1)
            try await slide(bridge, 1)
            let key = "drover:slices"
            let ahead = Timestamp(milliseconds: SystemWallClock().now.milliseconds + 3_600_000)
            try await bridge.server.command("HSET", bridge.key(key), String(ahead.milliseconds / 6000), "1")
            let queue = try await bridge.store.queues().first { $0.name == bridge.queue }
            #expect(queue != nil && queue?.limitedFor == nil)
            #expect(try await bridge.take(.swift, token: "a") == "1")
        }
    }

    @Test("Where the parent of a job that would be replaced can't be told, nothing is written")
    func replacedChild() async throws {
        try await Bridge.run { bridge in
            let options: [String: JSON] = ["deduplication": ["id": "d", "replace": true], "delay": 600_000]
            try await bridge.add(.python, "n", nil, options)
            let (parent, child) = (bridge.key("parent"), bridge.key("1"))
            try await bridge.server.command("HSET", child, "parentKey", parent)
            try await bridge.server.command("HSET", parent, "name", "p")
            try await bridge.server.command("SET", "\(parent):dependencies", "x")
            let added = try await bridge.server.command("XLEN", bridge.key("events"))
            await #expect(throws: StoreError.self) { try await bridge.add(.swift, "n", nil, options) }
            #expect(try await bridge.members("delayed") == ["1"])
            #expect(try await bridge.hashes().contains("1"))
            #expect(try await bridge.server.command("XLEN", bridge.key("events")) == added)
        }
    }
}
