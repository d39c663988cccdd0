import ArgumentParser
import Drover
import DroverCore

/// Which schedules a command acts on.
struct ScheduleSelection: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("The schedules' queue.", valueName: "name")) var queue: String
    @Argument(help: "The schedules' ids.") var ids: [String]
    @Flag(help: "Print JSON: a list of objects with id and result.") var json = false

    /// Does something to each schedule and tells what became of it.
    ///
    /// - Returns: done when all were; not found when one is unknown; else failed.
    func apply(
        in session: Session, done: String,
        _ action: (any JobStore, ScheduleKey) async throws -> CommandResult
    ) async throws -> ExitStatus {
        let queue = try QueueName(queue)
        let keys = try ids.map { id throws(DroverCore.ValidationError) in
            ScheduleKey(queue: queue, id: try ScheduleID(id))
        }
        var results: [CommandResult] = []
        try await session.withStore(store, .existing) { store in
            for key in keys { results.append(try await action(store, key)) }
        }
        let report = ActionReport(done: done, json: json) {
            "there is no schedule \($0) in the queue \"\(queue)\"; see drover schedules"
        }
        return report.tell(keys.map(\.id.text), results, session.output)
    }
}

/// `drover schedule remove`.
struct ScheduleRemove: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Delete schedules, each with its next job.",
        discussion: """
            A job that waits already or runs goes on.

            Example:
              drover schedule remove digest --queue mail
            """)

    @OptionGroup var schedules: ScheduleSelection

    var attempt: String { "remove schedules" }

    func run(in session: Session) async throws -> ExitStatus {
        try await schedules.apply(in: session, done: "removed") { store, key in
            try await store.apply([ScheduleCommand.remove(key)]).first ?? .notFound
        }
    }
}

/// `drover schedule run`.
struct ScheduleRun: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Add a job of each schedule now, beside its times.",
        discussion: """
            Example:
              drover schedule run digest --queue mail
            """)

    @OptionGroup var schedules: ScheduleSelection

    var attempt: String { "run schedules" }

    func run(in session: Session) async throws -> ExitStatus {
        try await schedules.apply(in: session, done: "run") { store, key in
            try await store.apply([ScheduleCommand.run(key)]).first ?? .notFound
        }
    }
}

/// `drover schedule pause`.
struct SchedulePause: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Let schedules make no more jobs until they are resumed.",
        discussion: """
            The next job is taken away; one that waits already or runs goes on. A paused schedule that is stored anew, as \
            a new release of a program does, stays paused.

            Example:
              drover schedule pause digest --queue mail
            """)

    @OptionGroup var schedules: ScheduleSelection

    var attempt: String { "pause schedules" }

    func run(in session: Session) async throws -> ExitStatus {
        try await schedules.apply(in: session, done: "paused") { store, key in
            try await store.apply([ScheduleCommand.pause(key)]).first ?? .notFound
        }
    }
}

/// `drover schedule resume`.
struct ScheduleResume: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Let paused schedules make jobs again, from their next time on.",
        discussion: """
            Example:
              drover schedule resume digest --queue mail
            """)

    @OptionGroup var schedules: ScheduleSelection

    var attempt: String { "resume schedules" }

    func run(in session: Session) async throws -> ExitStatus {
        try await schedules.apply(in: session, done: "resumed") { store, key in
            do {
                try await JobService(
                    store: store,
                    configuration: ServiceConfiguration(clock: session.clock, wallClock: session.wallClock)
                ).resume(key)
                return .done
            } catch let error as DroverError where error.code == .notFound {
                return .notFound
            }
        }
    }
}
