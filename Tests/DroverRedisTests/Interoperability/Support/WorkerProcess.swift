import DroverCore
import DroverTesting
import Foundation
import ProcessTesting
import RedisTesting

/// A worker of Swift's in a process of its own.
final class WorkerProcess: Sendable {
    private let child: ChildProcess

    private init(_ child: ChildProcess) { self.child = child }

    deinit { child.crash() }

    /// Starts it and waits until it takes jobs.
    static func start(
        _ server: RedisServer, prefix: String, queues: [QueueName], concurrency: Int = 1, lease: Duration
    ) async throws -> WorkerProcess {
        let milliseconds = Int(lease / .milliseconds(1))
        let child = try ChildProcess(
            BuiltProducts.path(of: "RedisWorkload"),
            // It waits long, so that it does not end because the host is busy.
            [server.url(prefix: prefix) + "&stalledInterval=1&timeout=60s&connectTimeout=60s", String(milliseconds)]
                + queues.map { "\($0):\(concurrency)" })
        try await child.lines.wait(timeout: .seconds(300))
        return WorkerProcess(child)
    }

    /// Ends it at once, as a crash would, and waits for its end.
    func kill() async throws {
        child.crash()
        try await child.end()
    }

    /// Lets its jobs end, and waits for its own end.
    func stop() async throws {
        try child.closeInput()
        let end = try await child.end()
        guard end.isSuccess else {
            let words = child.errors.values.suffix(20).joined(separator: "\n")
            throw Bridge.Surprise(description: "a worker ended with \(end):\n\(words)")
        }
    }
}
