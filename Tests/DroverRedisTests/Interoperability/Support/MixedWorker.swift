import DroverCore
import RedisTesting

/// A worker of either client in a process of its own, which is killed.
enum MixedWorker {
    case swift(WorkerProcess)
    case python(PythonPeer)

    /// Where it works.
    struct Place {
        var server: RedisServer
        var prefix: String
        var queues: [QueueName]
    }

    /// Starts one with four jobs at once in each queue and a lease of two seconds.
    static func start(_ party: Party, _ place: Place) async throws -> MixedWorker {
        switch party {
        case .swift:
            return .swift(
                try await WorkerProcess.start(
                    place.server, prefix: place.prefix, queues: place.queues, concurrency: 4, lease: .seconds(2)))
        case .python:
            let peer = try await PythonPeer.client(port: place.server.port, prefix: place.prefix)
            let settings = WorkerSettings(concurrency: 4, lock: 2000, stalledInterval: 1000, maxStalled: 1_000_000)
            for queue in place.queues {
                try await peer.ask("work", ["queue": .string(queue.text), "opts": settings.options, "quiet": true])
            }
            return .python(peer)
        }
    }

    /// Ends it at once, as a crash would.
    func kill() async throws {
        switch self {
        case .swift(let process): try await process.kill()
        case .python(let peer): try await peer.kill()
        }
    }

    /// Ends it when there is nothing to do any more.
    func stop() async throws {
        switch self {
        case .swift(let process): try await process.stop()
        case .python(let peer): try await peer.kill()
        }
    }
}
