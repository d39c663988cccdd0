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
            With --wait standard output has the result alone; the id is told on standard error before the wait, because \
            a command that is interrupted leaves its job stored. If the job fails, its reason is told and the exit status \
            is 1.

            Examples:
              drover add --queue mail welcome --data '{"user":42}'
              drover add --queue mail digest --data @digest.json --delay 5m
              drover add --queue mail digest --dedup user:42:10m
              drover add --queue mail digest --attempts 3 --backoff exponential:2s
              drover add --queue mail export --within exports:42:2/24h
              printf '%s' '{"n":1}' | drover add --queue q hello --data - --wait
            """)

    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("The queue.", valueName: "name")) var queue: String
    @Argument(help: ArgumentHelp("The job's name, which selects its handler.", valueName: "jobname")) var name: String
    @OptionGroup var payload: PayloadOptions
    @OptionGroup var encrypt: EncryptOptions
    @OptionGroup var new: NewJobOptions
    @Option(help: ArgumentHelp("Add it so many times.", valueName: "n")) var count = 1
    @Option(
        help: ArgumentHelp(
            "Wait so long at most for room in a queue that is full (drover limit); without it the command fails then.",
            valueName: "duration"), transform: DurationArgument.parse)
    var waitWhenFull: DurationArgument?
    @Option(
        name: .customLong("within"),
        help: ArgumentHelp(
            """
            Add it only while this allowance has something left, and take one of it: so many of a key in a span of time, as \
            exports:42:2/24h, or exports:42:2 for ever. Repeatable; all must have something left.
            """, valueName: "key:n/span"), transform: NamedAllowanceArgument.parse)
    var within: [NamedAllowanceArgument] = []
    @Flag(help: "Wait until it has ended and print its result.") var wait = false
    @Option(
        help: ArgumentHelp("Wait no longer than this; implies --wait. Default: 1h.", valueName: "duration"),
        transform: DurationArgument.parse)
    var waitTimeout: DurationArgument?
    @Flag(help: "Print JSON: a list of objects with id and status, with --wait also result, failedReason or error.")
    var json = false

    var attempt: String { "add a job" }

    func validate() throws {
        let keys = within.map { Array($0.allowance.key.utf8) }
        if Set(keys).count < keys.count {
            throw ArgumentParser.ValidationError("--within: an allowance is named twice; name each key once")
        }
        if count < 1 { throw ArgumentParser.ValidationError("--count: give at least 1") }
        if count > 1 && new.id != nil { throw ArgumentParser.ValidationError("--count and --id: give one of them") }
    }

    func run(in session: Session) async throws -> ExitStatus {
        let queue = try QueueName(queue)
        let job = NewJob(
            id: try new.id.map { text throws(ValidationError) in try JobID.custom(text) },
            name: try JobName(name), payload: try payload.payload(in: session), start: new.start,
            options: try new.options())
        // Before the store is opened: wrong input must not make a file.
        if let problem = job.problem { throw problem }
        var settings = ServiceConfiguration(clock: session.clock)
        settings.whenFull = waitWhenFull.map { .wait(atMost: $0.duration) } ?? .refuse
        settings.encryption = try encrypt.keys.encryption(in: session)
        let parts = try encrypt.parts()
        return try await session.withStore(store, .create) { [settings] store in
            let logger = StandardErrorLog.logger(level: .warning, session: session)
            let service = JobService(store: store, configuration: settings, logger: logger)
            var list = ListPrinter(session.output)
            do {
                let status = try await add(job, parts, to: queue, by: service, &list, session.output)
                if json { list.end() }
                return status
            } catch {
                // What was stored is stored: the list of it stays readable, also where it is empty.
                if json { list.end() }
                throw error
            }
        }
    }

    /// Adds the jobs and tells of each when it is stored, or with --wait when it has ended.
    private func add(
        _ job: NewJob, _ parts: EncryptedParts?, to queue: QueueName, by service: JobService,
        _ list: inout ListPrinter, _ output: Output
    ) async throws -> ExitStatus {
        var status = ExitStatus.done
        // Each job takes of the allowances by itself: what was added before one is spent stays.
        let size = within.isEmpty ? Batch.size : 1
        for first in stride(from: 0, to: count, by: size) {
            let jobs = Array(repeating: job, count: min(size, count - first))
            let results =
                within.isEmpty
                ? try await service.add(jobs, to: queue, encryption: parts)
                : [try await service.add(job, to: queue, within: within.map(\.allowance), encryption: parts)]
            if waits { Self.announce(results, queue, output) }
            for result in results {
                let (id, word) = try stored(result, in: queue, output)
                var members = [(name: "id", value: JSONWriter.string(id.text)), ("status", JSONWriter.string(word))]
                if waits {
                    let key = JobKey(queue: queue, id: id)
                    let ending = try await ending(of: key, service)
                    members.append(Self.member(ending))
                    let told = tell(ending, of: key, output)
                    if status == .done { status = told }
                } else if !json {
                    output.line(id.text)
                }
                if json { list.add(JSONWriter.object(members)) }
            }
        }
        return status
    }

    private var waits: Bool { wait || waitTimeout != nil }

    /// Tells what was stored before the wait, which may be interrupted.
    private static func announce(_ results: [EnqueueResult], _ queue: QueueName, _ output: Output) {
        let added = results.compactMap { if case .added(let id) = $0 { id } else { nil } }
        guard let first = added.first, let last = added.last else { return }
        output.note(
            added.count == 1
                ? "added job \(first) to \(queue); waiting for its result"
                : "added \(added.count) jobs to \(queue), the first \(first), the last \(last); waiting for their results"
        )
    }

    private func stored(
        _ result: EnqueueResult, in queue: QueueName, _ output: Output
    ) throws -> (id: JobID, word: String) {
        switch result {
        case .added(let id): return (id, "added")
        case .duplicate(let id):
            output.note("\(id) exists already; nothing was changed")
            return (id, "duplicate")
        case .deduplicated(let id):
            output.note("not stored: the job \(id) holds its deduplication id")
            return (id, "deduplicated")
        case .refused(let problem): throw problem
        case .queueFull(let most):
            let waited = waitWhenFull.map { " after \($0)" } ?? ""
            let wait = waitWhenFull == nil ? "wait for room by --wait-when-full 30s" : "wait longer"
            throw CommandFailure(
                .failed, "the queue \"\(queue)\" is full\(waited): its maximum length is \(Counted.text(most, "job"))",
                advice: "add it later, \(wait), start more workers, or see drover limit")
        }
    }

    /// How the wait for a job ended.
    private enum Ending {
        /// The job has completed.
        case result(JSONText)
        /// The job has failed, for this reason.
        case failure(String)
        /// Nobody knows: the time was up, or the store could not be read. The job is stored all the same.
        case unknown(CommandFailure)
    }

    /// - Throws: only `CancellationError`.
    private func ending(of key: JobKey, _ service: JobService) async throws -> Ending {
        do {
            return .result(try await service.result(of: key, within: waitTimeout?.duration ?? .seconds(3600)))
        } catch let error as DroverError where error.code == .jobFailed {
            return .failure(error.message)
        } catch let error as CancellationError {
            throw error
        } catch {
            return .unknown(CommandFailure(mapping: error))
        }
    }

    private static func member(_ ending: Ending) -> (name: String, value: String) {
        switch ending {
        case .result(let result): ("result", result.text)
        case .failure(let reason): ("failedReason", JSONWriter.string(reason))
        case .unknown(let failure): ("error", JSONWriter.string(failure.description))
        }
    }

    /// - Returns: the exit status that the ending asks for.
    private func tell(_ ending: Ending, of key: JobKey, _ output: Output) -> ExitStatus {
        let more = "see drover job --queue \(key.queue) \(key.id)"
        switch ending {
        case .result(let result):
            if !json { output.line(result.text) }
            return .done
        case .failure(let reason):
            output.note("drover: run the job \(key): \(Printable.text(reason)); \(more)")
            return .failed
        case .unknown(let failure):
            output.note("drover: wait for the job \(key): \(Printable.text(failure.description)); \(more)")
            return failure.status
        }
    }
}
