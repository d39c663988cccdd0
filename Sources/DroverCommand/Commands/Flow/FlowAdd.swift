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
            which is such an object. Of opts: jobId, delay in milliseconds or runAt as RFC 3339, priority, attempts, backoff, \
            lifo, removeOnComplete, removeOnFail, keepLogs, stackTraceLimit, telemetry, timeout, retryFor and expiresAfter in \
            milliseconds, deadLetterQueue, resultCache with key and lifetime in milliseconds, inputs, which are paths of the \
            payload to be made from the result of the one job below, tags, tenant, group, correlationId, metadata; of a job \
            alone deduplication; of a child one of failParentOnFailure, continueParentOnFailure, \
            ignoreDependencyOnFailure and removeDependencyOnFailure; of the first job parent, with id and queue: a stored \
            job that is to wait for it too.

            A graph, in which several jobs may wait for the same one, is an object with jobs, a list of objects with key, by which \
            the others name it, queue, name, data, opts and needs: a list of keys, or of objects with key, or with queue and id \
            of a stored job, and onFailure: none, fail, continue, ignore or remove.

            If the first job has a jobId that exists, nothing is stored. Another job that exists under its jobId becomes part of \
            the flow as it is: its data and options are not stored, and it is named.

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
    @Flag(
        help:
            "Print JSON: an object with queue, id, status, jobs, how many were stored, known, those that existed, and, of a graph, keys."
    )
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
        let (results, known) = try await session.withStore(store, .create) { [settings] store in
            let logger = StandardErrorLog.logger(level: .warning, session: session)
            // An answer does not tell which jobs of a flow existed.
            let before = try await Self.stored(tree.ownKeys, store)
            let results = try await JobService(store: store, configuration: settings, logger: logger)
                .add([tree.job], to: tree.queue, encryption: parts)
            switch results.first {
            case .added(let id)? where !tree.ownKeys.isEmpty:
                // Again: others may have come or gone while it waited for room.
                let first = JobKey(queue: tree.queue, id: id)
                let after = try await Self.stored(tree.ownKeys + [first], store)
                return (results, Self.known(tree.ownKeys, before, after, addedAt: after[first]))
            case .duplicate?:
                let after = try await Self.stored(tree.ownKeys, store)
                return (results, tree.ownKeys.filter { after[$0] != nil })
            default: return (results, [])
            }
        }
        guard let result = results.first else {
            throw StoreError(.corrupt, "the store gave no answer for a flow")
        }
        try tell(result, of: tree, known, session.output)
        return .done
    }

    /// Which jobs of a flow were there before it, in the order of their keys.
    ///
    /// - Parameters:
    ///   - before: when those were created that were there some time before.
    ///   - after: when those were that were there afterwards.
    ///   - addedAt: when the jobs of the flow were, all at once; nil when the first of them is gone already.
    static func known(
        _ keys: [JobKey], _ before: [JobKey: Timestamp], _ after: [JobKey: Timestamp], addedAt: Timestamp?
    ) -> [JobKey] {
        keys.filter { key in
            // One that is the same as before, or that came between the two.
            guard let created = after[key] else { return false }
            return created == before[key] || (addedAt.map { created != $0 } ?? false)
        }
    }

    /// When those of some jobs were created that are stored.
    private static func stored(_ keys: [JobKey], _ store: any JobStore) async throws -> [JobKey: Timestamp] {
        var found: [JobKey: Timestamp] = [:]
        for start in stride(from: 0, to: keys.count, by: readAtOnce) {
            let some = Array(keys[start..<min(start + readAtOnce, keys.count)])
            for (key, job) in zip(some, try await store.jobs(some)) { found[key] = job?.createdAt }
        }
        return found
    }

    /// How many jobs are read in one call: their payloads come along.
    private static let readAtOnce = 100

    /// - Parameter known: the jobs that were stored before.
    private func tell(
        _ result: EnqueueResult, of tree: FlowReader.Tree, _ known: [JobKey], _ output: Output
    ) throws {
        let (id, word, count): (JobID, String, Int)
        var keys = tree.keys
        switch result {
        case .added(let added):
            (id, word, count) = (added, "added", tree.count - known.count)
            Self.note(known, output)
        case .duplicate(let first):
            (id, word, count) = (first, "duplicate", 0)
            output.note(
                "\(first) exists already in \(tree.queue); nothing of the flow was stored"
                    + (tree.job.parent.map { ", and it is a child of \($0.key)" } ?? ""))
            let stored = Set(known)
            let missing = keys.filter { !stored.contains($0.key) }.map(\.name)
            keys = keys.filter { stored.contains($0.key) }
            if !missing.isEmpty {
                output.note(
                    "without a jobId of their own that exists: \(Self.few(missing)); give each job of a graph one to add it again"
                )
            }
        case .deduplicated(let holder):
            (id, word, count) = (holder, "deduplicated", 0)
            output.note("not stored: the job \(holder) holds its deduplication id")
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
                ("known", JSONWriter.array(known.map(JobJSON.key))),
            ]
            if !tree.keys.isEmpty {
                members.append(("keys", JSONWriter.object(keys.map { ($0.name, JobJSON.key($0.key)) })))
            }
            output.line(JSONWriter.object(members))
        } else if tree.keys.isEmpty {
            output.line(id.text)
        } else {
            for (name, key) in keys { output.line(Printable.text("\(name)  \(key)")) }
        }
    }

    /// Names jobs of a flow that existed before it.
    private static func note(_ known: [JobKey], _ output: Output) {
        if known.isEmpty { return }
        let told = few(known.map(\.description))
        output.note(
            known.count == 1
                ? "\(told) existed already and is part of the flow as it is; its data and options were not stored"
                : "\(told) existed already and are part of the flow as they are; their data and options were not stored"
        )
    }

    /// Some names, of many the first ones.
    private static func few(_ names: [String]) -> String {
        let shown = Printable.text(names.prefix(10).joined(separator: ", "))
        return names.count > 10 ? "\(shown) and \(names.count - 10) more" : shown
    }
}
