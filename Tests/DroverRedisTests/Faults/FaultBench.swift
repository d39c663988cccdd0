import DroverCore
import DroverRedis
import DroverTesting
import RedisClient
import RedisTesting
import Synchronization
import Testing

/// A server of a test's own, with a load and a ledger, that are ended with it.
struct FaultBench {
    static let prefix = "faults"

    let server: RedisServer

    /// Runs a test on a server and stops that.
    static func with(
        _ options: RedisServer.Options = RedisServer.Options(), _ body: (FaultBench) async throws -> Void
    ) async throws {
        let bench = FaultBench(server: try await RedisServer.start(options))
        do { try await body(bench) } catch {
            try await bench.server.stop()
            throw error
        }
        try await bench.server.stop()
    }

    /// How a store finds the server.
    ///
    /// - Parameters:
    ///   - port: another one at which the server is reached, through a proxy for example.
    ///   - settings: more items of the URL: `timeout=300ms`; without any, calls wait long.
    func configuration(port: Int? = nil, settings: String = "") throws -> RedisStoreConfiguration {
        let port = port ?? server.port
        let url = "redis://127.0.0.1:\(port)/0?prefix=\(Self.prefix)"
        var configuration =
            settings.isEmpty
            ? try RedisStoreConfiguration.patient(url) : try RedisStoreConfiguration(url: "\(url)&\(settings)")
        // Many losses in a row are what is tested: waits that grow with them would take the most of its time.
        configuration.server.reconnect.maximum = .milliseconds(200)
        return configuration
    }

    /// A store that nobody else uses.
    func store(_ settings: String = "") throws -> RedisStore {
        RedisStore(try configuration(settings: settings), logger: FaultLoad.silent)
    }

    /// Runs a load under faults, lets it come to its end, and checks that all is as it should be.
    ///
    /// - Parameters:
    ///   - mayLose: whether the server may lose what it has acknowledged.
    ///   - isGapless: whether no attempt may be begun again.
    /// - Returns: what has been acknowledged and what of it is lost.
    @discardableResult
    func endure(
        _ configuration: RedisStoreConfiguration, _ options: FaultLoad.Options = FaultLoad.Options(),
        mayLose: Bool = false, isGapless: Bool = true,
        faults: @escaping @Sendable (FaultLoad) async throws -> Void
    ) async throws -> (acknowledged: Int, lost: Int) {
        let load = FaultLoad(on: configuration, options)
        var ledger = try await FaultLedger(server, prefix: Self.prefix)
        var lost: [JobID] = []
        do {
            try await load.run(faults: faults) { load in lost = try await ledger.finish(load) }
            if !mayLose { #expect(lost == [], "acknowledged and lost") }
            try await ledger.check(load, lost: lost, isGapless: isGapless)
        } catch {
            await ledger.close()
            throw error
        }
        await ledger.close()
        return (load.acknowledged.count, lost.count)
    }

    /// Waits until something more of the load's jobs has been completed, as the server tells it.
    ///
    /// - Returns: how long that took.
    @discardableResult
    func nextCompletion() async throws -> Duration {
        let clock = ContinuousClock()
        let begun = clock.now
        let stream = "\(Self.prefix):\(FaultLoad.queue):events"
        let newest = try await server.command("XREVRANGE", stream, "+", "-", "COUNT", "1")
        var position = newest.split(separator: "\n").first.map(String.init) ?? "0"
        // Each entry is its position, `event`, the event's name and more pairs; in front of all stands the stream's name.
        let words = ["XREAD", "COUNT", "1000", "BLOCK", "240000", "STREAMS", stream]
        while true {
            let lines = try await server.command(words + [position], timeout: .seconds(300)).split(separator: "\n")
            let names = lines.indices.filter { $0 > 1 && lines[$0 - 1] == "event" }
            guard let last = names.last else { throw FaultLedger.Broken(description: "nothing was completed any more") }
            if names.contains(where: { lines[$0] == "completed" }) { return clock.now - begun }
            position = String(lines[last - 2])
        }
    }

    /// How long the server has waited for its disk at most since it was started, where it watches that.
    func slowestDisk() async throws -> Duration {
        // Of each event its name, when it was last, how long it took then and how long at most, in milliseconds.
        let lines = try await server.command("LATENCY", "LATEST").split(separator: "\n")
        var slowest = 0
        for index in stride(from: 0, to: lines.count - 3, by: 4) where lines[index].hasPrefix("aof") {
            slowest = max(slowest, Int(lines[index + 3]) ?? 0)
        }
        return .milliseconds(slowest)
    }

    /// How many connections of stores the server has.
    func connections() async throws -> Int {
        // One of them asks.
        try await server.command("CLIENT", "LIST").split(separator: "\n").count - 1
    }

    /// Asks until the server has a number of connections of stores in a range, or for too long: it learns late of some
    /// that were closed, and others are just being made.
    func connections(becoming wanted: ClosedRange<Int>) async throws -> Int {
        var count = try await connections()
        for _ in 0..<2000 where !wanted.contains(count) { count = try await connections() }
        return count
    }

    /// Makes a call until no passing trouble meets it: a busy host may take more time than a store of a test has.
    static func insist(_ call: () async throws -> Void) async throws {
        while true {
            do { return try await call() } catch let error as StoreError where error.isTransient {}
            try Task.checkCancellation()
        }
    }

    /// What a call throws: it must throw a `StoreError`.
    static func trouble(_ call: () async throws -> Void) async throws -> StoreError {
        do { try await call() } catch let error as StoreError { return error }
        throw FaultLedger.Broken(description: "the call should have failed and did not")
    }
}
