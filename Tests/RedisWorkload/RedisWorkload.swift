import Drover
import DroverCore
import DroverRedis
import DroverTesting
import Foundation
import Logging

/// A worker on Redis in a process of its own, which tests kill.
///
/// usage: RedisWorkload URL LEASE-MS QUEUE:CONCURRENCY…
///
/// It obeys jobs' data as the Python peer's workers do: `{"do": "sleep", "ms": 5}`, `hang`, `fail`, or `return` with a `value`.
/// It says `working` when it takes jobs, and goes on until its input ends.
@main
struct RedisWorkload {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count > 3, let lease = Int(arguments[2]) else {
            print("usage: RedisWorkload URL LEASE-MS QUEUE:CONCURRENCY…")
            exit(2)
        }
        let logger = Logger(label: "workload") { StreamLogHandler.standardError(label: $0) }
        let store = try RedisStore(url: arguments[1], logger: logger)
        let service = JobService(store: store, logger: logger)
        var options = WorkerOptions(lease: .milliseconds(lease), maxStalled: 1_000_000)
        options.idleWait = .seconds(1)
        for argument in arguments.dropFirst(3) {
            let parts = argument.split(separator: ":")
            service.work(
                try QueueName(String(parts[0])), concurrency: Int(parts[1]) ?? 1, options: options
            ) { handlers in handlers.otherwise { try await obey($0) } }
        }
        Thread.detachNewThread {
            while !FileHandle.standardInput.availableData.isEmpty {}
            service.stop()
        }
        print("working")
        fflush(nil)
        try await service.run()
        await store.close()
    }

    /// A job is told to fail.
    private struct Told: Error {}

    private struct Step: Decodable {
        var `do`: String?
        var ms: Int?
        var value: Int?
    }

    private static func obey(_ context: JobContext) async throws -> JSONText {
        let step = try JSONDecoder().decode(Step.self, from: Data(context.payload.text.utf8))
        switch step.do {
        case "sleep": try await pass(.milliseconds(step.ms ?? 0))
        case "fail": throw Told()
        case "hang": try await pass(.seconds(3600))
        default: break
        }
        return try JSONText(step.value.map(String.init) ?? "null")
    }

    /// Lets time pass, as work would.
    private static func pass(_ time: Duration) async throws {
        do { try await Probe<Void>("the end of a job's work").wait(timeout: time) } catch is WaitTimeout {}
    }
}
