import Drover
import DroverCore
import Logging

/// What `drover serve` runs: the contents of a configuration file, with the environment above it.
struct ServeConfiguration: Hashable, Sendable {
    /// Which defaults hold.
    enum Profile: String, CaseIterable, Sendable {
        /// For work at one's desk: a SQLite file, a log for people.
        case development
        /// For running unattended: the store must be named, the log is JSON.
        case production
    }

    /// How a log is written.
    enum LogFormat: String, CaseIterable, Sendable {
        /// Lines for people.
        case text
        /// One JSON object a line.
        case json
    }

    /// Where the log's lines begin and how they look.
    struct Log: Hashable, Sendable {
        /// The least level that is logged.
        var level = Logger.Level.info
        /// How lines are written.
        var format = LogFormat.text
        /// Whether each attempt that begins or ends is logged at `info`, and not at `debug` alone.
        var jobs = false
    }

    /// Where health and metrics are served.
    struct Server: Hashable, Sendable {
        /// The address to listen on.
        var host = "127.0.0.1"
        /// The port; 0 for any free one.
        var port = 8484
    }

    /// What every worker of the process keeps to.
    struct Worker: Hashable, Sendable {
        /// How long the right to run an attempt lasts unless it is renewed.
        var lease: Duration = .seconds(30)
        /// How long running jobs may go on after a stop.
        var grace: Duration = .seconds(30)
        /// How often a job's worker may die before the job fails.
        var maxStalled = 1
        /// The types of queues that this process works; empty for all.
        var types: [String] = []
    }

    /// Which defaults hold.
    var profile = Profile.development
    /// Where jobs are kept.
    var store = StoreLocation.standard
    /// The variable of the environment that names the store; nil where the file or nobody does.
    var storeVariable: String?
    /// The log.
    var log = Log()
    /// Health and metrics; nil for none.
    var server: Server? = Server()
    /// Signs the requests of `http:` handlers.
    var httpSecret: String?
    /// How payloads are encrypted; nil without keys.
    var encryption: PayloadEncryption?
    /// What every worker keeps to.
    var worker = Worker()
    /// How many jobs of several queues run at once, by the name of the cap that the queues share.
    var caps: [String: Int] = [:]
    /// The queues, in the order of the file.
    var queues: [QueueConfiguration] = []
    /// The schedules, in the order of the file.
    var schedules: [DroverCore.Schedule] = []

    /// The queues that this process works: those that have a handler, and a type that was chosen.
    var workedQueues: [QueueConfiguration] {
        queues.filter { !$0.handlers.isEmpty && (worker.types.isEmpty || worker.types.contains($0.type)) }
    }
}

/// One queue of a configuration.
struct QueueConfiguration: Hashable, Sendable {
    /// Which handler runs jobs of which name; nil for all others.
    struct Handler: Hashable, Sendable {
        var name: JobName?
        var spec: HandlerSpec
    }

    /// Its name.
    var name: QueueName
    /// How many of its jobs run at once here.
    var concurrency = 1
    /// Its maximum length; nil leaves it as it is.
    var maxLength: LengthArgument?
    /// How many of its jobs run at once on all workers; nil leaves it as it is.
    var globalConcurrency: ConcurrencyArgument?
    /// How many of its jobs begin in a span of time, on all workers; nil leaves it as it is.
    var rate: RateArgument?
    /// How many of its jobs begin in a span of time on the workers that say so, as this one.
    var workerRate: WorkerRate?
    /// What holds for every group of its jobs; what it does not say stays as it is.
    var everyGroup = GroupConfiguration()
    /// What holds for some of its groups, in the order of the file.
    var groups: [GroupConfiguration.Named] = []
    /// The name of the cap that it shares with other queues.
    var cap: String?
    /// What runs its jobs; empty when they are not run here.
    var handlers: [Handler] = []
    /// Its type, by which processes choose their queues.
    var type = QueueConfiguration.standardType
    /// How its jobs are run that do not say it themselves.
    var defaults = JobDefaults()
    /// What of its jobs' payloads is encrypted.
    var encrypt = EncryptedParts.nothing

    /// The type of a queue that names none.
    static let standardType = "default"
}

/// How jobs are run that do not say it themselves.
struct JobDefaults: Hashable, Sendable {
    /// How often a job may be tried in all.
    var attempts: Int?
    /// The wait between attempts.
    var backoff: Backoff?
    /// How long after it was stored a job may be tried again.
    var retryFor: Duration?
    /// The longest time one attempt may take.
    var timeout: Duration?
    /// Where letters of jobs go that fail for good, or that they go nowhere; nil where nothing is said.
    var deadLetter: DeadLetterArgument?
    /// What to keep of completed jobs.
    var keepCompleted: Retention?
    /// What to keep of failed jobs.
    var keepFailed: Retention?

    /// Options for jobs that a schedule makes.
    var options: JobOptions {
        var options = JobOptions(attempts: attempts ?? 1, backoff: backoff, retryFor: retryFor, timeout: timeout)
        options.deadLetterQueue = deadLetter?.queue
        return options
    }
}
