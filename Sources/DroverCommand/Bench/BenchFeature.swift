import Drover
import DroverCore

/// What the jobs of a benchmark make use of besides being run, so that its price can be seen.
///
/// Limits are so wide that they never let a job wait: what is measured is the keeping of them.
enum BenchFeature: String, CaseIterable, Sendable {
    /// Each job has a deduplication id of its own, until it has finished.
    case deduplication
    /// Each job expires an hour after it was added.
    case expiry
    /// The jobs are of a hundred groups.
    case groups
    /// So they are, and each group has a concurrency and a rate.
    case groupLimits = "group-limits"
    /// The queue has a concurrency.
    case concurrency
    /// The queue has a rate in fixed windows.
    case rate
    /// The queue has a rate in a sliding window.
    case slidingRate = "sliding-rate"
    /// The worker has a rate.
    case workerRate = "worker-rate"
    /// Each handler reserves one of a hundred allowances.
    case allowances
    /// Flows of a job with nine children.
    case flows
    /// Graphs of a job that two wait for, for which another one waits.
    case graphs
    /// Chains of two jobs, the second with a payload made from the first one's result.
    case chains
    /// Each job fails for good and leaves a dead letter.
    case deadLetters = "dead-letters"
    /// The jobs are handed to the handler in batches of up to a hundred.
    case batches
    /// The jobs are claimed and settled by hand.
    case manual

    /// Where dead letters go.
    private static let deadLetterQueue: QueueName = "bench-dead"

    /// The queues of which nothing is to stay.
    static let queues = [BenchJob.queue, deadLetterQueue]

    /// How many jobs belong together.
    var jobsTogether: Int {
        switch self {
        case .flows: 10
        case .graphs: 4
        case .chains: 2
        default: 1
        }
    }

    /// What is told to the queue before the measurement.
    func settings(of queue: QueueName) -> [QueueSetting] {
        let (many, second) = (1_000_000, Duration.seconds(1))
        return switch self {
        case .concurrency: [.concurrency(queue, many)]
        case .rate: [.rateLimit(queue, RateLimit(max: many, per: second, window: .fixed))]
        case .slidingRate: [.rateLimit(queue, RateLimit(max: many, per: second, window: .sliding))]
        case .groupLimits:
            [
                .group(queue, nil, .concurrency(many)),
                .group(queue, nil, .rate(GroupRate(max: many, per: second))),
            ]
        default: []
        }
    }

    /// The rate of the worker, if it has one.
    var workerRate: WorkerRate? {
        self == .workerRate ? WorkerRate(max: 1_000_000, per: .seconds(1)) : nil
    }

    /// The jobs with these numbers, as they are added.
    func jobs(_ numbers: Range<Int>, in queue: QueueName) -> [NewJob] {
        stride(from: numbers.lowerBound, to: numbers.upperBound, by: jobsTogether).map { first in
            var job = job(first)
            let others = (first + 1)..<max(first + 1, min(first + jobsTogether, numbers.upperBound))
            if self == .graphs, others.count == 3 {
                job.children = diamond(over: others, in: queue)
                return job
            }
            job.children = others.map { ChildJob(queue, self.job($0)) }
            if self == .chains, !others.isEmpty { job.options.inputs = ["n": "result"] }
            return job
        }
    }

    private func job(_ number: Int) -> NewJob {
        var job = NewJob(name: BenchJob.name, payload: DeliveryLedger.payload(number))
        switch self {
        case .deduplication: job.options.deduplication = Deduplication(id: String(number))
        case .deadLetters: job.options.deadLetterQueue = Self.deadLetterQueue
        case .expiry: job.options.expiresAfter = .seconds(3600)
        case .groups, .groupLimits: job.options.group = Self.group(number)
        default: break
        }
        return job
    }

    /// Two jobs that wait for a third.
    private func diamond(over numbers: Range<Int>, in queue: QueueName) -> [ChildJob] {
        var below = numbers.map { ChildJob(queue, job($0)) }
        var shared = below.removeLast()
        let id = JobID(stored: "bench-\(numbers.lowerBound)")
        shared.job.id = id
        below[0].job.children = [shared]
        below[1].job.children = [ChildJob(reference: JobKey(queue: queue, id: id))]
        return below
    }

    private static func group(_ number: Int) -> String { "group-\(number % 100)" }

    /// Says how a job is run; `began` is told of each.
    func handle(_ handlers: inout Handlers, began: @escaping @Sendable (JSONText) -> Void) {
        if self == .batches {
            handlers.onBatch(BenchJob.self, upTo: 100) { batch in
                for job in batch { began(DeliveryLedger.payload(job.payload.n)) }
            }
            return
        }
        handlers.otherwise { context in
            began(context.payload)
            let number = DeliveryLedger.number(context.payload) ?? 0
            if self == .allowances {
                try await context.reserve(
                    Allowance("bench-\(number % 100)", max: Allowance.greatestMax, per: .seconds(1)))
            }
            if self == .deadLetters { throw Unrecoverable("told to fail") }
            // In a chain the number of the job that waits for this one.
            return self == .chains ? JSONText(trusted: String(number - 1)) : .null
        }
    }
}

/// The job of a benchmark.
struct BenchJob: JobPayload {
    static let name: JobName = "noop"
    static let queue: QueueName = "bench"

    /// Its number.
    var n: Int
}
