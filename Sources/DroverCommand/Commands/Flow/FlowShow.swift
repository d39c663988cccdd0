import ArgumentParser
import Drover
import DroverCore
import Logging

/// `drover flow show`.
struct FlowShow: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Draw a job with what is below it in its flow: states, results, reasons.",
        discussion: """
            Each line has a job's queue and id, its name, its state, and how many children it has. Of a child that failed it \
            says what that means to its parent: ignored, or failed, by which the parent fails too; or that the parent waits until \
            it is retried. A job for which several wait is drawn with what is below it once, where the fewest levels lie above it; where it \
            stands besides it says so. Children stand by their status, then by queue and id.

            Examples:
              drover flow show --queue reports 17
              drover flow show --queue reports 17 --depth 1 --limit 1000
            """)

    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("The queue of the job at the top.", valueName: "name")) var queue: String
    @Argument(help: "The id of the job at the top.") var id: String
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How many levels below it are shown, 0 to 1000.", valueName: "n"))
    var depth = 10
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How many children of each status are shown of a job, about, 1 to 1000; of more of them the store gives any.",
            valueName: "n"))
    var limit = 20
    @Flag(help: "Show encrypted results in plain; needs their keys.") var decrypt = false
    @OptionGroup var keys: KeyOptions
    @Flag(
        help:
            "Print JSON: an object as of drover job, with status, childCounts, unread, repeated where it stands elsewhere, and children."
    ) var json =
        false

    var attempt: String { "show a flow" }

    func validate() throws {
        if !(0...1000).contains(depth) { throw ArgumentParser.ValidationError("--depth: give 0 to 1000") }
        if !(1...1000).contains(limit) { throw ArgumentParser.ValidationError("--limit: give 1 to 1000") }
    }

    func run(in session: Session) async throws -> ExitStatus {
        let key = JobKey(queue: try QueueName(queue), id: try JobID(id))
        let encryption = decrypt ? try keys.encryption(in: session) : nil
        if decrypt && encryption == nil { throw KeyOptions.noKeys }
        let found = try await session.withStore(store, .existing) { store in
            try await JobService(
                store: store, configuration: ServiceConfiguration(clock: session.clock),
                logger: StandardErrorLog.logger(level: .warning, session: session)
            ).flow(key, depth: depth, limit: limit)
        }
        guard var tree = found else {
            throw CommandFailure(
                .notFound, "there is no job \(ValidationError.quote(id)) in the queue \(ValidationError.quote(queue))",
                advice: "see drover queues and drover jobs")
        }
        if let encryption { try tree.open(with: encryption) }
        if json {
            session.output.line(try FlowText.json(tree))
        } else {
            FlowText.lines(tree).forEach(session.output.line)
        }
        return .done
    }
}

extension FlowTree {
    /// Opens what is encrypted of the jobs that were read.
    fileprivate mutating func open(with encryption: PayloadEncryption) throws {
        if let job { self.job = try encryption.open(job) }
        for index in children.indices { try children[index].open(with: encryption) }
    }
}
