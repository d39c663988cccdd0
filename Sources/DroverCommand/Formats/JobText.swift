import Drover
import DroverCore

/// Everything about one job, for people: a name and a value on each line.
enum JobText {
    /// The lines; what the job does not have is left out. `gone`: those of its parents that were removed.
    static func lines(
        _ job: JobRecord, log: LogPage, children: ChildCounts, gone: Set<JobKey> = []
    ) -> [String] {
        var pairs: [(String, String)] = [
            ("job", job.key.id.text), ("queue", job.key.queue.text), ("name", job.name.text),
            (
                "state",
                job.state.rawValue + (job.isCancelRequested ? ", asked to stop" : "")
                    + (job.isHeldElsewhere ? ", held by a worker of another BullMQ client" : "")
            ),
            ("attempts", "\(job.attemptsMade) made, \(job.attemptsStarted) started, \(job.options.attempts) allowed"),
        ]
        func add(_ name: String, _ value: String?) {
            if let value { pairs.append((name, value)) }
        }
        if job.stalls > 0 { add("stalls", String(job.stalls)) }
        if job.priority > 0 { add("priority", String(job.priority)) }
        add("created", InstantArgument.text(job.createdAt))
        add("due", job.dueAt.map(InstantArgument.text))
        add("started", job.processedAt.map(InstantArgument.text))
        add("finished", job.finishedAt.map(InstantArgument.text))
        add("worker", job.worker)
        for parent in job.parents {
            add("parent", "\(parent.key)\(gone.contains(parent.key) ? ", which is gone" : meaning(parent.onFailure))")
        }
        if children.total > 0 {
            add(
                "children",
                "\(FlowText.ofChildren(children)); see drover flow show --queue \(job.key.queue) \(job.key.id)")
        }
        add("payload", StoredValue(job.payload).shown.text)
        add("progress", job.progress?.text)
        add("result", job.result.map { StoredValue($0).shown.text })
        // Of an earlier attempt where the job has gone on since.
        add(job.state == .failed ? "failed reason" : "last failure", job.failedReason)
        add("deferred failure", job.deferredFailure)
        pairs += letter(job.options)
        pairs += options(job.options)
        pairs = pairs.map { (Printable.text($0), Printable.text($1)) }
        let width = pairs.map(\.0.count).max() ?? 0
        var lines = pairs.map { name, value in
            name + String(repeating: " ", count: width - name.count + 2) + value
        }
        if !job.steps.isEmpty {
            lines.append("steps (\(job.steps.count)):")
            let names = job.steps.map { Printable.text($0.name.text) }
            let width = names.map(\.count).max() ?? 0
            for (name, step) in zip(names, job.steps) {
                let fill = String(repeating: " ", count: width - name.count)
                let time = InstantArgument.text(step.recordedAt)
                lines.append("  \(name)\(fill)  \(time)  \(Printable.text(StoredValue(step.result).shown.text))")
            }
        }
        for (number, trace) in (job.stacktrace + (job.options.deadLetter?.traces ?? [])).enumerated() {
            lines.append("trace \(number + 1):")
            lines += trace.split(separator: "\n", omittingEmptySubsequences: false).map {
                "  " + Printable.text(String($0))
            }
        }
        if !log.lines.isEmpty {
            let left = log.total - log.lines.count
            let newest = left > 0 ? ", the newest \(log.lines.count)" : ""
            lines.append("log (\(Counted.text(log.total, "line"))\(newest)):")
            lines += log.lines.map { "  " + Printable.text($0) }
        }
        return lines
    }

    /// What the failure of a job means to its parent.
    private static func meaning(_ policy: ChildFailurePolicy) -> String {
        switch policy {
        case .keepWaiting: ", which waits on if this fails"
        case .failParent: ", which fails if this fails"
        case .continueParent: ", which goes on at once if this fails"
        case .ignore, .remove: ", which waits for the others if this fails"
        }
    }

    /// What a dead letter tells of its job, and a job of its replays.
    private static func letter(_ options: JobOptions) -> [(String, String)] {
        var pairs: [(String, String)] = []
        if let letter = options.deadLetter {
            pairs.append(("dead letter of", letter.job.description))
            pairs.append(("failed reason", letter.reason))
            pairs.append(("made attempts", String(letter.attempts)))
            pairs.append(("job created", InstantArgument.text(letter.createdAt)))
            if letter.replays > 0 {
                pairs.append(("replays", "\(letter.replays), first of \(letter.origin)"))
            }
        }
        if let replay = options.replay { pairs.append(("replay", "\(replay.count), first of \(replay.origin)")) }
        if let queue = options.deadLetterQueue { pairs.append(("dead letters to", queue.text)) }
        return pairs
    }

    private static func options(_ options: JobOptions) -> [(String, String)] {
        var pairs: [(String, String)] = []
        if let backoff = options.backoff { pairs.append(("backoff", BackoffArgument.text(backoff))) }
        if let bound = options.retryFor { pairs.append(("retry for", DurationArgument(bound).description)) }
        if let span = options.expiresAfter { pairs.append(("expires after", DurationArgument(span).description)) }
        if let timeout = options.timeout { pairs.append(("timeout", DurationArgument(timeout).description)) }
        if let rule = options.deduplication { pairs.append(("deduplication", DeduplicationArgument.text(rule))) }
        if let rule = options.resultCache { pairs.append(("result cache", ResultCacheArgument.text(rule))) }
        if options.lifo { pairs.append(("lifo", "yes")) }
        if let rule = options.completedRetention { pairs.append(("keep completed", RetentionArgument.text(rule))) }
        if let rule = options.failedRetention { pairs.append(("keep failed", RetentionArgument.text(rule))) }
        if !options.tags.isEmpty { pairs.append(("tags", options.tags.joined(separator: ", "))) }
        if let tenant = options.tenant { pairs.append(("tenant", tenant)) }
        if let group = options.group { pairs.append(("group", group)) }
        if let id = options.correlationID { pairs.append(("correlation id", id)) }
        if let trace = options.telemetry?.traceID { pairs.append(("trace id", trace)) }
        for (name, value) in options.metadata.sorted(by: { $0.key < $1.key }) {
            pairs.append(("metadata \(name)", value))
        }
        return pairs
    }
}
