import DroverCore
import RedisTesting
import Testing

/// PROTOCOL 23, LK. Clients of their own, as the one that all tests share is too busy to renew in time.
@Suite("Interoperability: locks")
struct LockTests {
    @Test("LK1: of jobs that run longer than their lock none stalls", arguments: Party.allCases)
    func renewed(_ worker: Party) async throws {
        try await Bridge.run(["stalledInterval": "1"], ownPeer: true) { bridge in
            let ids = try await bridge.addBulk(worker.other, Array(repeating: .init(data: bridge.gate("g")), count: 10))
            // Locks of half a minute, which a busy host lets nobody renew too late.
            let settings = WorkerSettings(concurrency: 10, stalledInterval: 500)
            // The other client looks for stalled jobs as well.
            try await bridge.working(worker.other, WorkerSettings(stalledInterval: 500)) {
                try await bridge.working(worker, settings) {
                    try await bridge.heard("active", times: 10)
                    try await bridge.pass(.seconds(32))
                    #expect(try await bridge.list("active").count == 10)
                    try await bridge.openGate("g")
                    try await bridge.ended(10)
                }
            }
            #expect(try await bridge.counts(.python) == ["completed": 10])
            for id in ids { #expect(try await bridge.hash(id)["stc"] == nil) }
        }
    }

    @Test("LK2: a lock that somebody else has is lost, and only that one")
    func stolen() async throws {
        try await Bridge.run { bridge in
            for _ in 0..<3 { try await bridge.add(.python) }
            let claimed = try await bridge.claim(3)
            try await bridge.raw("SET", bridge.key("2:lock"), "python")
            #expect(try await bridge.store.renew(claimed.map(\.lease)) == [.held, .lost, .held])
            #expect(try await bridge.server.command("GET", bridge.key("2:lock")) == "python")
        }
    }

    @Test("LK3: while a worker closes, its running job stays locked", arguments: Party.allCases)
    func closing(_ worker: Party) async throws {
        try await Bridge.run(ownPeer: true) { bridge in
            let id = try await bridge.add(worker.other, "n", bridge.gate("g"))
            var watch: Task<Bool, any Error>?
            try await bridge.working(worker, WorkerSettings(lock: 20_000)) {
                try await bridge.arrival(at: "g", of: worker)
                watch = Task {
                    // At the second at the latest it closes.
                    let isRenewed = try await bridge.seesRenewals(2, of: id)
                    let isLocked = try await bridge.exists("\(id):lock")
                    try await bridge.openGate("g")
                    return isRenewed && isLocked
                }
            }
            #expect(try await watch?.value == true)
            // The peer waits for a worker that closes, but not for so long.
            try await bridge.heard("completed", id)
            let story = try await bridge.story(id)
            #expect(try await bridge.places(of: id) == ["completed"], "\(story)")
        }
    }
}
