import DroverCore
import DroverRedis
import DroverTesting
import Foundation
import RedisTesting
import Synchronization
import Testing

/// The server reads its data or changes its role.
@Suite("Changing servers", .serialized)
struct ChangingServerTests {
    @Test("Calls fail as passing trouble while the server reads its data, and go on afterwards")
    func loading() async throws {
        try await FaultBench.with(.init(appendOnly: .always)) { bench in
            let store = try bench.store()
            try await store.prepare()
            let told = Mutex<[StoreError]>([])
            try await bench.endure(try bench.configuration()) { load in
                try await load.ended.wait(for: 300, timeout: .seconds(300))
                // From now on the server takes its time over each command that it reads.
                let path = bench.server.folder + "/redis.conf"
                let slow = "\nkey-load-delay 500\nloading-process-events-interval-bytes 1024\n"
                let text = try String(contentsOfFile: path, encoding: .utf8) + slow
                try text.write(toFile: path, atomically: true, encoding: .utf8)
                let key = JobKey(queue: "q", id: try JobID("p0-0"))
                // Once more where nobody asked in time.
                while !Self.tellsOfLoading(told) {
                    try await bench.server.kill()
                    let isBack = Probe<Void>("the server's return")
                    async let restarted: Void = Self.restart(bench.server, then: isBack)
                    while isBack.values.isEmpty, !Self.tellsOfLoading(told) {
                        do { _ = try await store.jobs([key]) } catch let error as StoreError {
                            told.withLock { $0.append(error) }
                        }
                    }
                    try await restarted
                }
                try await bench.nextCompletion()
                _ = try await store.queues()
                try await load.ended.wait(for: load.ended.values.count + 100, timeout: .seconds(300))
            }
            #expect(told.withLock { $0 }.allSatisfy { $0.code == .unreachable && $0.isTransient })
            await store.close()
        }
    }

    private static func tellsOfLoading(_ errors: borrowing Mutex<[StoreError]>) -> Bool {
        errors.withLock { $0.contains { $0.message.contains("LOADING") } }
    }

    private static func restart(_ server: RedisServer, then isBack: Probe<Void>) async throws {
        defer { isBack.signal() }
        try await server.restart()
    }

    @Test("Calls fail as passing trouble while the server is a replica, and go on when it is no longer")
    func replica() async throws {
        try await FaultBench.with { bench in
            let store = try bench.store()
            try await store.prepare()
            try await bench.endure(try bench.configuration()) { load in
                for round in 1...5 {
                    try await load.ended.wait(for: load.ended.values.count + 50, timeout: .seconds(300))
                    let troubles = load.troubles
                    // Nobody is there, so it keeps what it has.
                    try await bench.server.command("REPLICAOF", "127.0.0.1", "1")
                    let other = try bench.store()
                    let refusal = try await FaultBench.trouble { try await other.prepare() }
                    #expect(refusal.code == .readOnly)
                    await other.close()
                    while load.troubles < troubles + 4 { await load.pause(.milliseconds(20)) }
                    // Its connection may have been closed with the change; then that is told first.
                    var trouble: StoreError
                    repeat {
                        trouble = try await FaultBench.trouble {
                            _ = try await store.enqueue("other", [NewJob(id: try JobID("r\(round)"), name: "work")])
                        }
                        #expect(trouble.code == .unreachable && trouble.isTransient)
                    } while !trouble.message.contains("READONLY")
                    try await bench.server.command("REPLICAOF", "NO", "ONE")
                    try await bench.nextCompletion()
                }
            }
            await store.close()
        }
    }
}
