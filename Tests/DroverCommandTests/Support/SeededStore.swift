import DroverCore
import DroverTesting

/// A reference store on a manual clock, with jobs in every state.
enum SeededStore {
    static func make() async throws -> ReferenceStore {
        let clock = ManualWallClock()
        let store = ReferenceStore(clock: clock)
        try await store.prepare()
        try await fillMail(store, clock)
        try await store.heartbeat([
            WorkerReport(
                id: "host-1:4711:a1", queue: "mail", host: "host-1", process: 4711, concurrency: 5, running: 1,
                validFor: .seconds(3600))
        ])
        _ = try await store.enqueue("reports", [NewJob(name: "digest", payload: try JSONText("[]"))])
        _ = try await store.configure([.pause("reports")])
        return store
    }

    private static func fillMail(_ store: ReferenceStore, _ clock: ManualWallClock) async throws {
        var failing = JobOptions(attempts: 3, backoff: .exponential(base: .seconds(2)), timeout: .seconds(30))
        failing.tags = ["urgent", "eu"]
        failing.tenant = "acme"
        failing.group = "g1"
        failing.correlationID = "req-7"
        failing.completedRetention = .keep(100)
        failing.failedRetention = .keep(for: .seconds(3600))
        _ = try await store.enqueue(
            "mail",
            [
                NewJob(
                    id: try JobID.custom("good"), name: "welcome", payload: try JSONText(#"{"user": 9007199254740993}"#)
                ),
                NewJob(id: try JobID.custom("bad"), name: "welcome", payload: try JSONText("{}"), options: failing),
                NewJob(id: try JobID.custom("busy"), name: "welcome", payload: try JSONText(#""x""#)),
            ])
        clock.advance(by: .milliseconds(1500))
        let claim = Claim(limit: 3, lease: .seconds(3600), worker: "host-1:4711:a1")
        // The one with a group comes in its turn; here they are taken by their names.
        let order = ["good", "bad", "busy"]
        let claimed = try await store.exchange("mail", id: ExchangeID("e1"), settle: [], claim: claim).claimed
            .sorted { order.firstIndex(of: $0.job.key.id.text) ?? 0 < order.firstIndex(of: $1.job.key.id.text) ?? 0 }
        _ = try await store.record([
            JobReport(lease: claimed[1].lease, content: .log("first line", keep: nil)),
            JobReport(lease: claimed[1].lease, content: .log("second line", keep: nil)),
            JobReport(
                lease: claimed[1].lease, content: .step("render", result: try JSONText(#"{"bytes": 9007199254740993}"#))
            ),
            JobReport(lease: claimed[1].lease, content: .step("attach 1", result: .null)),
            JobReport(lease: claimed[2].lease, content: .progress(try JSONText(#"{"done":0.5}"#))),
        ])
        clock.advance(by: .milliseconds(250))
        let failure = Failure(reason: "no route to host", trace: "no route to host\nat Mailer.swift:7")
        _ = try await store.exchange(
            "mail", id: ExchangeID("e2"),
            settle: [
                Settlement(lease: claimed[0].lease, outcome: .completed(try JSONText(#"{"sent": true}"#))),
                Settlement(lease: claimed[1].lease, outcome: .failed(failure)),
            ], claim: nil)
        _ = try await store.enqueue(
            "mail",
            [
                NewJob(id: try JobID.custom("later"), name: "digest", start: .after(.seconds(60))),
                NewJob(id: try JobID.custom("next"), name: "welcome"),
                NewJob(id: try JobID.custom("first"), name: "welcome", options: JobOptions(priority: 1)),
                NewJob(id: try JobID.custom("second"), name: "welcome", options: JobOptions(priority: 7)),
            ])
    }
}
