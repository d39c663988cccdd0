import Drover
import DroverCore
import Logging
import Synchronization

/// Runs one benchmark in a queue of its own, on the same path as every program.
struct BenchRun: Sendable {
    /// The queue.
    static let queue = BenchJob.queue

    var scenario: BenchScenario
    /// What the jobs make use of; nil for nothing.
    var feature: BenchFeature?
    var jobs: Int
    var concurrency: Int
    var waiting: Int
    /// How long to wait between filling the queue and measuring.
    var settle: Duration
    var store: any JobStore
    var session: Session
    var logger: Logger

    /// Fills the queue as the scenario asks, and measures.
    func measure() async throws -> BenchMeasurement {
        if let feature { _ = try await store.configure(feature.settings(of: Self.queue)) }
        return switch scenario {
        case .add: try await add(batch: feature?.jobsTogether ?? 1)
        case .addBulk: try await add(batch: Batch.size)
        case .process: try await process()
        case .run: try await run()
        case .latency: try await latency()
        }
    }

    private var configuration: ServiceConfiguration { ServiceConfiguration(clock: session.clock) }

    private func service() -> JobService { JobService(store: store, configuration: configuration, logger: logger) }

    private func worker(_ ledger: DeliveryLedger, _ watch: Stopwatch, limit: Int?) -> JobService {
        let service = service()
        var options = WorkerOptions(limit: limit)
        options.rateLimit = feature?.workerRate
        service.work(Self.queue, concurrency: concurrency, options: options) { handlers in
            if let feature {
                return feature.handle(&handlers) { ledger.started($0, at: watch.elapsed) }
            }
            handlers.otherwise { context in
                ledger.started(context.payload, at: watch.elapsed)
                return .null
            }
        }
        return service
    }

    private func new(_ numbers: Range<Int>) -> [NewJob] {
        if let feature { return feature.jobs(numbers, in: Self.queue) }
        return numbers.map { NewJob(name: BenchJob.name, payload: DeliveryLedger.payload($0)) }
    }

    /// Adds jobs in bulk, unmeasured.
    private func fill(_ numbers: Range<Int>) async throws {
        let service = service()
        var progress = ProgressLine("job", "added", in: session)
        for first in stride(from: numbers.lowerBound, to: numbers.upperBound, by: Batch.size) {
            let part = first..<min(first + Batch.size, numbers.upperBound)
            try await Self.check(service.add(new(part), to: Self.queue))
            progress.show(part.upperBound - numbers.lowerBound, of: numbers.count)
        }
        progress.end()
        try await session.clock.sleep(for: settle)
    }

    private static func check(_ results: [EnqueueResult]) throws {
        for result in results {
            if case .added = result { continue }
            throw CommandFailure(.failed, "a job was not stored: \(result)")
        }
    }

    /// Adds the numbered jobs by `concurrency` callers, each `batch` a call.
    ///
    /// - Returns: how long each call took.
    private func addAll(
        _ service: JobService, batch: Int, _ watch: Stopwatch, _ ledger: DeliveryLedger?
    ) async throws -> [Duration] {
        let numbers = JobNumbers(count: jobs)
        return try await withThrowingTaskGroup(of: [Duration].self) { group in
            for _ in 0..<concurrency {
                group.addTask {
                    var calls: [Duration] = []
                    while true {
                        let part = numbers.next(batch)
                        if part.isEmpty { return calls }
                        let start = watch.elapsed
                        for number in part { ledger?.added(number, at: start) }
                        try await Self.check(service.add(new(part), to: Self.queue))
                        calls.append(watch.elapsed - start)
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    private func add(batch: Int) async throws -> BenchMeasurement {
        try await fill(jobs..<(jobs + waiting))
        let service = service()
        let usage = try await ProcessorTime(store)
        let watch = Stopwatch(session.clock)
        let calls = try await addAll(service, batch: batch, watch, nil)
        let span = watch.elapsed
        let used = try await usage.since()
        let stored = try await store.queues().first { $0.name == Self.queue }?.counts.total
        return BenchMeasurement(
            span: span, waits: calls, used: used, isExactlyOnce: stored == jobs + waiting)
    }

    private func process() async throws -> BenchMeasurement {
        try await fill(0..<(jobs + waiting))
        // The measured jobs are the first ones: one of those behind them would be told as foreign.
        let ledger = DeliveryLedger(count: jobs)
        let usage = try await ProcessorTime(store)
        let watch = Stopwatch(session.clock)
        if feature == .manual {
            try await workByHand(ledger, watch)
        } else {
            try await worker(ledger, watch, limit: jobs).run()
        }
        let span = watch.elapsed
        return BenchMeasurement(
            span: span, waits: [], used: try await usage.since(), isExactlyOnce: ledger.deliveredOnce == jobs)
    }

    /// Claims as many jobs as the concurrency says, and completes them, until the measured ones are done.
    private func workByHand(_ ledger: DeliveryLedger, _ watch: Stopwatch) async throws {
        let service = service()
        var left = jobs
        while left > 0 {
            let held = try await service.claim(from: Self.queue, limit: min(concurrency, left))
            if held.isEmpty { return }
            left -= held.count
            try await withThrowingTaskGroup { group in
                for job in held {
                    ledger.started(job.payload, at: watch.elapsed)
                    group.addTask { try await job.complete() }
                }
                try await group.waitForAll()
            }
        }
    }

    private func run() async throws -> BenchMeasurement {
        let ledger = DeliveryLedger(count: jobs)
        let usage = try await ProcessorTime(store)
        let watch = Stopwatch(session.clock)
        let worker = worker(ledger, watch, limit: jobs)
        async let worked: Void = worker.run()
        _ = try await addAll(service(), batch: 1, watch, ledger)
        try await worked
        let span = watch.elapsed
        return BenchMeasurement(
            span: span, waits: ledger.waits, used: try await usage.since(), isExactlyOnce: ledger.deliveredOnce == jobs)
    }

    /// Each job is added when the one before has ended, so that the worker is idle.
    private func latency() async throws -> BenchMeasurement {
        let ledger = DeliveryLedger(count: jobs)
        let producer = service()
        let usage = try await ProcessorTime(store)
        let watch = Stopwatch(session.clock)
        let worker = worker(ledger, watch, limit: jobs)
        async let worked: Void = worker.run()
        for number in 0..<jobs {
            ledger.added(number, at: watch.elapsed)
            let results = try await producer.add(new(number..<number + 1), to: Self.queue)
            try Self.check(results)
            if let id = results.first?.id {
                _ = try await producer.result(of: JobKey(queue: Self.queue, id: id), within: .seconds(60))
            }
        }
        try await worked
        let span = watch.elapsed
        return BenchMeasurement(
            span: span, waits: ledger.waits, used: try await usage.since(), isExactlyOnce: ledger.deliveredOnce == jobs)
    }
}

/// Hands out the numbers of the jobs to callers that work side by side.
private final class JobNumbers: Sendable {
    private let count: Int
    private let first = Mutex(0)

    init(count: Int) { self.count = count }

    /// The next numbers, at most `batch`; none when all were handed out.
    func next(_ batch: Int) -> Range<Int> {
        first.withLock { first in
            let part = first..<min(first + batch, count)
            first = part.upperBound
            return part
        }
    }
}
