import DroverCore
import DroverRedis
import DroverTesting
import Logging
import RedisTesting
import Synchronization
import Testing

/// One queue that Drover and BullMQ's Python client share, under a prefix of its own.
///
/// What either of them does is in `Bridge+Acting`, what stands on the server afterwards in `Bridge+Wire`.
struct Bridge: Sendable {
    let server: RedisServer
    let prefix: String
    let queue: QueueName
    let store: any JobStore
    let peer: PythonPeer
    /// What lets jobs of Swift's workers pass.
    let gates = Gates()

    private static let numbers = Atomic(0)
    private static let turnstile = Turnstile(places: 8)
    // Unstructured, since it belongs to no test: whoever comes first must not end it for the others.
    private static let sharedPeer = Task {
        try await PythonPeer.client(port: try await RedisServer.shared.port, prefix: "unused")
    }

    /// Runs a test on a queue of its own, with the Python client that all tests share.
    ///
    /// - Parameters:
    ///   - settings: of the store's URL, as `metrics=5`.
    ///   - ownPeer: whether the test has a client of its own, to stop or to kill it.
    static func run(
        _ settings: [String: String] = [:], ownPeer: Bool = false, _ body: (Bridge) async throws -> Void
    ) async throws {
        await turnstile.enter()
        do {
            let bridge = try await Bridge(settings, ownPeer: ownPeer)
            do {
                try await body(bridge)
                try await bridge.close(ownPeer: ownPeer)
            } catch {
                // The test has failed already, and says why.
                try? await bridge.close(ownPeer: ownPeer)
                throw error
            }
        } catch {
            await turnstile.leave()
            throw error
        }
        await turnstile.leave()
    }

    private init(_ settings: [String: String], ownPeer: Bool) async throws {
        server = try await RedisServer.shared
        prefix = RedisServer.freshPrefix()
        queue = try QueueName("q\(Self.numbers.add(1, ordering: .relaxed).newValue)")
        let more = settings.sorted { $0.key < $1.key }.map { "&\($0.key)=\($0.value)" }.joined()
        var configuration = try RedisStoreConfiguration.patient(server.url(prefix: prefix) + more)
        // A case's own calls find what has just happened.
        configuration.releaseFreshness = .zero
        store = RedisStore(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        peer =
            ownPeer ? try await PythonPeer.client(port: server.port, prefix: prefix) : try await Self.sharedPeer.value
        try await store.prepare()
    }

    private func close(ownPeer: Bool) async throws {
        await store.close()
        if ownPeer { try await peer.kill() } else { try await ask("leave") }
        try await server.flush(prefix: prefix)
    }

    /// Asks the Python client for an operation on this queue.
    @discardableResult
    func ask(_ operation: String, _ arguments: [String: JSON] = [:]) async throws -> JSON {
        try await peer.ask(
            operation, ["queue": .string(queue.text), "prefix": .string(prefix)].merging(arguments) { $1 })
    }

    /// Waits until the Python client has told so many events of this queue.
    func told(_ event: String, times: Int = 1, where matches: (JSON) -> Bool = { _ in true }) async throws -> [JSON] {
        try await peer.wait(for: times) { [queue] in
            $0["event"].string == event && $0["queue"].string == queue.text && matches($0)
        }
    }

    /// A key of this queue.
    func key(_ suffix: String) -> String { "\(prefix):\(queue.text):\(suffix)" }

    func jobKey(_ id: String) throws -> JobKey { JobKey(queue: queue, id: try JobID(id)) }

    /// A step of a job's data that waits until ``openGate(_:)``, whoever runs it.
    func gate(_ name: String) -> JSON { ["do": "gate", "name": .string("\(queue.text)-\(name)")] }

    /// Waits until a job that a worker runs has come to a gate.
    ///
    /// The event `active` says less: the server has handed the job out, and its worker may not know of it yet. One that is
    /// stopped in between gives the job back.
    func arrival(at name: String, of worker: Party) async throws {
        let name = "\(queue.text)-\(name)"
        switch worker {
        case .swift: try await gates.arrival(at: name)
        case .python: _ = try await peer.wait { $0["event"] == "gate" && $0["name"].string == name }
        }
    }

    /// Lets the jobs pass that wait at a gate, now and later.
    func openGate(_ name: String) async throws {
        gates.open("\(queue.text)-\(name)")
        try await ask("openGate", ["name": .string("\(queue.text)-\(name)")])
    }

    /// What was to happen did not.
    struct Surprise: Error, CustomStringConvertible {
        let description: String
    }
}

/// Lets so many tests in at a time: all at once would keep each other from renewing locks in time.
private actor Turnstile {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(places: Int) { free = places }

    func enter() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}

/// What jobs of Swift's workers wait at.
final class Gates: Sendable {
    private let probes = Mutex<[String: Probe<Void>]>([:])

    private func gate(_ name: String) -> Probe<Void> { probe("opening of \(name)") }

    private func arrivals(at name: String) -> Probe<Void> { probe("arrivals at \(name)") }

    private func probe(_ name: String) -> Probe<Void> {
        probes.withLock { probes in
            let probe = probes[name] ?? Probe<Void>(name)
            probes[name] = probe
            return probe
        }
    }

    func open(_ name: String) { gate(name).signal() }

    /// Waits for the opening.
    func pass(_ name: String) async throws {
        arrivals(at: name).signal()
        try await gate(name).wait(timeout: .seconds(300))
    }

    /// Waits until somebody waits for the opening, or has.
    func arrival(at name: String) async throws { try await arrivals(at: name).wait() }
}
