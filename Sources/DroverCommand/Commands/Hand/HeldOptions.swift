import ArgumentParser
import Drover
import DroverCore
import Logging

/// Which held job a command is about: its token, or its queue, id and the token of its lease.
struct HeldOptions: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("The job's queue, instead of a TOKEN.", valueName: "name")) var queue: String?
    @Option(help: ArgumentHelp("The job's id; with --queue and --token.", valueName: "id")) var id: String?
    @Option(help: ArgumentHelp("The token of its lease; with --queue and --id.", valueName: "text"))
    var token: String?
    @Option(
        help: ArgumentHelp(
            "How long it is held from now on. Default: as long as it was claimed for, or with --queue 30s.",
            valueName: "duration"), transform: DurationArgument.parse)
    var lease: DurationArgument?
    @OptionGroup var keys: KeyOptions

    /// The lease that is meant.
    ///
    /// - Parameter word: the token of `drover claim`; nil where there is none among the arguments.
    func held(_ word: String?) throws -> Lease {
        if let lease, lease.duration < .milliseconds(100) {
            throw CommandFailure.usage("a lease of \(lease) is too short", advice: "give --lease at least 100ms")
        }
        switch (word, queue, id, token) {
        case (let word?, nil, nil, nil):
            let held = try HoldToken(parsing: word).lease
            return Lease(job: held.job, token: held.token, duration: lease?.duration ?? held.duration)
        case (nil, let queue?, let id?, let token?):
            return Lease(
                job: JobKey(queue: try QueueName(queue), id: try JobID(id)), token: LeaseToken(token),
                duration: lease?.duration ?? .seconds(30))
        default:
            throw CommandFailure.usage(
                "it is not clear which job is meant", advice: "give TOKEN, or --queue, --id and --token")
        }
    }

    /// Takes the job up and lends it, and its store.
    func withHeld<Result: Sendable>(
        _ lease: Lease, in session: Session, _ body: (HeldJob, any JobStore) async throws -> Result
    ) async throws -> Result {
        var settings = ServiceConfiguration(clock: session.clock, wallClock: session.wallClock)
        settings.encryption = try keys.encryption(in: session)
        return try await session.withStore(store, .existing) { [settings] store in
            let service = JobService(
                store: store, configuration: settings,
                logger: StandardErrorLog.logger(level: .error, session: session))
            return try await body(service.held(lease.job, token: lease.token, lease: lease.duration), store)
        }
    }
}
