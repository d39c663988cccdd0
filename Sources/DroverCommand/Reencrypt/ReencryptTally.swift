import Drover
import DroverCore

/// What the rounds over one queue found and did.
struct ReencryptTally {
    /// Numbers of jobs, or of schedules.
    struct Counts: Hashable {
        /// Encrypted anew, in all rounds.
        var changed = 0
        /// Encrypted with the current key before, as the first round found them.
        var current = 0
        /// Plain, as they are to be, as the first round found them.
        var plain = 0
        /// Not read in the last round.
        var unreadable = 0
        /// Read, and not taken in their new form, in the last round.
        var refused = 0
    }

    /// How many problems are told by id, of all queues together.
    static let mostNamed = 1000

    /// The queue.
    let queue: QueueName
    /// How many jobs it had when the command began.
    let size: Int
    var jobs = Counts()
    var schedules = Counts()
    /// How many jobs ran in the last round that need an older key.
    private(set) var running = 0
    /// The first problems of the last round.
    private(set) var problems: [ReencryptionReport.Problem] = []
    /// How many problems the last round had.
    private(set) var problemCount = 0
    /// What keys other than the current one are still needed for, as of the last round.
    private(set) var otherKeys: [String: ReencryptionReport.KeyUse] = [:]
    /// How many payloads the last round changed.
    private(set) var changedLast = 0
    private var rounds = 0

    /// A tally of nothing.
    init(_ summary: QueueSummary) {
        queue = summary.name
        size = summary.counts.total
    }

    /// Begins the next round: what stays as it is will be found again.
    mutating func begin() {
        rounds += 1
        running = 0
        problems = []
        problemCount = 0
        otherKeys = [:]
        changedLast = 0
        for counts in [\Self.jobs, \.schedules] {
            self[keyPath: counts].unreadable = 0
            self[keyPath: counts].refused = 0
        }
    }

    /// Counts a page of jobs or schedules.
    mutating func add(_ report: ReencryptionReport, to counts: WritableKeyPath<Self, Counts>) {
        self[keyPath: counts].changed += report.changed
        changedLast += report.changed
        if rounds == 1 {
            self[keyPath: counts].current += report.current
            self[keyPath: counts].plain += report.plain
        }
        for problem in report.problems {
            switch problem.kind {
            case .unreadable: self[keyPath: counts].unreadable += 1
            case .refused: self[keyPath: counts].refused += 1
            case .steps: break
            }
        }
        problemCount += report.problems.count
        problems += report.problems.prefix(Self.mostNamed - problems.count)
        count(report.otherKeys)
    }

    /// Counts a job that runs.
    mutating func addRunning(_ job: JobRecord, besides current: String) {
        var report = ReencryptionReport()
        report.count(job, besides: current, withPayload: true)
        if !report.otherKeys.isEmpty { running += 1 }
        count(report.otherKeys)
    }

    private mutating func count(_ keys: [String: ReencryptionReport.KeyUse]) {
        for (key, use) in keys { otherKeys[key, default: ReencryptionReport.KeyUse()].add(use) }
    }
}
