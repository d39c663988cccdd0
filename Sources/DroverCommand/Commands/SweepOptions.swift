import ArgumentParser
import DroverCore

/// Which queue is swept, and whether to ask.
struct SweepOptions: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("The queue.", valueName: "name")) var queue: String
    @Flag(name: .shortAndLong, help: "Don't ask.") var yes = false
    @Flag(help: "Print JSON: an object with queue and removed.") var json = false

    /// How many jobs one step looks at: small enough that workers hardly notice it.
    static let stepLimit = 1000

    /// The queue as it is now.
    ///
    /// - Throws: ``CommandFailure`` when it does not exist.
    func summary(in store: any JobStore) async throws -> QueueSummary {
        let name = try QueueName(queue)
        guard let found = try await store.queues().first(where: { $0.name == name }) else {
            throw CommandFailure(
                .notFound, "there is no queue \(ValidationError.quote(queue))", advice: "see drover queues")
        }
        return found
    }

    /// Sweeps in bounded steps until nothing is left, and tells how many jobs were removed.
    func sweep(_ sweep: Sweep, in store: any JobStore, session: Session) async throws {
        let removed = try await Self.run(sweep, in: store) { session.output.progress("\($0) jobs removed") }
        session.output.endProgress()
        session.output.line(
            json
                ? JSONWriter.object([("queue", JSONWriter.string(queue)), ("removed", String(removed))])
                : "\(removed) jobs removed from \(queue)")
    }

    /// Sweeps in bounded steps until nothing is left.
    ///
    /// - Returns: how many jobs were removed.
    /// - Throws: `CommandFailure` when the store refuses the sweep.
    static func run(_ sweep: Sweep, in store: any JobStore, _ progress: (Int) -> Void = { _ in }) async throws -> Int {
        var removed = 0
        var cursor: PageCursor?
        while true {
            let report = try await store.sweep(sweep, after: cursor, limit: stepLimit)
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
