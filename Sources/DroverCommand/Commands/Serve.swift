import ArgumentParser
import Drover
import DroverCore
import DroverServer
import Logging

/// `drover serve`.
struct Serve: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the queues and schedules of a configuration file, with health and metrics over HTTP.",
        discussion: """
            drover init writes a file with every setting explained; drover config check tells what is wrong with one, \
            without running it.

            Every setting may stand in the environment instead, which wins: DROVER_STORE for store, \
            DROVER_QUEUES_MAIL_CONCURRENCY for queues.mail.concurrency. With _FILE behind its name a variable holds the \
            path of a file that has the value, as secrets do; in the file write {file: PATH} instead of a value.

            It serves /health/live, /health/ready and /metrics (Prometheus) at server.host and server.port.

            SIGHUP reads the file again: a good one takes effect at once, jobs that run end within the grace; a bad one is \
            refused, and the old one goes on. SIGTERM or SIGINT lets running jobs finish within the grace; a second one \
            gives them back at once.

            Examples:
              drover init && drover serve
              DROVER_PROFILE=production drover serve --config /etc/drover.yaml
            """)

    @OptionGroup var file: ConfigurationOptions

    var attempt: String { "serve" }

    func run(in session: Session) async throws -> ExitStatus {
        // Before anything else: a stop or a reload that comes early is kept.
        let stops = session.stopRequests()
        let reloads = session.reloadRequests()
        let configuration = try file.readOrTell(in: session)
        let logger = configuration.log.logger(in: session)
        let registry = PrometheusRegistry(helps: DroverMetrics.helps)
        session.useMetrics(registry)
        return try await session.withStore(configuration.store, .serve, logger: logger) { store in
            let run = ServeRun(
                session: session, store: store,
                server: DroverServer(store: store, registry: registry, logger: logger), logger: logger,
                read: { [file] profile in
                    var file = file
                    file.profile = profile
                    return try file.read(in: session)
                })
            return try await run.run(configuration, stops: stops, reloads: reloads)
        }
    }
}
