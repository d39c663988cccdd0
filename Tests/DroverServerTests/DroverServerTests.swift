import AsyncHTTPClient
import CoreMetrics
import DroverCore
import DroverTesting
import Logging
import NIOCore
import NIOHTTP1
import Testing

@testable import DroverServer

@Suite(.timeLimit(.minutes(10))) struct DroverServerTests {
    /// Serves a store on a free port while the body asks.
    private func serving(
        _ store: any JobStore, registry: PrometheusRegistry = PrometheusRegistry(), patience: Duration = .seconds(60),
        _ body:
            @Sendable (_ get: @escaping @Sendable (String) async throws -> (status: UInt, type: String?, text: String))
            async throws
            -> Void
    ) async throws {
        let started = Probe<Int>("the server listens")
        let server = DroverServer(
            store: store, registry: registry, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            patience: patience)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run(host: "127.0.0.1", port: 0) { started.signal($0) } }
            let port = try #require(try await started.wait().first)
            try await body { path in
                let response = try await HTTPClient.shared.execute(
                    HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)"), timeout: .seconds(300))
                let text = String(buffer: try await response.body.collect(upTo: 1 << 20))
                return (response.status.code, response.headers.first(name: "content-type"), text)
            }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test("a store that answers is ready, and its queues are metrics")
    func good() async throws {
        let store = ReferenceStore()
        try await store.prepare()
        _ = try await store.enqueue("mail", [NewJob(name: "a"), NewJob(name: "b")])
        _ = try await store.configure([.pause("mail"), .maxLength("mail", 9), .maxLength("other", nil)])
        let registry = PrometheusRegistry()
        registry.makeCounter(label: "own_total", dimensions: []).increment(by: 4)
        try await serving(store, registry: registry) { get in
            let live = try await get("/health/live")
            #expect(live.status == 200 && live.text == "alive\n")
            let ready = try await get("/health/ready")
            #expect(ready.status == 200)
            let metrics = try await get("/metrics")
            #expect(metrics.status == 200 && metrics.type == "text/plain; version=0.0.4; charset=utf-8")
            let lines = Set(metrics.text.split(separator: "\n").map(String.init))
            for line in [
                "own_total 4", "drover_store_up 1", #"drover_queue_jobs{queue="mail",state="waiting"} 2"#,
                #"drover_queue_jobs{queue="mail",state="failed"} 0"#, #"drover_queue_paused{queue="mail"} 1"#,
                #"drover_queue_max_length{queue="mail"} 9"#,
            ] { #expect(lines.contains(line), "\(metrics.text)") }
            #expect(!metrics.text.contains(#"drover_queue_max_length{queue="other"}"#))
            #expect(try await get("/nothing").status == 404)
        }
    }

    @Test("a store that does not answer leaves the process live, and not ready")
    func broken() async throws {
        let store = ReferenceStore()
        await store.close()
        try await serving(store) { get in
            #expect(try await get("/health/live").status == 200)
            let ready = try await get("/health/ready")
            #expect(ready.status == 503 && ready.text.contains("does not answer"))
            let metrics = try await get("/metrics")
            #expect(metrics.status == 200 && metrics.text.contains("drover_store_up 0\n"))
            #expect(!metrics.text.contains("drover_queue_jobs"))
        }
    }

    @Test("a store that never answers is down after a while, and holds nobody up")
    func silent() async throws {
        try await serving(SilentStore(), patience: .milliseconds(20)) { get in
            let ready = try await get("/health/ready")
            #expect(ready.status == 503)
            let metrics = try await get("/metrics")
            #expect(metrics.text.contains("drover_store_up 0\n"))
        }
    }
}

/// A store whose reads hang, whatever becomes of who asked.
private final class SilentStore: ForwardingStore {
    let base: any JobStore = ReferenceStore()

    func queues() async throws(StoreError) -> [QueueSummary] {
        await Self.forever()
        return []
    }

    func workers() async throws(StoreError) -> [WorkerSummary] {
        await Self.forever()
        return []
    }

    private static func forever() async {
        let held = Held()
        await withUnsafeContinuation { held.keep($0) }
    }

    private final class Held: Sendable {
        func keep(_: UnsafeContinuation<Void, Never>) {}
    }
}
