import Drover
import DroverTesting
import Logging
import Metrics
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(10))) struct TelemetryTests {
    /// Everything that is logged, with the metadata.
    private struct Capture: LogHandler {
        let lines: Probe<String>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            let pairs = all.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
            lines.signal("\(event.level) \(event.message) \(pairs)")
        }
    }

    @Test func logsNameTheJobAndNeverShowItsPayload() async throws {
        let lines = Probe<String>("lines")
        let store = ReferenceStore()
        let service = JobService(store: store, logger: Logger(label: "test") { _ in Capture(lines: lines) })
        service.work("notes") { handlers in
            handlers.on(Note.self) { note, context in
                context.logger.info("at work")
                if note.text != "secret good" { throw Broken() }
            }
        }
        service.work("math") { handlers in
            handlers.on(Sum.self) { _, _ in Sum.Total(total: 0) }
        }
        try await running(service) {
            var options = JobOptions(attempts: 2)
            options.correlationID = "request-9"
            let good = try await service.add(Note(text: "secret good"), options: options)
            _ = try await service.result(of: good, within: .seconds(300))
            let bad = try await service.add(Note(text: "secret bad"), options: options)
            await #expect(throws: DroverError.self) { try await service.result(of: bad, within: .seconds(300)) }
            let job = NewJob(name: "sum", payload: try JSONText(#"{"a":"secret sum"}"#))
            let id = try #require(try await service.add([job], to: "math")[0].id)
            await #expect(throws: DroverError.self) {
                try await service.result(of: JobKey(queue: "math", id: id), within: .seconds(300))
            }
        }
        let said = lines.values
        #expect(said.contains("info at work attempt=1 correlation_id=request-9 job_id=1 job_name=note queue=notes"))
        #expect(said.contains { $0.hasPrefix("notice attempt failed") && $0.contains("job_id=2") })
        let failed = said.filter { $0.hasPrefix("warning job failed: it broke") }
        #expect(failed.count == 1 && failed[0].contains("correlation_id=request-9"))
        #expect(!said.contains { $0.contains("secret") })
    }

    @Test func attemptsAreCountedByQueueAndOutcome() async throws {
        let metrics = RecordedMetrics.shared
        let store = ReferenceStore()
        let service = makeService(store)
        service.work("metered", concurrency: 2) { handlers in
            handlers.on("good") { _ in .null }
            handlers.on("bad") { _ in throw Broken() }
        }
        try await running(service) {
            var options = JobOptions(attempts: 2)
            options.backoff = nil
            let jobs = [NewJob(name: "good"), NewJob(name: "good"), NewJob(name: "bad", options: options)]
            for id in try await service.add(jobs, to: "metered").compactMap(\.id) {
                _ = try? await service.result(of: JobKey(queue: "metered", id: id), within: .seconds(300))  // one fails
            }
        }
        #expect(metrics.count("drover_jobs_total", ["queue": "metered", "outcome": "completed"]) == 2)
        #expect(metrics.count("drover_jobs_total", ["queue": "metered", "outcome": "retry"]) == 1)
        #expect(metrics.count("drover_jobs_total", ["queue": "metered", "outcome": "failed"]) == 1)
        #expect(metrics.count("drover_job_duration_seconds", ["queue": "metered"]) == 4)
        #expect(metrics.count("drover_jobs_running", ["queue": "metered"]) > 0)
    }

    @Test func anAttemptThatATransactionCompletedCountsAsCompletedWhateverTheHandlerThrew() async throws {
        let metrics = RecordedMetrics.shared
        let lines = Probe<String>("lines")
        let store = ReferenceStore()
        let service = JobService(store: store, logger: Logger(label: "test") { _ in Capture(lines: lines) })
        service.work("joined", options: WorkerOptions(limit: 2)) { handlers in
            handlers.otherwise { context in
                try context.complete(in: StubTransaction())
                if context.job.name == "bad" { throw Broken() }
                return .null
            }
        }
        _ = try await service.add([NewJob(name: "good"), NewJob(name: "bad")], to: "joined")
        try await service.run()
        #expect(metrics.count("drover_jobs_total", ["queue": "joined", "outcome": "completed"]) == 2)
        #expect(metrics.count("drover_jobs_total", ["queue": "joined", "outcome": "failed"]) == 0)
        #expect(metrics.count("drover_job_duration_seconds", ["queue": "joined"]) == 2)
        #expect(lines.values.count { $0.hasPrefix("debug job completed") } == 2)
        let warnings = lines.values.filter { $0.hasPrefix("warning") }
        #expect(warnings.count == 1 && warnings.first?.contains("it broke") == true, "\(warnings)")
    }
}

/// Counts what the metrics are told: increments of counters, and records of timers and gauges.
private final class RecordedMetrics: MetricsFactory {
    /// The one of this process, put in place on first use.
    static let shared: RecordedMetrics = {
        let metrics = RecordedMetrics()
        MetricsSystem.bootstrap(metrics)
        return metrics
    }()

    private struct Key: Hashable {
        var label: String
        var dimensions: [String: String]
    }

    private final class Handle: CounterHandler, RecorderHandler, TimerHandler {
        let told: @Sendable (Int) -> Void
        init(_ told: @escaping @Sendable (Int) -> Void) { self.told = told }
        func increment(by amount: Int64) { told(Int(amount)) }
        func reset() {}
        func record(_ value: Int64) { told(1) }
        func record(_ value: Double) { told(1) }
        func recordNanoseconds(_ duration: Int64) { told(1) }
    }

    private let counts = Mutex<[Key: Int]>([:])

    func count(_ label: String, _ dimensions: [String: String]) -> Int {
        counts.withLock { $0[Key(label: label, dimensions: dimensions)] ?? 0 }
    }

    private func handle(_ label: String, _ dimensions: [(String, String)]) -> Handle {
        let key = Key(label: label, dimensions: Dictionary(uniqueKeysWithValues: dimensions))
        return Handle { [self] amount in counts.withLock { $0[key, default: 0] += amount } }
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        handle(label, dimensions)
    }
    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        handle(label, dimensions)
    }
    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { handle(label, dimensions) }
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}
}
