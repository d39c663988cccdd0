import DroverCore
import DroverSQLite
import DroverTesting
import ProcessTesting
import Testing

/// Limits of a queue, as workers on a file meet them.
@Suite("Limited queues", .timeLimit(.minutes(5)))
struct LimitedQueueTests {
    @Test(
        "A job that the limits keep back is no hint for who waits",
        arguments: [
            QueueSetting.hold("q", .seconds(3600)), .rateLimit("q", RateLimit(max: 1, per: .seconds(3600))),
            .rateLimit("q", RateLimit(max: 1, per: .seconds(3600), window: .fixed)), .concurrency("q", 1),
        ])
    func noHint(_ setting: QueueSetting) async throws {
        try await withTemporaryFolder { folder in
            try await withStore(folder.file("jobs.sqlite")) { store in
                let claim = Claim(limit: 1, lease: .seconds(30), worker: "w")
                _ = try await store.configure([setting])
                _ = try await store.enqueue("q", [NewJob(name: "n"), NewJob(name: "n")])
                _ = try await store.exchange("q", id: ExchangeID("a"), settle: [], claim: claim)
                let reply = try await store.exchange("q", id: ExchangeID("b"), settle: [], claim: claim)
                #expect(reply.claimed.isEmpty)
                let interest = WakeInterest(work: ["q"])
                // The hint of the enqueuing was kept for the first.
                _ = try await store.waitForWork(interest, atMost: .milliseconds(1))
                let hint = try await store.waitForWork(interest, atMost: .milliseconds(300))
                #expect(hint.isEmpty)
            }
        }
    }
}
