import ArgumentParser
import Drover
import DroverCore
import Logging

/// `drover add`.
struct Add: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Enqueue a job and print its id, or wait for it and print its result.",
        discussion: """
            With --wait only the result is printed. If the job fails, its reason is told and the exit status is 1.

            Examples:
              drover add --queue mail welcome --data '{"user":42}'
              drover add --queue mail digest --data @digest.json --delay 5m
              drover add --queue mail digest --attempts 3 --backoff exponential:2s
              printf '%s' '{"n":1}' | drover add --queue q hello --data - --wait
            """)

    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("The queue.", valueName: "name")) var queue: String
    @Argument(help: ArgumentHelp("The job's name, which selects its handler.", valueName: "jobname")) var name: String
    @OptionGroup var payload: PayloadOptions
    @OptionGroup var new: NewJobOptions
    @Option(help: ArgumentHelp("Add it so many times.", valueName: "n")) var count = 1
    @Flag(help: "Wait until it has ended and print its result.") var wait = false
    @Option(
        help: ArgumentHelp("Wait no longer than this; implies --wait. Default: 1h.", valueName: "duration"),
        transform: DurationArgument.parse)
    var waitTimeout: DurationArgument?
    @Flag(help: "Print JSON: a list of objects with id and status, with --wait also result or failedReason.")
    var json = false

    /// How many jobs go to the store in one call.
    private static let batch = 1000

    var attempt: String { "add a job" }

    func validate() throws {
        if count < 1 { throw ArgumentParser.ValidationError("--count: give at least 1") }
        if count > 1 && new.id != nil { throw ArgumentParser.ValidationError("--count and --id: give one of them") }
    }

    func run(in session: Session) async throws -> ExitStatus {
        let queue = try queueName(queue)
        let job = NewJob(
            id: try new.id.map { text throws(ValidationError) in try JobID.custom(text) },
            name: try JobName(name), payload: try payload.payload(in: session), start: new.start,
            options: new.options)
        // Before the store is opened: wrong input must not make a file.
        if let problem = job.problem { throw problem }
        let waits = wait || waitTimeout != nil
        return try await session.withStore(store, .create) { store in
            let logger = StandardErrorLog.logger(level: .warning, session: session)
            let service = JobService(
                store: store, configuration: ServiceConfiguration(clock: session.clock), logger: logger)
            var status = ExitStatus.done
            var objects: [String] = []
            for first in stride(from: 0, to: count, by: Self.batch) {
                let jobs = Array(repeating: job, count: min(Self.batch, count - first))
                for result in try await service.add(jobs, to: queue) {
                    let (key, word) = try Self.stored(result, in: queue)
                    if word == "duplicate" { session.output.note("\(key.id) exists already; nothing was changed") }
                    var members = [("id", JSONWriter.string(key.id.text)), ("status", JSONWriter.string(word))]
                    if waits {
                        let ending = try await ending(of: key, service)
                        if !tell(ending, of: key, session.output) { status = .failed }
                        members.append(Self.member(ending))
                    } else if !json {
                        session.output.line(key.id.text)
                    }
                    if json { objects.append(JSONWriter.object(members.map { (name: $0.0, value: $0.1) })) }
                }
            }
            if json { session.output.line(JSONWriter.list(objects)) }
            return status
        }
    }

    private static func stored(_ result: EnqueueResult, in queue: QueueName) throws -> (JobKey, String) {
        switch result {
        case .added(let id): (JobKey(queue: queue, id: id), "added")
        case .duplicate(let id): (JobKey(queue: queue, id: id), "duplicate")
        case .refused(let problem): throw problem
        }
    }

    /// How an awaited job ended: its result, or the reason of its failure.
    private enum Ending {
        case result(JSONText)
        case failure(String)
    }

    private func ending(of key: JobKey, _ service: JobService) async throws -> Ending {
        do {
            return .result(try await service.result(of: key, within: waitTimeout?.duration ?? .seconds(3600)))
        } catch let error as DroverError where error.code == .jobFailed {
            return .failure(error.message)
        }
    }

    private static func member(_ ending: Ending) -> (String, String) {
        switch ending {
        case .result(let result): ("result", result.text)
        case .failure(let reason): ("failedReason", JSONWriter.string(reason))
        }
    }

    /// - Returns: whether the job completed.
    private func tell(_ ending: Ending, of key: JobKey, _ output: Output) -> Bool {
        switch ending {
        case .result(let result):
            if !json { output.line(result.text) }
            return true
        case .failure(let reason):
            output.note(
                "drover: run the job \(key): \(reason); see drover job --queue \(key.queue) \(key.id)")
            return false
        }
    }
}
