import Drover
import DroverCore

extension QueueConfiguration {
    /// Reads a queue; nil when its name is none, which is reported.
    ///
    /// - Parameter caps: the caps that there are.
    init?(_ text: String, _ section: ConfigurationSection, general: JobDefaults, caps: [String]) {
        do { name = try QueueName(text) } catch {
            section.report(error.problem)
            return nil
        }
        concurrency = section.integer("concurrency", in: 1...10_000) ?? 1
        maxLength = section.value("max-length", LengthArgument.parse)
        globalConcurrency = section.value("global-concurrency", ConcurrencyArgument.parse)
        rate = section.value("rate", RateArgument.parse)
        workerRate = section.value("worker-rate", RateArgument.parseFixed)?.limit.map {
            WorkerRate(max: $0.max, per: $0.per)
        }
        everyGroup = GroupConfiguration(section.section("every-group"))
        groups = GroupConfiguration.read(section.section("groups"))
        cap = section.value("cap") { text in
            if caps.contains(text) { return text }
            let near = Nearest.word(to: text, among: caps).map { "; did you mean \($0)?" } ?? "; name it under caps"
            throw ValidationError("cap", "there is no cap \(ValidationError.quote(text))\(near)")
        }
        type =
            section.value("type") { text in
                if text.isEmpty || text.contains(where: { $0.isWhitespace || $0 == "," }) {
                    throw ValidationError("type", "\(ValidationError.quote(text)) is not one word")
                }
                return text
            } ?? Self.standardType
        if let spec = section.value("handler", { try HandlerSpec(parsing: $0) }) {
            handlers = [Handler(name: nil, spec: spec)]
        }
        let named = section.section("handlers")
        for name in named.names {
            let spec = named.value(name) { try HandlerSpec(parsing: $0) }
            do {
                let name = try JobName(name)
                if let spec { handlers.append(Handler(name: name, spec: spec)) }
            } catch { named.report(name, error.problem) }
        }
        encrypt = EncryptedParts(section, "encrypt")
        var own = JobDefaults(section)
        if own.deadLetter?.queue == name {
            section.report("dead-letter", "a queue can't be its own dead-letter queue; name another one")
            own.deadLetter = nil
        }
        defaults = own.over(general)
        // That of all queues is one of them, and is not for itself.
        if defaults.deadLetter?.queue == name { defaults.deadLetter = nil }
        section.finish()
    }
}

extension JobDefaults {
    /// Reads what a section says of jobs.
    init(_ section: ConfigurationSection) {
        attempts = section.integer("attempts", in: 1...1_000_000)
        backoff = section.value("backoff", BackoffArgument.parse)
        retryFor = section.duration("retry-for", atLeast: .milliseconds(1))
        timeout = section.duration("timeout", atLeast: .milliseconds(1))
        deadLetter = section.value("dead-letter", DeadLetterArgument.parse)
        keepCompleted = section.value("keep-completed", RetentionArgument.parse)
        keepFailed = section.value("keep-failed", RetentionArgument.parse)
    }

    /// These defaults, and others where they say nothing.
    func over(_ general: JobDefaults) -> JobDefaults {
        JobDefaults(
            attempts: attempts ?? general.attempts, backoff: backoff ?? general.backoff,
            retryFor: retryFor ?? general.retryFor, timeout: timeout ?? general.timeout,
            deadLetter: deadLetter ?? general.deadLetter,
            keepCompleted: keepCompleted ?? general.keepCompleted,
            keepFailed: keepFailed ?? general.keepFailed)
    }
}
