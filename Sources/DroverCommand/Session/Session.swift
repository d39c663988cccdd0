import CoreMetrics
import DroverCore
import DroverServer
import Logging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// All that a command touches outside itself, so that a test can put something else in its place.
struct Session: Sendable {
    /// How a command wants its store.
    enum Access: Sendable {
        /// It must exist: a question about a store that is not there must not make one.
        case existing
        /// It is made when it is not there.
        case create
        /// The same, for as long as a process runs.
        case serve
    }

    /// Where results and notes go.
    var output: Output
    /// Where payloads and answers come from.
    var input: Input
    /// The environment's variables.
    var environment: [String: String]
    /// Turns a location into a store that is not yet prepared.
    var makeStore: @Sendable (StoreLocation, Access, Logger) throws -> any JobStore
    /// For waits and measurements.
    var clock: any Clock<Duration>
    /// For times that are shown or signed.
    var wallClock: any WallClock
    /// Begins to listen for wishes that a worker stop.
    var stopRequests: @Sendable () -> AsyncStream<Void>
    /// Begins to listen for wishes that a configuration be read again.
    var reloadRequests: @Sendable () -> AsyncStream<Void> = { StopRequests.never() }
    /// Makes the metrics of the process go to a registry.
    var useMetrics: @Sendable (PrometheusRegistry) -> Void = { _ in }

    /// This process.
    static var process: Session {
        Session(
            output: .process, input: .process, environment: ProcessInfo.processInfo.environment,
            makeStore: { try $0.makeStore(access: $1, logger: $2) }, clock: ContinuousClock(),
            wallClock: SystemWallClock(),
            stopRequests: { StopRequests.ofProcess() }, reloadRequests: { ReloadRequests.ofProcess() },
            useMetrics: { MetricsSystem.bootstrap($0) })
    }

    /// Opens the store that the options or the environment name, lends it, and closes it.
    ///
    /// - Parameter logger: of a command that has a log; others tell what goes wrong when it ends them.
    func withStore<Result>(
        _ options: StoreOptions, _ access: Access, logger: Logger? = nil,
        _ body: (any JobStore) async throws -> Result
    ) async throws -> Result {
        try await withStore(try options.location(in: environment), access, logger: logger, body)
    }

    /// Opens a store, lends it, and closes it.
    func withStore<Result>(
        _ location: StoreLocation, _ access: Access, logger: Logger? = nil,
        _ body: (any JobStore) async throws -> Result
    ) async throws -> Result {
        let logger = logger ?? StandardErrorLog.logger(level: .error, session: self)
        let store = try makeStore(location, access, logger)
        do {
            try await store.prepare()
            let result = try await body(store)
            await store.close()
            return result
        } catch {
            await store.close()
            throw error
        }
    }

    /// Lets a person confirm what can't be undone.
    ///
    /// - Parameter reason: why it must be confirmed.
    /// - Throws: ``CommandFailure`` when nobody can be asked, or the answer is not yes.
    func confirm(_ question: String, yes: Bool, because reason: String = "this can't be undone") throws {
        if yes { return }
        guard input.isTerminal else {
            throw CommandFailure.usage("\(reason) and nobody can be asked", advice: "repeat it with --yes")
        }
        output.ask("\(question) [y/N] ")
        let answer = input.answer()?.lowercased()
        if answer != "y" && answer != "yes" {
            throw CommandFailure(.failed, "it was not confirmed", advice: "nothing was changed")
        }
    }
}
