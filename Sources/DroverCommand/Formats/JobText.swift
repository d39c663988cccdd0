import DroverCore

/// Everything about one job, for people: a name and a value on each line.
enum JobText {
    /// The lines; what the job does not have is left out.
    static func lines(_ job: JobRecord, log: LogPage) -> [String] {
        var pairs: [(String, String)] = [
            ("job", job.key.id.text), ("queue", job.key.queue.text), ("name", job.name.text),
            ("state", job.state.rawValue + (job.isCancelRequested ? ", asked to stop" : "")),
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
        add("payload", shown(job.payload.text))
        add("progress", job.progress.map { shown($0.text) })
        add("result", job.result.map { shown($0.text) })
        add("failed reason", job.failedReason.map(shown))
        add("deferred failure", job.deferredFailure)
        pairs += options(job.options)
        let width = pairs.map(\.0.count).max() ?? 0
        var lines = pairs.map { name, value in
            name + String(repeating: " ", count: width - name.count + 2) + value
        }
        for (number, trace) in job.stacktrace.enumerated() {
            lines.append("trace \(number + 1):")
            lines += trace.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + shown(String($0)) }
        }
        if !log.lines.isEmpty {
            let left = log.total - log.lines.count
            lines.append("log (\(log.total) lines\(left > 0 ? ", the newest \(log.lines.count)" : "")):")
            lines += log.lines.map { "  " + shown($0) }
        }
        return lines
    }

    private static func options(_ options: JobOptions) -> [(String, String)] {
        var pairs: [(String, String)] = []
        if let backoff = options.backoff { pairs.append(("backoff", BackoffArgument.text(backoff))) }
        if let timeout = options.timeout { pairs.append(("timeout", DurationArgument(timeout).description)) }
        if options.lifo { pairs.append(("lifo", "yes")) }
        if let rule = options.completedRetention { pairs.append(("keep completed", RetentionArgument.text(rule))) }
        if let rule = options.failedRetention { pairs.append(("keep failed", RetentionArgument.text(rule))) }
        if !options.tags.isEmpty { pairs.append(("tags", options.tags.joined(separator: ", "))) }
        if let tenant = options.tenant { pairs.append(("tenant", tenant)) }
        if let group = options.group { pairs.append(("group", group)) }
        if let id = options.correlationID { pairs.append(("correlation id", id)) }
        for (name, value) in options.metadata.sorted(by: { $0.key < $1.key }) {
            pairs.append(("metadata \(name)", value))
        }
        return pairs.map { ($0.0, shown($0.1)) }
    }

    /// A value without control characters, which could rewrite the screen; a line break stays a visible mark.
    private static func shown(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                        ? (scalar == "\n" ? "⏎" : "\u{FFFD}") : scalar
                }))
    }
}
