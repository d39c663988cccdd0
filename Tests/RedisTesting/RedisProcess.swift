import DroverTesting
import Foundation
import NIOPosix
import ProcessTesting

/// Starts the program of a Redis server so that it ends with this process, however that ends.
enum RedisProcess {
    /// Starts a server and waits until it says that it takes connections, which is after it has read its data.
    static func start(configuration: String, timeout: Duration) async throws -> ChildProcess {
        for program in ["redis-server", "setpriv"] where !isOnPath(program) {
            throw RedisServer.Failed("\(program) is not on PATH; run `make bootstrap`")
        }
        // By a thread that lasts as long as this process: Linux tells a program that its parent has ended when the thread
        // that started it has, and threads of Swift's own pool come and go.
        let child = try await NIOThreadPool.singleton.runIfActive {
            try ChildProcess("/usr/bin/env", ["setpriv", "--pdeathsig", "KILL", "redis-server", configuration])
        }
        do {
            try await waitUntilReady(child, timeout: timeout)
        } catch {
            child.crash()
            throw error
        }
        return child
    }

    private static func waitUntilReady(_ child: ChildProcess, timeout: Duration) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var seen = 0
                while true {
                    let lines = try await child.lines.wait(for: seen + 1, timeout: timeout)
                    // The same words in Redis 6, 7 and 8 and in Valkey.
                    if lines[seen...].contains(where: { $0.contains("eady to accept connections") }) { return }
                    seen = lines.count
                }
            }
            group.addTask {
                _ = try await child.end(timeout: timeout)
                let said = child.lines.values.suffix(20) + child.errors.values.suffix(20)
                throw RedisServer.Failed("redis-server ended:\n" + said.joined(separator: "\n"))
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private static func isOnPath(_ program: String) -> Bool {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
    }
}
