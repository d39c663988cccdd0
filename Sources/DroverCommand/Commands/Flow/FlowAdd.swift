import ArgumentParser
import Drover
import DroverCore
import Logging

/// `drover flow add`.
struct FlowAdd: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract:
            "Store a tree or a graph of jobs, all or none, and print the id of the first one, or all ids of a graph.",
        discussion: """
            The tree is a JSON object in the form of BullMQ's FlowProducer: name, queueName, data, opts and children, each of \
            which is such an object. Of opts: jobId, delay in milliseconds, priority, attempts, backoff, lifo, \
            removeOnComplete, removeOnFail, keepLogs, stackTraceLimit, telemetry, timeout and retryFor in milliseconds, tags, \
            tenant, group, correlationId, metadata; of a child one of failParentOnFailure, continueParentOnFailure, \
            ignoreDependencyOnFailure and removeDependencyOnFailure; of the first job parent, with id and queue: a stored \
            job that is to wait for it too.

            A graph, in which several jobs may wait for the same one, is an object with jobs, a list of objects with key, by which \
            the others name it, queue, name, data, opts and needs: a list of keys, or of objects with key, or with queue and id \
            of a stored job, and onFailure: none, fail, continue, ignore or remove.

            If the first job has a jobId that exists, nothing is stored.

            Example, report.json:
              {"name": "report", "queueName": "reports", "children": [
                {"name": "fetch", "queueName": "fetching", "data": {"branch": 1}},
                {"name": "fetch", "queueName": "fetching", "data": {"branch": 2},
                 "opts": {"attempts": 3, "ignoreDependencyOnFailure": true}}]}

            Example, graph.json:
              {"jobs": [
                {"key": "fetch", "queue": "fetching", "name": "fetch"},
                {"key": "sales", "queue": "sums", "name": "sales", "needs": ["fetch"]},
                {"key": "costs", "queue": "sums", "name": "costs",
                 "needs": [{"key": "fetch", "onFailure": "ignore"}]},
                {"key": "report", "queue": "reports", "name": "report",
                 "needs": ["sales", "costs"]}]}

              drover flow add report.json
              make-tree | drover flow add -
            """)

    @OptionGroup var store: StoreOptions
    @Argument(help: "The file with the tree, or - for standard input.", completion: .file()) var file: String
    @OptionGroup var encrypt: EncryptOptions
    @Option(
        help: ArgumentHelp(
            "Wait so long at most for room in queues that are full (drover limit); without it the command fails then.",
            valueName: "duration"), transform: DurationArgument.parse)
    var waitWhenFull: DurationArgument?
    @Flag(help: "Print JSON: an object with queue, id, status, jobs, how many were stored, and, of a graph, keys.")
    var json =
        false

    /// The longest tree, in bytes.
    static let limit = 256 * 1_048_576

    var attempt: String { "add a flow" }

    func run(in session: Session) async throws -> ExitStatus {
        let bytes =
            file == "-" ? try session.input.bytes(limit: Self.limit + 1) : try Input.file(file, limit: Self.limit + 1)
        let text = try PayloadOptions.json(
            bytes, "flow", limit: Self.limit, advice: "store the data elsewhere and send their places")
        let tree = try FlowReader.read(text)
        // Before the store is opened: wrong input must not make a file.
        if let problem = tree.job.problem { throw problem }
        var settings = ServiceConfiguration(clock: session.clock)
        settings.whenFull = waitWhenFull.map { .wait(atMost: $0.duration) } ?? .refuse
        settings.encryption = try encrypt.keys.encryption(in: session)
        let parts = try encrypt.parts()
        let results = try await session.withStore(store, .create) { [settings] store in
            let logger = StandardErrorLog.logger(level: .warning, session: session)
            return try await JobService(store: store, configuration: settings, logger: logger)
                .add([tree.job], to: tree.queue, encryption: parts)
        }
        guard let result = results.first else {
            throw StoreError(.corrupt, "the store gave no answer for a flow")
        }
        try tell(result, of: tree, session.output)
        return .done
    }

    private func tell(_ result: EnqueueResult, of tree: FlowReader.Tree, _ output: Output) throws {
        let (id, word, count): (JobID, String, Int)
        switch result {
        case .added(let added): (id, word, count) = (added, "added", tree.count)
        case .duplicate(let known), .deduplicated(let known):
            (id, word, count) = (known, "duplicate", 0)
            output.note(
                "\(known) exists already in \(tree.queue); nothing of the flow was stored"
                    + (tree.job.parent.map { ", and it is a child of \($0.key)" } ?? ""))
        case .refused(let problem): throw problem
        case .queueFull(let most):
            throw CommandFailure(
                .failed,
                "a queue of the flow is full\(waitWhenFull.map { " after \($0)" } ?? ""): its maximum length is \(Counted.text(most, "job"))",
                advice:
                    "add it later, \(waitWhenFull == nil ? "wait for room by --wait-when-full 30s" : "wait longer"), start more workers, or see drover limit"
            )
        }
        if json {
            var members = [
                (name: "queue", value: JSONWriter.string(tree.queue.text)), ("id", JSONWriter.string(id.text)),
                ("status", JSONWriter.string(word)), ("jobs", String(count)),
            ]
            if !tree.keys.isEmpty, count > 0 { members.append(("keys", Self.keys(of: tree))) }
            output.line(JSONWriter.object(members))
        } else if tree.keys.isEmpty || count == 0 {
            output.line(id.text)
        } else {
            for (name, key) in tree.keys { output.line(Printable.text("\(name)  \(key)")) }
        }
    }

    /// The keys of a graph by their names.
    private static func keys(of tree: FlowReader.Tree) -> String {
        JSONWriter.object(
            tree.keys.map { name, key in
                let members = [("queue", JSONWriter.string(key.queue.text)), ("id", JSONWriter.string(key.id.text))]
                return (name, JSONWriter.object(members))
            })
    }
}
