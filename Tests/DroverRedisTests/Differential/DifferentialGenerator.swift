import DroverCore
import DroverTesting

/// Draws operations: from few ids and values, so that things meet each other.
struct DifferentialGenerator {
    private var random: SeededGenerator
    private var held: [String] = []
    private var known: [String] = []
    /// Whether there are jobs with children; without them, there are limits of how many jobs may be active.
    private let hasFlows: Bool

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        hasFlows = seed % 2 == 0
    }

    mutating func next() -> DifferentialOperation {
        switch below(1000) {
        case ..<50: hasFlows ? flow() : deduplicated()
        case ..<180: .add((0..<1 + few(4)).map { _ in newJob() })
        case ..<470: .exchange(settlements(), claim: below(4), lease: lease())
        case ..<500: .renew((0..<1 + few(3)).map { _ in holder() })
        case ..<550: .report(holder(), content())
        case ..<590: .foreignFetch(lease: lease())
        case ..<650: .checkStalled(maxStalled: below(3))
        case ..<690: .retry(job(), resetAttempts: one(2))
        case ..<715: .promote(job())
        case ..<740: .remove(job())
        case ..<780: .changePriority(job(), pick([0, 0, 1, 2, 7]), lifo: one(3))
        case ..<805: .changeDelay(job(), pick([.zero, .seconds(5), .seconds(40)]))
        case ..<815: .updatePayload(job(), pick(Self.texts))
        case ..<822: .pause
        case ..<840: .resume
        case ..<845: .drain(delayed: one(2))
        case ..<875:
            .clean(
                pick(JobState.allCases.filter { $0 != .waitingChildren && $0 != .grouped }),
                olderThan: .seconds(pick([0, 0, 10])),
                limit: pick([1, 3, 1000]))
        case ..<878: .obliterate(force: one(2))
        case ..<900: hasFlows ? deduplicated() : .setConcurrency(pick([nil, nil, 1, 2, 4]))
        case ..<915: .setEventsLength(pick([10, 100, 10_000]))
        default: .advance(pick([.milliseconds(1), .seconds(1), .seconds(5), .seconds(10), .seconds(40), .seconds(70)]))
        }
    }

    /// Takes in which jobs were added and claimed.
    mutating func observe(added: [String], claimed: [String]) {
        known = Array((known + added).suffix(12))
        held = Array((held + claimed).suffix(8))
    }

    // MARK: Values

    static let texts = ["{}", "[]", "null", #"{"n":1}"#, #""é/ü""#].map(JSONText.init(trusted:))

    private mutating func newJob() -> NewJob {
        var options = JobOptions(attempts: pick([1, 3]))
        options.priority = pick([0, 0, 0, 1, 2, 2, 7])
        options.lifo = one(5)
        if one(4) { options.backoff = .exponential(base: .seconds(1), jitter: 0.5) }
        if one(4) { options.keepLogs = 3 }
        if one(4) { options.completedRetention = pick([.removeAtOnce, .keep(2), .keepAll, .keep(for: .seconds(10))]) }
        if one(6) { options.tags = ["red"] }
        if one(6) {
            options.deduplication = Deduplication(
                id: "D", ttl: pick([nil, nil, .seconds(600)]), extend: one(3), replace: one(3), keepLastIfActive: one(3)
            )
        }
        var job = NewJob(name: pick(["mail", "é"]), payload: pick(Self.texts), options: options)
        if one(3) { job.id = JobID(stored: pick(Self.ids)) }
        if one(4) { job.start = .after(pick([.milliseconds(1), .seconds(5), .seconds(5), .seconds(40)])) }
        return job
    }

    private static let ids = ["a", "b", "c", "x:y:z"]

    private static let rules = [
        #"{"id":"D"}"#, #"{"id":"D","ttl":600000}"#, #"{"id":"D","keepLastIfActive":true}"#,
        #"{"id":"D","ttl":600000,"extend":true}"#, #"{"id":"D","replace":true}"#,
    ]

    private mutating func deduplicated() -> DifferentialOperation {
        .foreignDeduplicated(rule: pick(Self.rules), delay: pick([.zero, .zero, .seconds(5)]))
    }

    private mutating func flow() -> DifferentialOperation {
        let children = (0..<1 + few(3)).map { _ in pick(["k1", "k2", "k3", "k4", "a"]) }
        known = Array((known + children + ["P1", "P2"]).suffix(12))
        return .foreignFlow(
            parent: pick(["P1", "P2"]), children: children, policy: pick([nil, "fpof", "fpof", "cpof", "idof", "rdof"]))
    }

    private mutating func settlements() -> [DifferentialSettlement] {
        (0..<few(4)).map { _ in
            DifferentialSettlement(
                job: holder(), isStale: one(20), outcome: outcome(), retention: pick(Self.retentions))
        }
    }

    private static let retentions: [Retention] = [
        .keepAll, .keepAll, .removeAtOnce, .keep(1), .keep(3), .keep(for: .seconds(10)),
        Retention(count: 2, age: .seconds(40)),
    ]

    private mutating func outcome() -> Outcome {
        let failure = Failure(
            reason: pick(["no", "nö"]), trace: one(2) ? "at \(below(3))" : nil, keepTraces: below(4),
            isExhausted: one(3))
        return switch below(12) {
        case ..<4: .completed(pick(Self.texts))
        case ..<6: .failed(failure)
        case ..<8: .retry(after: pick([.zero, .zero, .seconds(5), .seconds(40)]), failure)
        case ..<10: .snoozed(pick([.zero, .seconds(5)]))
        default: .released
        }
    }

    private mutating func content() -> JobReport.Content {
        switch below(4) {
        case 0: .progress(pick(Self.texts))
        case 1: .payload(pick(Self.texts))
        case 2: .step(pick(["s", "ö 2"]), result: pick(Self.texts))
        default: .log("line \(below(10))", keep: one(2) ? 1 + below(3) : nil)
        }
    }

    // Longer than a run takes: the server's own time must not end it.
    private mutating func lease() -> Duration { .seconds(pick([60, 120])) }

    private mutating func holder() -> String { one(10) ? job() : held.randomElement(using: &random) ?? job() }
    private mutating func job() -> String {
        one(5) ? pick(Self.ids) : known.randomElement(using: &random) ?? pick(Self.ids)
    }

    private mutating func below(_ bound: Int) -> Int { Int(truncatingIfNeeded: random.next() % UInt64(bound)) }
    private mutating func one(_ times: Int) -> Bool { below(times) == 0 }
    private mutating func few(_ bound: Int) -> Int { min(below(bound), below(bound)) }
    private mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }
}
