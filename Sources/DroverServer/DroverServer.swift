public import DroverCore
import Hummingbird
public import Logging
import NIOCore
import ServiceLifecycle

/// Serves health and metrics over HTTP.
///
/// | path | answer |
/// |---|---|
/// | `/health/live` | 200 while the process runs |
/// | `/health/ready` | 200 while the store answers, else 503 |
/// | `/metrics` | Prometheus' text: the program's metrics and those of the store's queues |
public struct DroverServer: Sendable {
    /// How long the store may take to show that it is there.
    private let patience: Duration
    private let store: any JobStore
    private let registry: PrometheusRegistry
    private let logger: Logger

    /// A server for a store that is prepared.
    ///
    /// - Parameters:
    ///   - store: whose state is told.
    ///   - registry: the program's metrics.
    ///   - logger: is told what goes wrong.
    ///   - patience: how long the store may take to answer, by default 2 s; it is down after that.
    public init(
        store: any JobStore, registry: PrometheusRegistry, logger: Logger, patience: Duration = .seconds(2)
    ) {
        self.patience = patience
        self.store = store
        self.registry = registry
        self.logger = logger
    }

    /// Serves until the task is cancelled or a graceful shutdown begins.
    ///
    /// - Parameters:
    ///   - host: the address to listen on.
    ///   - port: the port; 0 for any free one.
    ///   - started: is told the port when the server listens.
    /// - Throws: what the system says when it can't listen there.
    public func run(host: String, port: Int, started: @escaping @Sendable (Int) async -> Void = { _ in }) async throws {
        let router = Router()
        router.get("/health/live") { _, _ in Self.plain("alive\n") }
        router.get("/health/ready") { _, _ in
            await StoreMetrics.isUp(store, within: patience)
                ? Self.plain("ready\n") : Self.plain("the store does not answer\n", .serviceUnavailable)
        }
        router.get("/metrics") { _, _ in
            var text = PrometheusText()
            registry.write(to: &text)
            await StoreMetrics(of: store, within: patience).write(to: &text)
            return Self.response(text.text, "text/plain; version=0.0.4; charset=utf-8")
        }
        // Its own lines about each connection are for its makers.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { channel in await started(channel.localAddress?.port ?? port) }, logger: quiet)
        var configuration = ServiceGroupConfiguration(
            services: [.init(service: application, successTerminationBehavior: .gracefullyShutdownGroup)],
            logger: quiet)
        configuration.maximumGracefulShutdownDuration = .seconds(10)
        let group = ServiceGroup(configuration: configuration)
        // Unstructured, so that a cancellation ends it in order: requests that are under way are answered.
        let work = Task { try await group.run() }
        try await withTaskCancellationHandler {
            try await work.value
        } onCancel: {
            Task { await group.triggerGracefulShutdown() }
        }
    }

    private static func plain(_ text: String, _ status: HTTPResponse.Status = .ok) -> Response {
        response(text, "text/plain; charset=utf-8", status)
    }

    private static func response(_ text: String, _ type: String, _ status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
