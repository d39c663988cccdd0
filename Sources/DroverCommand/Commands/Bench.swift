import ArgumentParser
import DroverCore
import Logging

extension BenchScenario: ExpressibleByArgument {}
extension BenchFeature: ExpressibleByArgument {}

/// `drover bench`.
struct Bench: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure how fast a store is on this machine.",
        discussion: """
            Scenarios:
              add       so many callers as --concurrency says add one job a call
              add-bulk  they add 1000 jobs a call
              process   jobs that wait are worked; adding them is not measured
              run       jobs are added and worked at the same time
              latency   one job at a time, from add to its handler in an idle worker

            The jobs do nothing and live in the queue "bench", dead letters in "bench-dead"; both are deleted at the end. \
            Whether each was delivered exactly once is checked; the exit status is 1 if not. With add, add-bulk and process, \
            --waiting lets more jobs wait in the queue, to measure whether a deep queue is slower, and --with lets them make \
            use of a feature, to measure what it costs.

            Examples:
              drover bench --scenario process --jobs 100000 --concurrency 100
              drover bench --scenario process --jobs 100000 --concurrency 100 --with groups
              drover bench --scenario latency --jobs 1000 --json
            """)

    @OptionGroup var store: StoreOptions
    @Option(help: "What to measure.") var scenario: BenchScenario
    @Option(help: ArgumentHelp("How many jobs.", valueName: "n")) var jobs = 10_000
    @Option(help: ArgumentHelp("How many callers, or jobs at once.", valueName: "n")) var concurrency = 1
    @Option(help: ArgumentHelp("A feature that the jobs make use of.", valueName: "feature")) var with: BenchFeature?
    @Option(help: ArgumentHelp("How many more jobs wait in the queue meanwhile.", valueName: "n")) var waiting = 0
    @Option(
        help: ArgumentHelp(
            "How long to wait between adding such jobs and measuring: Redis, for one, still enlarges its table of keys.",
            valueName: "span"),
        transform: DurationArgument.parse)
    var settle = DurationArgument(.zero)
    @Flag(name: .shortAndLong, help: "Delete what is in the queues \"bench\" and \"bench-dead\" first.") var yes = false
    @Flag(help: "Print JSON: an object.") var json = false

    /// How many jobs are taken at most, measured or waiting: both together are still a number.
    private static let most = 1_000_000_000

    var attempt: String { "measure \(scenario.rawValue)" }

    func validate() throws {
        if !(1...Self.most).contains(jobs) {
            throw ArgumentParser.ValidationError("--jobs: give 1 to \(Self.most)")
        }
        if !(1...10_000).contains(concurrency) {
            throw ArgumentParser.ValidationError("--concurrency: give 1 to 10000")
        }
        if !(0...Self.most).contains(waiting) {
            throw ArgumentParser.ValidationError("--waiting: give 0 to \(Self.most)")
        }
        if with != nil && (scenario == .run || scenario == .latency) {
            throw ArgumentParser.ValidationError("--with: is for add, add-bulk and process; leave it out")
        }
        if waiting > 0 && (scenario == .run || scenario == .latency) {
            throw ArgumentParser.ValidationError(
                "--waiting: the waiting jobs would be delivered before those that are measured; leave it out")
        }
    }

    func run(in session: Session) async throws -> ExitStatus {
        try await session.withStore(store, .create) { store in
            try await clear(store)
            let run = BenchRun(
                scenario: scenario, feature: with, jobs: jobs, concurrency: concurrency, waiting: waiting,
                settle: settle.duration, store: store, session: session,
                logger: StandardErrorLog.logger(level: .warning, session: session))
            let measurement: BenchMeasurement
            do {
                measurement = try await run.measure()
            } catch {
                await tidyUp(store, session.output)
                throw error
            }
            try await Self.obliterate(store)
            let report = BenchReport(
                scenario: scenario, feature: with, traits: store.traits, jobs: jobs, concurrency: concurrency,
                waiting: waiting, measurement: measurement)
            if json { session.output.line(report.json) } else { report.lines.forEach(session.output.line) }
            return measurement.isExactlyOnce ? .done : .failed
        }
    }

    /// A queue of this name may be somebody's own.
    private func clear(_ store: any JobStore) async throws {
        var isThere = false
        for name in BenchFeature.queues {
            guard let queue = try await store.queue(name) else { continue }
            isThere = true
            if queue.counts.total > 0 && !yes {
                throw CommandFailure(
                    .failed, "the queue \"\(queue.name)\" holds \(Counted.text(queue.counts.total, "job"))",
                    advice: "use another store, or delete them with --yes")
            }
        }
        if isThere { try await Self.obliterate(store) }
    }

    /// Deletes the queue after a failure, which is what is thrown: trouble here is only told.
    private func tidyUp(_ store: any JobStore, _ output: Output) async {
        do {
            try await Self.obliterate(store)
        } catch {
            output.note("drover: delete the queue \"\(BenchRun.queue)\": \(CommandFailure(mapping: error))")
        }
    }

    private static func obliterate(_ store: any JobStore) async throws {
        for queue in BenchFeature.queues {
            _ = try await store.configure([.pause(queue)])
            _ = try await SweepOptions.run(.obliterate(queue, force: true), in: store)
        }
    }
}
