import Drover
import DroverCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The options of a job of a flow, by their public names (PROTOCOL 5.1) and those of ours: all that `drover add` has, too.
struct FlowNodeOptions {
    /// What the failure of the job means to its parent; nil where nothing is said.
    private(set) var onFailure: ChildFailurePolicy?
    private var id: String?
    private var start = NewJob.Start.now
    private var parent: JobKey?
    private var options = JobOptions()

    /// The kinds of values.
    private enum Kind {
        case number, truth, text, texts, textByName, backoff, retention
        /// A number that is at least so much.
        case numberFrom(Int)

        /// What is wrong with a value, or nil.
        func problem(of value: String) -> String? {
            switch self {
            case .number: JSONValue.read(Int.self, value) == nil ? "is no whole number" : nil
            case .numberFrom(let least): Self.problem(of: JSONValue.read(Int.self, value), least)
            case .truth: JSONValue.read(Bool.self, value) == nil ? "is neither true nor false" : nil
            case .text: JSONValue.read(String.self, value) == nil ? "is no text in quotes" : nil
            case .texts: JSONValue.read([String].self, value) == nil ? "is no list of texts" : nil
            case .textByName: JSONValue.read([String: String].self, value) == nil ? "is no object of texts" : nil
            case .backoff: Self.problem(ofBackoff: value)
            case .retention: Self.problem(ofRetention: value)
            }
        }

        private static func problem(of number: Int?, _ least: Int) -> String? {
            guard let number else { return "is no whole number" }
            return number < least ? "is \(number); give \(least) or more" : nil
        }

        private static func problem(ofBackoff value: String) -> String? {
            if let wait = JSONValue.read(Int.self, value) {
                return wait < 0 ? "is \(wait); give 0 or more milliseconds" : nil
            }
            guard let form = JSONValue.read(BackoffForm.self, value) else {
                return #"is neither a number of milliseconds nor {"type":"exponential","delay":1000}"#
            }
            if let delay = form.delay, delay < 0 { return "has a negative delay; give 0 or more milliseconds" }
            if let most = form.maxDelay, most < 0 { return "has a negative maxDelay; give 0 or more milliseconds" }
            if let jitter = form.jitter, !(0...1).contains(jitter) { return "has a jitter out of range; give 0 to 1" }
            return nil
        }

        private static func problem(ofRetention value: String) -> String? {
            if JSONValue.read(Bool.self, value) != nil { return nil }
            if let count = JSONValue.read(Int.self, value) {
                return count < 0 ? "is \(count); give 0 or more jobs, or false to keep all" : nil
            }
            guard let form = JSONValue.read(RetentionForm.self, value) else {
                return #"is neither true, false, a number, nor {"age":seconds,"count":number}"#
            }
            if let age = form.age, age < 0 { return "has a negative age; give 0 or more seconds" }
            if let count = form.count, count < 0 { return "has a negative count; give 0 or more jobs" }
            return nil
        }
    }

    private struct BackoffForm: Decodable {
        var type: String
        var delay: Double?
        var jitter: Double?
        var maxDelay: Double?
    }

    private struct RetentionForm: Decodable {
        var age: Double?
        var count: Int?
    }

    private struct ParentForm: Decodable {
        var id: String
        var queue: String
    }

    private struct DeduplicationForm: Decodable {
        var id: String
        var ttl: Int?
        var extend: Bool?
        var replace: Bool?
        var keepLastIfActive: Bool?
    }

    private struct ResultCacheForm: Decodable {
        var key: String
        var lifetime: Int
    }

    private struct TelemetryForm: Decodable {
        var metadata: String?
        var omitContext: Bool?
    }

    /// Options that are stored as they are written: their kind, and the name in the stored form.
    private static let stored: [String: (kind: Kind, name: String)] = [
        "attempts": (.numberFrom(0), "attempts"), "backoff": (.backoff, "backoff"), "priority": (.number, "priority"),
        "lifo": (.truth, "lifo"), "removeOnComplete": (.retention, "removeOnComplete"),
        "removeOnFail": (.retention, "removeOnFail"), "timeout": (.numberFrom(1), "timeout"),
        "stackTraceLimit": (.numberFrom(0), "stackTraceLimit"), "keepLogs": (.numberFrom(0), "kl"),
        "retryFor": (.numberFrom(1), "retryFor"), "expiresAfter": (.numberFrom(1), "expiresAfter"),
        "tags": (.texts, "tags"), "tenant": (.text, "tenant"),
        "group": (.text, "group"), "correlationId": (.text, "correlationId"), "metadata": (.textByName, "metadata"),
        "inputs": (.textByName, "inputs"),
    ]

    /// Options that are read here.
    private static let others = [
        "jobId", "delay", "runAt", "deadLetterQueue", "resultCache", "deduplication", "telemetry", "parent",
    ]

    /// The members of options that are objects.
    private static let inner = [
        "backoff": ["type", "delay", "jitter", "maxDelay"], "removeOnComplete": ["age", "count", "limit"],
        "removeOnFail": ["age", "count", "limit"], "resultCache": ["key", "lifetime"],
        "deduplication": ["id", "ttl", "extend", "replace", "keepLastIfActive"],
        "telemetry": ["metadata", "omitContext"], "parent": ["id", "queue"],
    ]

    /// All names, for whoever gave another one.
    private static var names: String {
        (Array(stored.keys) + others + policies.keys).sorted().joined(separator: ", ")
    }

    /// What a child's failure means, by BullMQ's flags.
    private static let policies: [String: ChildFailurePolicy] = [
        "failParentOnFailure": .failParent, "continueParentOnFailure": .continueParent,
        "ignoreDependencyOnFailure": .ignore, "removeDependencyOnFailure": .remove,
    ]

    /// Reads options.
    ///
    /// - Throws: `CommandFailure` with the place of the first option that is not known or of another kind.
    static func read(_ text: String, at place: FlowPlace, isRoot: Bool) throws -> FlowNodeOptions {
        if text == "null" { return FlowNodeOptions() }
        guard let members = JSONValue.members(text) else { throw place.fault("is no object") }
        var stored: [(name: String, value: String)] = []
        var others: [(name: String, value: String)] = []
        var seen: Set<String> = []
        for (name, value) in members {
            if !seen.insert(name).inserted { throw place.member(name).fault("is there twice") }
            if value == "null" { continue }
            if let known = Self.inner[name], let given = JSONValue.members(value) {
                for (member, _) in given where !known.contains(member) {
                    throw place.member(name).member(member).fault("is not known; give \(known.joined(separator: ", "))")
                }
            }
            if let form = Self.stored[name] {
                if let problem = form.kind.problem(of: value) { throw place.member(name).fault(problem) }
                stored.append((form.name, value))
            } else {
                others.append((name, value))
            }
        }
        var options = FlowNodeOptions()
        if let read = JSONValue.read(JobOptions.self, JSONWriter.object(stored)) { options.options = read }
        if let problem = InputMapping.problem(of: options.options.inputs) {
            throw place.member("inputs").refusal(problem)
        }
        for (name, value) in others { try options.take(name, value, at: place.member(name), isRoot: isRoot) }
        return options
    }

    /// Takes an option that is not stored as it is written.
    private mutating func take(_ name: String, _ value: String, at place: FlowPlace, isRoot: Bool) throws {
        switch name {
        case "jobId":
            guard let id = JSONValue.read(String.self, value) else { throw place.fault("is no text in quotes") }
            self.id = id
        case "delay", "runAt":
            if start != .now { throw place.fault("is given beside another time; give delay or runAt") }
            start = try Self.start(name, value, at: place)
        case "deadLetterQueue":
            guard let text = JSONValue.read(String.self, value) else { throw place.fault("is no text in quotes") }
            options.deadLetterQueue = try place.checked { try DeadLetterArgument.ofJob(text) }
        case "resultCache":
            guard let form = JSONValue.read(ResultCacheForm.self, value) else {
                throw place.fault(#"is no object like {"key":"report:42","lifetime":600000}, in milliseconds"#)
            }
            options.resultCache = ResultCache(key: form.key, lifetime: .milliseconds(form.lifetime))
        case "deduplication":
            guard let form = JSONValue.read(DeduplicationForm.self, value) else {
                throw place.fault(#"is no object like {"id":"user:42","ttl":600000}, in milliseconds"#)
            }
            options.deduplication = Deduplication(
                id: form.id, ttl: form.ttl.map { .milliseconds($0) }, extend: form.extend ?? false,
                replace: form.replace ?? false, keepLastIfActive: form.keepLastIfActive ?? false)
        case "telemetry":
            guard let form = JSONValue.read(TelemetryForm.self, value) else {
                throw place.fault("is no object with metadata and omitContext")
            }
            options.telemetry = JobTelemetry(metadata: form.metadata, omitContext: form.omitContext ?? false)
        case "parent":
            guard isRoot else { throw place.fault("is only for the first job of a flow") }
            guard let form = JSONValue.read(ParentForm.self, value) else {
                throw place.fault("is no object with id and queue")
            }
            // BullMQ names the queue with its prefix before the last colon.
            let queue = form.queue.split(separator: ":").last.map(String.init) ?? form.queue
            parent = try place.checked { JobKey(queue: try QueueName(queue), id: try JobID(form.id)) }
        default:
            guard let policy = Self.policies[name] else {
                throw place.fault("is not known; the options are \(Self.names)")
            }
            guard let holds = JSONValue.read(Bool.self, value) else { throw place.fault("is neither true nor false") }
            guard holds else { return }
            if let other = onFailure, other != policy {
                throw place.fault("can't be together with another rule for the failure of the job")
            }
            onFailure = policy
        }
    }

    /// When a job may run.
    private static func start(_ name: String, _ value: String, at place: FlowPlace) throws -> NewJob.Start {
        if name == "runAt" {
            guard let text = JSONValue.read(String.self, value) else { throw place.fault("is no text in quotes") }
            return .at(try place.checked { try InstantArgument.parse(text) })
        }
        guard let delay = JSONValue.read(Int.self, value) else { throw place.fault("is no whole number") }
        return delay == 0 ? .now : .after(.milliseconds(delay))
    }

    /// Gives a job of a queue the options.
    ///
    /// - Parameter count: how many others it waits for.
    /// - Throws: `CommandFailure` with the place of the job, for a rule that it breaks.
    func apply(to job: inout NewJob, in queue: QueueName, waitingFor count: Int, at place: FlowPlace) throws {
        let opts = place.member("opts")
        if let id { job.id = try opts.member("jobId").checked { try JobID.custom(id) } }
        job.start = start
        job.options = options
        if let parent { job.parent = JobParent(parent, onFailure: onFailure ?? .keepWaiting) }
        let isAlone = place.isRoot && job.children.isEmpty && parent == nil
        let single = NewJob(id: job.id, name: job.name, start: start, options: options)
        if options.deduplication != nil, !isAlone {
            throw opts.member("deduplication").fault(
                "is not for jobs of a flow; give the job a jobId of its own instead")
        }
        if !options.inputs.isEmpty, count != 1 {
            throw opts.member("inputs").fault(
                "are made from the result of the one job before it, and the job waits for \(count == 0 ? "none" : "\(count)")"
            )
        }
        if let problem = single.problem(in: queue) ?? (isAlone ? nil : job.id?.problemInFlow) {
            throw opts.refusal(problem)
        }
        if place.isRoot, onFailure != nil, parent == nil {
            throw opts.fault("has a rule for the failure of the job, and the first job has no parent")
        }
    }
}
