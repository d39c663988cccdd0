// snippet.imports
import CoreMetrics
import Drover
import DroverSQLite
import Foundation
import Logging
import ServiceLifecycle

// snippet.end

struct Encode: JobPayload {
    static let name: JobName = "encode"
    static let queue: QueueName = "video"
    var path: String
}

struct Thumbnail: JobPayload {
    static let name: JobName = "thumbnail"
    static let queue: QueueName = "images"
    var path: String
}

let metrics: any MetricsFactory = NOOPMetricsHandler.instance

// snippet.telemetry
LoggingSystem.bootstrap(StreamLogHandler.standardError)
MetricsSystem.bootstrap(metrics)  // a backend of swift-metrics, such as Prometheus'
var configuration = ServiceConfiguration()
configuration.jobLogLevel = .info  // two lines for each attempt
// snippet.end

// snippet.service
let logger = Logger(label: "app")
let store = SQLiteStore(path: "production.sqlite")
let jobs = JobService(store: store, configuration: configuration, logger: logger)

let heavy = ConcurrencyCap(4)  // of both queues together, in this process
var options = WorkerOptions()
options.cap = heavy
options.grace = .seconds(60)
options.timeout = .seconds(600)
options.completedRetention = .keep(for: .seconds(3600))
jobs.work(Encode.queue, concurrency: 4, options: options) { handlers in
    handlers.on(Encode.self) { encode, context in context.logger.info("encoding") }
}
jobs.work(Thumbnail.queue, concurrency: 4, options: options) { handlers in
    handlers.on(Thumbnail.self) { thumbnail, context in context.logger.info("drawing") }
}

var group = ServiceGroupConfiguration(services: [jobs], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
group.maximumGracefulShutdownDuration = .seconds(90)
do {
    try await ServiceGroup(configuration: group).run()
    await store.close()
} catch {
    logger.critical("the service could not go on", metadata: ["error": "\(error)"])
    await store.close()
    exit(3)  // an error that nobody catches here would be a crash
}
// snippet.end
