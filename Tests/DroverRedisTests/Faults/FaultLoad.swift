import Drover
import DroverCore
import DroverRedis
import DroverTesting
import Logging
import RedisTesting
import Synchronization

/// Producers and a worker on stores of their own, and what they saw.
///
/// Producers name their jobs themselves and repeat what fails, so that each job is added once. Every third job fails
/// its first attempt and succeeds with the second; some have a priority and some a delay.
final class FaultLoad: Sendable {
    /// How much there is to do, and how.
    struct Options: Sendable {
        var producers = 2
        var concurrency = 8
        /// Longer than the test: whatever stalls has leaked.
        var lease: Duration = .seconds(1800)
        var idleWait: Duration = .seconds(5)
        /// How long half of the attempts take.
        var holding: Duration = .milliseconds(5)
    }

    private struct State {
        var acknowledged: [JobID] = []
        var runs: [JobID: Int] = [:]
        var running: Set<String> = []
        var runningJobs: Set<JobID> = []
        var overlaps = 0
        var problems: [String] = []
        var troubles = 0
    }

    private struct Refusal: Error {}

    static let queue: QueueName = "q"
    static let silent = Logger(label: "faults") { _ in SwiftLogNoOpLogHandler() }

    /// Signalled by each attempt that ends.
    let ended = Probe<JobID>("ends of attempts")
    private let succeeded = Probe<Void>("attempts that succeeded")
    private let stopped = Probe<Void>("end of the producers")
    private let options: Options
    private let producing: RedisStore
    private let working: RedisStore
    private let service: JobService
    private let state = Mutex(State())

    /// What has been acknowledged to producers.
    var acknowledged: [JobID] { state.withLock { $0.acknowledged } }
    /// How often each job was begun.
    var runs: [JobID: Int] { state.withLock { $0.runs } }
    /// What must not happen and did.
    var problems: [String] { state.withLock { $0.problems } }
    /// How often a job was run twice at the same time, under whatever leases.
    var overlaps: Int { state.withLock { $0.overlaps } }
    /// How many calls of producers failed.
    var troubles: Int { state.withLock { $0.troubles } }

    init(on configuration: RedisStoreConfiguration, _ options: Options = Options()) {
        self.options = options
        producing = RedisStore(configuration, logger: Self.silent)
        working = RedisStore(configuration, logger: Self.silent)
        service = JobService(store: working, logger: Self.silent)
        var worker = WorkerOptions(lease: options.lease, maxStalled: 100_000)
        worker.idleWait = options.idleWait
        worker.maintenanceInterval = min(options.lease, .seconds(2))
        service.work(Self.queue, concurrency: options.concurrency, options: worker) { handlers in
            handlers.otherwise { [self] context in try await attempt(context) }
        }
    }

    /// Whether the first attempt of a job fails.
    static func failsFirst(_ id: JobID) -> Bool { number(of: id) % 3 == 0 }

    /// Works while `faults` runs, then until `finished` returns; stops everything before it returns or throws.
    func run(
        faults: @escaping @Sendable (FaultLoad) async throws -> Void,
        finished: (FaultLoad) async throws -> Void
    ) async throws {
        for store in [producing, working] { try await FaultBench.insist { try await store.prepare() } }
        async let serving: Void = service.run()
        let result: Result<Void, any Error>
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for producer in 0..<options.producers { group.addTask { try await self.produce(producer) } }
                group.addTask {
                    defer { self.stopped.signal() }
                    try await faults(self)
                }
                try await group.waitForAll()
            }
            result = .success(try await finished(self))
        } catch {
            result = .failure(error)
        }
        service.stop()
        // What failed before matters more than how the service ended then.
        if case .failure = result { await working.close() }
        do { try await serving } catch { if case .success = result { throw error } }
        await producing.close()
        await working.close()
        try result.get()
    }

    /// Waits, but not longer than until the producers are to stop.
    func pause(_ span: Duration) async {
        // The time is up, or the load or the task has ended: whoever waits looks what it was.
        _ = try? await stopped.wait(timeout: span)
    }

    // MARK: Producers

    private func produce(_ producer: Int) async throws {
        var number = 0
        while stopped.values.isEmpty {
            let jobs = try (number..<number + 5).map { number in
                NewJob(
                    id: try JobID.custom("p\(producer)-\(number)"), name: "work",
                    payload: try JSONText(#"{"n":\#(number)}"#),
                    start: number % 11 == 0 ? .after(.milliseconds(20)) : .now,
                    options: JobOptions(
                        attempts: 2, backoff: .fixed(.zero), priority: number % 5 == 0 ? 2 : 0))
            }
            try await add(jobs)
            number += jobs.count
            let ahead = acknowledged.count - 60
            // Not further ahead of the worker than this, unless it is held up.
            if ahead > 0 { _ = try? await succeeded.wait(for: ahead, timeout: .seconds(1)) }
        }
    }

    private func add(_ jobs: [NewJob]) async throws {
        while true {
            do throws(StoreError) {
                let results = try await producing.enqueue(Self.queue, jobs)
                state.withLock { state in
                    if results.map(\.id) != jobs.map(\.id) { state.problems.append("add answered \(results)") }
                    state.acknowledged += jobs.compactMap(\.id)
                }
                return
            } catch {
                state.withLock { state in
                    state.troubles += 1
                    if !error.isTransient { state.problems.append("add: \(error)") }
                }
            }
            try Task.checkCancellation()
            // Also when the producers are to stop: what was begun is brought to its end.
            await Self.breathe(.milliseconds(20))
        }
    }

    private static func breathe(_ span: Duration) async {
        // Nobody signals it: the time is what is waited for.
        _ = try? await Probe<Void>("time").wait(timeout: span)
    }

    // MARK: Attempts

    private func attempt(_ context: JobContext) async throws -> JSONText {
        let id = context.key.id
        let mark = "\(id) \(context.fencingToken)"
        state.withLock { state in
            state.runs[id, default: 0] += 1
            if !state.running.insert(mark).inserted { state.problems.append("job \(id) runs twice under one lease") }
            if !state.runningJobs.insert(id).inserted { state.overlaps += 1 }
        }
        defer {
            state.withLock { state in
                state.running.remove(mark)
                state.runningJobs.remove(id)
            }
            ended.signal(id)
        }
        if Self.number(of: id) % 2 == 0 { await Self.breathe(options.holding) }
        if Self.failsFirst(id), context.attempt == 1 { throw Refusal() }
        succeeded.signal()
        return context.payload
    }

    private static func number(of id: JobID) -> Int {
        id.text.split(separator: "-").last.flatMap { Int($0) } ?? 0
    }
}
