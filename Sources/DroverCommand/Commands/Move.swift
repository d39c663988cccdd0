import ArgumentParser
import DroverCore

/// `drover move`.
struct Move: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "move",
        abstract: "Move queues to another store: jobs of every state, schedules, settings and allowances.",
        discussion: """
            Producers may go on adding to the source, and workers may run on the target the whole time. Each queue is \
            paused in the source first, and stays paused there. Jobs that run are waited for, and moved when they have \
            ended. It can be killed at any moment: the same command goes on where it was, and no job is lost or doubled.

            Jobs keep their ids, order, payloads, options, attempts, times, results and logs. Events are not moved. A job \
            that cannot be moved, such as one of a flow, stays, and is told with the reason. A job whose id another \
            job has in the target stops the move. What is reserved of allowances, of the whole store, is reserved in the \
            target too, once, and ends in the source by itself: what is given back of it in the target is not carried again.

            Without --follow it ends when the source is empty, and tells how much came in meanwhile: let the producers add \
            to the target, then run it again, until it says that nothing came in. With --follow it carries what comes in until SIGTERM or SIGINT. Asks \
            first; --yes answers for you, and is needed where nobody can be asked. docs/operations.md has the steps.

            Examples:
              drover move --from sqlite:drover.sqlite --to redis://127.0.0.1:6379 --dry-run
              drover move --from sqlite:drover.sqlite --to redis://127.0.0.1:6379 --yes
            """)

    @Option(
        help: ArgumentHelp(
            "The store to move from. Default: DROVER_STORE, else sqlite:drover.sqlite.", valueName: "url"))
    var from: String?
    @Option(
        help: ArgumentHelp(
            "The store to move to, which is made where it is not there. Default: DROVER_MOVE_TO.", valueName: "url"))
    var to: String?
    @Option(
        name: .customLong("queue"),
        help: ArgumentHelp("A queue to move. Repeatable. Default: all queues.", valueName: "name"))
    var queues: [String] = []
    @Flag(help: "Go on carrying what comes into the source until it is stopped.") var follow = false
    @Option(
        help: ArgumentHelp("How long to wait for jobs that run in the source. Default: 1m.", valueName: "duration"),
        transform: DurationArgument.parse)
    var wait = DurationArgument(.seconds(60))
    @Option(
        help: ArgumentHelp(
            "How many ids are left free for jobs that producers still add to the source.", valueName: "n"))
    var reserve = 10_000_000
    @Option(help: ArgumentHelp("How many jobs a step carries, 1 to 1000.", valueName: "n")) var batch = Batch.size
    @Flag(help: "Only tell what would be moved.") var dryRun = false
    @Flag(name: .shortAndLong, help: "Don't ask.") var yes = false
    @Flag(help: "Print JSON: an object with queues, jobs, schedules, allowances, allowancesNotCarried and seconds.")
    var json = false

    var attempt: String { "move queues" }

    func validate() throws {
        if !(1...1_000_000_000_000).contains(reserve) {
            throw ArgumentParser.ValidationError("--reserve: give 1 to 1000000000000")
        }
        if !(1...Batch.size).contains(batch) {
            throw ArgumentParser.ValidationError("--batch: give 1 to \(Batch.size)")
        }
        if follow && dryRun { throw ArgumentParser.ValidationError("--follow: a dry run moves nothing; leave it out") }
    }

    func run(in session: Session) async throws -> ExitStatus {
        let source = try StoreOptions.location(from, in: session.environment)
        guard let to = to ?? session.environment["DROVER_MOVE_TO"] else {
            throw CommandFailure.usage("it is not said where to", advice: "give --to, or DROVER_MOVE_TO")
        }
        let target = try StoreLocation(to)
        if source == .sqliteMemory || target == .sqliteMemory {
            throw CommandFailure.usage("a store in memory lives only in one process", advice: "name a file or a server")
        }
        if source.isSame(as: target) {
            throw CommandFailure.usage("--from and --to are the same store", advice: "name another target")
        }
        let names = try queues.map { text throws(ValidationError) in try QueueName(text) }
        return try await StopWish.heard(in: session) { stop in
            try await session.withStore(source, .existing) { from in
                if dryRun {
                    // The target is not opened: that would make it.
                    return try await preview(run(session, names, stop, (from, source), (from, target)), to: target)
                }
                return try await session.withStore(target, .create) { to in
                    try await move(run(session, names, stop, (from, source), (to, target)), to: target)
                }
            }
        }
    }

    private func run(
        _ session: Session, _ names: [QueueName], _ stop: StopWish, _ source: (any JobStore, StoreLocation),
        _ target: (any JobStore, StoreLocation)
    ) -> MoveRun {
        MoveRun(
            session: session, source: .init(store: source.0, name: source.1.description),
            target: .init(store: target.0, name: target.1.description), queues: names.isEmpty ? nil : names,
            batch: batch, reserve: Int64(reserve), wait: wait.duration, stop: stop)
    }

    private func preview(_ run: MoveRun, to target: StoreLocation) async throws -> ExitStatus {
        var tallies: [MoveTally] = []
        for queue in try await run.summaries() { tallies.append(try await run.preview(queue)) }
        let allowances = try await AllowanceMover.count(in: run.source.store, to: target.place)
        MoveResult(run: run, tallies: tallies, isDry: true, seconds: nil, allowances: allowances)
            .tell(json: json, run.session.output)
        return .done
    }

    private func move(_ run: MoveRun, to target: StoreLocation) async throws -> ExitStatus {
        let summaries = try await run.summaries()
        let jobs = summaries.reduce(0) { $0 + $1.counts.total }
        try run.session.confirm(
            "Move \(Counted.text(jobs, "job")) of \(Counted.text(summaries.count, "queue")) from \(run.source.name) to "
                + "\(run.target.name), and pause these queues in the former?", yes: yes,
            because: "this pauses queues")
        var progress = ProgressLine("job", "moved", in: run.session)
        var allowances = AllowanceMover(from: run.source.store, to: run.target.store, at: target.place)
        let tallies: [MoveTally]
        do {
            // Before the first job runs at the target, and once more with what was reserved meanwhile.
            try await allowances.carry()
            tallies = follow ? try await run.follow(&progress) : try await run.moveAll(summaries, &progress)
            try await allowances.carry()
        } catch {
            progress.end()
            run.session.output.note("nothing is lost or doubled: the same command goes on where this one stopped")
            throw error
        }
        progress.end()
        let report = MoveResult(
            run: run, tallies: tallies, isDry: false, seconds: progress.elapsed.seconds,
            allowances: allowances.carried.count, refusedAllowances: allowances.refused.sorted())
        report.tell(json: json, run.session.output)
        if run.stop.isAsked && !follow {
            run.session.output.note("it was stopped; the same command goes on from here")
            return .failed
        }
        return report.isWhole ? .done : .failed
    }
}
