import Drover
import DroverCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Jobs and what belongs to them as JSON for programs. The names of members are kept from version to version.
enum JobJSON {
    /// A job by its queue and id.
    static func key(_ key: JobKey) -> String {
        JSONWriter.object([
            ("queue", JSONWriter.string(key.queue.text)), ("id", JSONWriter.string(key.id.text)),
        ])
    }

    /// A group of a queue.
    static func group(_ group: GroupSummary) -> String {
        JSONWriter.object([
            ("name", JSONWriter.string(group.name)), ("paused", String(group.isPaused)),
            ("waiting", String(group.waiting)), ("active", String(group.active)), ("weight", String(group.weight)),
            ("concurrency", group.concurrency.map { String($0) } ?? "null"),
            ("rate", JSONWriter.string(group.rate?.text)), ("own", limits(group.own)),
        ])
    }

    /// What is set of a group, or of every group.
    static func limits(_ limits: GroupLimits) -> String {
        JSONWriter.object([
            ("weight", limits.weight.map { String($0) } ?? "null"),
            ("concurrency", limits.concurrency.map { String($0) } ?? "null"),
            ("rate", JSONWriter.string(limits.rate?.text)),
        ])
    }

    /// A job's members; one of which something is encrypted has `encryptedWith`, the ids of the keys.
    static func members(_ job: JobRecord) throws -> [(name: String, value: String)] {
        var keys: [String] = []
        for value in [job.payload, job.result].compactMap(\.self) + job.steps.map(\.result) {
            for key in StoredValue(value).keys where !keys.contains(key) { keys.append(key) }
        }
        let encrypted = keys.isEmpty ? [] : [("encryptedWith", JSONWriter.array(keys.map { JSONWriter.string($0) }))]
        return [
            ("id", JSONWriter.string(job.key.id.text)),
            ("queue", JSONWriter.string(job.key.queue.text)),
            ("name", JSONWriter.string(job.name.text)),
            ("state", JSONWriter.string(job.state.rawValue)),
            ("payload", job.payload.text),
            ("priority", String(job.priority)),
            ("attempts", String(job.options.attempts)),
            ("attemptsMade", String(job.attemptsMade)),
            ("attemptsStarted", String(job.attemptsStarted)),
            ("stalls", String(job.stalls)),
            ("createdAt", JSONWriter.instant(job.createdAt)),
            ("dueAt", JSONWriter.instant(job.dueAt)),
            ("processedAt", JSONWriter.instant(job.processedAt)),
            ("finishedAt", JSONWriter.instant(job.finishedAt)),
            ("worker", JSONWriter.string(job.worker)),
            ("progress", JSONWriter.json(job.progress)),
            ("steps", JSONWriter.array(job.steps.map { step($0) })),
            ("result", JSONWriter.json(job.result)),
            ("failedReason", JSONWriter.string(job.failedReason)),
            ("stacktrace", JSONWriter.array(job.stacktrace.map { JSONWriter.string($0) })),
            ("cancelRequested", String(job.isCancelRequested)),
            ("deferredFailure", JSONWriter.string(job.deferredFailure)),
            ("parent", job.parent.map(parent) ?? "null"),
            ("dependents", JSONWriter.array(job.dependents.map(parent))),
            ("options", try options(job.options)),
        ] + encrypted
    }

    private static func parent(_ parent: JobParent) -> String {
        JSONWriter.object([
            ("queue", JSONWriter.string(parent.key.queue.text)), ("id", JSONWriter.string(parent.key.id.text)),
            ("onFailure", JSONWriter.string(parent.onFailure.rawValue)),
        ])
    }

    private static func step(_ step: JobStep) -> String {
        JSONWriter.object([
            ("name", JSONWriter.string(step.name.text)),
            ("recordedAt", JSONWriter.instant(step.recordedAt)),
            ("result", step.result.text),
        ])
    }

    /// A job on one line.
    static func job(_ job: JobRecord) throws -> String { JSONWriter.object(try members(job)) }

    /// The options in their stored form, which is BullMQ's.
    static func options(_ options: JobOptions) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(options), as: UTF8.self)
    }

    /// A queue; a damaged one has the member `problem`, and null for what can't be counted.
    static func queue(_ queue: QueueSummary) -> String {
        let problem = queue.problem.map { [("problem", JSONWriter.string($0))] } ?? []
        return JSONWriter.object(
            [
                ("name", JSONWriter.string(queue.name.text)),
                ("paused", String(queue.isPaused)),
                ("maxLength", queue.maxLength.map { String($0) } ?? "null"),
                ("concurrency", queue.concurrency.map { String($0) } ?? "null"),
                ("rateLimit", queue.rateLimit.map(rateLimit) ?? "null"),
                ("limitedForMs", queue.limitedFor.map { String($0.wholeMilliseconds) } ?? "null"),
                (
                    "counts",
                    JSONWriter.object(
                        JobState.allCases.map { ($0.rawValue, queue.known($0).map { String($0) } ?? "null") })
                ),
            ] + problem)
    }

    /// A limit of how many jobs begin in a span, which is in milliseconds.
    private static func rateLimit(_ limit: RateLimit) -> String {
        JSONWriter.object([
            ("max", String(limit.max)), ("perMs", String(limit.per.wholeMilliseconds)),
            ("window", JSONWriter.string(limit.window.rawValue)),
        ])
    }

    /// A worker.
    static func worker(_ worker: WorkerSummary) -> String {
        JSONWriter.object([
            ("id", JSONWriter.string(worker.report.id)),
            ("queue", JSONWriter.string(worker.report.queue.text)),
            ("host", JSONWriter.string(worker.report.host)),
            ("process", String(worker.report.process)),
            ("concurrency", String(worker.report.concurrency)),
            ("running", String(worker.report.running)),
            ("startedAt", JSONWriter.instant(worker.startedAt)),
            ("seenAt", JSONWriter.instant(worker.seenAt)),
        ])
    }

    /// An event: its members depend on what happened.
    static func event(_ event: JobEvent) -> String {
        var members = [
            (name: "event", value: JSONWriter.string(event.kind.name)),
            (name: "position", value: JSONWriter.string(event.position.text)),
            (name: "at", value: JSONWriter.instant(event.at)),
            (name: "job", value: JSONWriter.string(event.job?.text)),
        ]
        switch event.kind {
        case .added(let name): members.append(("name", JSONWriter.string(name.text)))
        case .waiting(let state), .waitingChildren(let state):
            members.append(("from", JSONWriter.string(state?.rawValue)))
        case .removed(let state): members.append(("from", JSONWriter.string(state.rawValue)))
        case .delayed(let instant): members.append(("until", JSONWriter.instant(instant)))
        case .progress(let progress): members.append(("progress", progress.text))
        case .completed(let result): members.append(("result", result.text))
        case .failed(let reason): members.append(("failedReason", JSONWriter.string(reason)))
        case .retriesExhausted(let attempts): members.append(("attemptsMade", String(attempts)))
        case .cleaned(let count): members.append(("count", String(count)))
        case .deduplicated(let id, let other):
            members.append(("deduplicationId", JSONWriter.string(id)))
            members.append(("other", JSONWriter.string(other.text)))
        case .deadLettered(let letter):
            members.append(("deadLetterQueue", JSONWriter.string(letter.queue.text)))
            members.append(("deadLetter", JSONWriter.string(letter.id.text)))
        case .active, .stalled, .duplicated, .cancelRequested, .drained, .paused, .resumed: break
        }
        return JSONWriter.object(members)
    }
}
