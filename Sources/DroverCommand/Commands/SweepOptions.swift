import ArgumentParser
import DroverCore

/// Which queue is swept, and whether to ask.
struct SweepOptions: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("The queue.", valueName: "name")) var queue: String
    @Flag(name: .shortAndLong, help: "Don't ask.") var yes = false
    @Flag(help: "Print JSON: an object with queue and removed.") var json = false

    /// The queue as it is now.
    ///
    /// - Throws: ``CommandFailure`` when it does not exist.
    func summary(in store: any JobStore) async throws -> QueueSummary {
        try await store.summary(of: try QueueName(queue))
    }

    /// Sweeps in bounded steps until nothing is left, and tells how many jobs were removed, also when it fails midway.
    func sweep(_ sweep: Sweep, in store: any JobStore, session: Session) async throws {
        var removed = 0
        var line = ProgressLine("job", "removed", in: session)
        do {
            removed = try await Self.run(sweep, in: store) { count in
                removed = count
                line.show(count)
            }
        } catch {
            line.end()
            if removed > 0 {
                session.output.note("it failed after \(Counted.text(removed, "job")) had been removed from \(queue)")
            }
            throw error
        }
        line.end()
        session.output.line(
            json
                ? JSONWriter.object([("queue", JSONWriter.string(queue)), ("removed", String(removed))])
                : "\(Counted.text(removed, "job")) removed from \(queue)")
    }

    /// Sweeps in bounded steps until nothing is left.
    ///
    /// - Returns: how many jobs were removed.
    /// - Throws: `CommandFailure` when the store refuses the sweep.
    static func run(_ sweep: Sweep, in store: any JobStore, _ progress: (Int) -> Void = { _ in }) async throws -> Int {
        var removed = 0
        var cursor: PageCursor?
        while true {
            let report = try await store.sweep(sweep, after: cursor, limit: Batch.size)
            removed += report.removed
            switch report.progress {
            case .finished: return removed
            case .refused(let problem): throw CommandFailure(.failed, problem.description)
            case .more(let next):
                cursor = next
                progress(removed)
            }
            try Task.checkCancellation()
        }
    }
}
