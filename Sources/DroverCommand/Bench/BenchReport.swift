import DroverCore

/// What a benchmark found.
struct BenchReport: Sendable {
    /// Which one it was.
    var scenario: BenchScenario
    /// What the jobs made use of; nil for nothing.
    var feature: BenchFeature?
    /// On which store.
    var traits: StoreTraits
    /// How many jobs were measured.
    var jobs: Int
    /// How many callers, or jobs at once.
    var concurrency: Int
    /// How many more jobs were waiting in the queue.
    var waiting: Int
    /// What was measured.
    var measurement: BenchMeasurement

    private var jobsPerSecond: Double { Double(jobs) / measurement.span.seconds }
    private var serverMicroseconds: Double? { measurement.used.server.map { $0 / Double(jobs) } }
    private var processorMicroseconds: Double { measurement.used.process / Double(jobs) }

    /// The object that programs read; `p50Ms` and `p99Ms` are null where a scenario has no waits to measure,
    /// `serverCpuMicrosPerJob` where the store has no server.
    var json: String {
        JSONWriter.object([
            ("scenario", JSONWriter.string(scenario.rawValue)),
            ("feature", feature.map { JSONWriter.string($0.rawValue) } ?? "null"),
            ("store", JSONWriter.string(traits.name)),
            ("durability", JSONWriter.string(traits.durability)),
            ("events", "true"),
            ("jobs", String(jobs)),
            ("concurrency", String(concurrency)),
            ("waiting", String(waiting)),
            ("seconds", JSONWriter.number(measurement.span.seconds, digits: 6)),
            ("jobsPerSecond", JSONWriter.number(jobsPerSecond, digits: 1)),
            ("p50Ms", JSONWriter.number(measurement.percentile(50), digits: 3)),
            ("p99Ms", JSONWriter.number(measurement.percentile(99), digits: 3)),
            ("cpuMicrosPerJob", JSONWriter.number(processorMicroseconds, digits: 2)),
            ("serverCpuMicrosPerJob", JSONWriter.number(serverMicroseconds, digits: 2)),
            ("peakMemoryMiB", JSONWriter.number(measurement.peakMebibytes, digits: 1)),
            ("exactlyOnce", String(measurement.isExactlyOnce)),
        ])
    }

    /// The lines that people read.
    var lines: [String] {
        var table = Table([("", .left), ("", .left)])
        table.add(["scenario", scenario.rawValue + (feature.map { " with \($0.rawValue)" } ?? "")])
        table.add(["store", "\(traits.name), durability \(traits.durability), events on"])
        table.add(["jobs", "\(jobs), concurrency \(concurrency)" + (waiting > 0 ? ", \(waiting) more waiting" : "")])
        table.add(["time", "\(JSONWriter.number(measurement.span.seconds, digits: 3)) s"])
        table.add(["rate", "\(JSONWriter.number(jobsPerSecond, digits: 0)) jobs/s"])
        if !measurement.waits.isEmpty {
            let p50 = JSONWriter.number(measurement.percentile(50), digits: 3)
            let p99 = JSONWriter.number(measurement.percentile(99), digits: 3)
            table.add(["\(scenario.waitName)", "p50 \(p50) ms, p99 \(p99) ms"])
        }
        let server = serverMicroseconds.map { ", and the server's \(JSONWriter.number($0, digits: 1)) µs" } ?? ""
        table.add(["processor", "\(JSONWriter.number(processorMicroseconds, digits: 1)) µs a job\(server)"])
        table.add(["memory", "\(JSONWriter.number(measurement.peakMebibytes, digits: 1)) MiB at most"])
        table.add(["delivered", measurement.isExactlyOnce ? "each exactly once" : "NOT each exactly once"])
        return Array(table.lines.dropFirst())
    }
}

/// The figures of one run.
struct BenchMeasurement: Sendable {
    /// The time measured.
    var span: Duration
    /// One wait for each job or call, in any order; empty where there is none to measure.
    var waits: [Duration]
    /// The processor time that was used.
    var used: ProcessorTime.Spent
    /// The most memory that this process had held when the measurement ended.
    var peakMebibytes = ProcessUsage.peakMebibytes
    /// Whether each job was stored, or delivered, exactly once.
    var isExactlyOnce: Bool

    /// The wait, in milliseconds, that so many percent of the waits do not exceed: the one of the nearest rank.
    func percentile(_ percent: Int) -> Double? {
        if waits.isEmpty { return nil }
        let sorted = waits.sorted()
        return sorted[max(0, (sorted.count * percent + 99) / 100 - 1)].seconds * 1000
    }
}

/// What is measured.
enum BenchScenario: String, CaseIterable, Sendable {
    /// Callers that add one job a call.
    case add
    /// Callers that add 1,000 jobs a call.
    case addBulk = "add-bulk"
    /// Jobs that wait are worked.
    case process
    /// Jobs are added and worked at the same time.
    case run
    /// One job at a time, from add to its handler in an idle worker.
    case latency

    /// What the waits are.
    var waitName: String {
        switch self {
        case .add, .addBulk: "call"
        case .process, .run, .latency: "add to handler"
        }
    }
}
