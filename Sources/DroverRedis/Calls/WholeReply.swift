import DroverCore
import RedisClient

/// Whole jobs as their script answers them (`Scripts/whole.lua`).
struct WholeReply {
    let queue: QueueName

    /// The page of the boundary, from the script's answer.
    func page(_ answer: RESPValue, options coder: inout OptionsCoder) throws(StoreError) -> MovePage {
        guard let items = answer.items, items.count >= 7, items.count % 7 == 0 else {
            throw StoreError(.corrupt, "reading jobs of \(queue) was answered in a form that is not its own")
        }
        let body = items[0].text ?? ""
        let lastID = items[1].text.flatMap { Int64($0) } ?? 0
        let checkpoint = body.isEmpty ? nil : try MoveCheckpoint(text: body)
        let next = items[6].text ?? ""
        var page = MovePage(
            next: next.isEmpty ? nil : PageCursor(next),
            point: MovePoint(lastID: lastID, checkpoint: checkpoint, remains: Self.remains(items)))
        for index in stride(from: 7, to: items.count - 6, by: 7) {
            page.jobs.append(job(Array(items[index..<index + 7]), options: &coder))
        }
        return page
    }

    private static func remains(_ items: [RESPValue]) -> [String] {
        var remains: [String] = []
        if let paused = items[3].int, paused > 0 {
            remains.append("jobs in BullMQ 5's list of paused ones, which drover resume brings over: \(paused)")
        }
        return remains
    }

    private func job(_ items: [RESPValue], options coder: inout OptionsCoder) -> WholeJob {
        let key = JobKey(queue: queue, id: JobID(stored: items[0].text ?? ""))
        let state = items[1].text.flatMap(JobState.init(rawValue:)) ?? .waiting
        let hash = JobHash(items[3])
        let record = hash.record(key, state: state, mark: items[2].text, options: &coder)
        let text = Self.options(hash.value(of: "opts"))
        var job = WholeJob(record: record, options: text, log: (items[4].items ?? []).map { $0.text ?? "" })
        let held = items[6].items ?? []
        if let id = hash.value(of: "deid") {
            let remaining = held.first?.int.flatMap { $0 < 0 ? nil : Duration.milliseconds($0) }
            job.deduplication = MovedDeduplication(id: id, isHeld: !held.isEmpty, remaining: remaining)
        }
        if (items[5].int ?? 0) > 0 || state == .waitingChildren {
            job.obstacle = "it has children"
        } else if coder.options(text) == nil {
            job.obstacle = "its stored options can't be read"
        } else if held.last?.int == 1 {
            job.obstacle = MovedDeduplication.obstacle
        } else {
            job.obstacle = hash.obstacle
        }
        return job
    }

    /// Options as the boundary has them: none where all have their defaults.
    static func options(_ text: String?) -> String? { text == EnqueueCall.defaultOptions ? nil : text }
}

extension JobHash {
    /// Fields that a move carries, or that follow from others.
    private static let carried: Set<String> = [
        "name", "data", "opts", "timestamp", "priority", "delay", "atm", "attemptsMade", "ats", "stc", "processedOn",
        "finishedOn", "pb", "progress", "returnvalue", "failedReason", "stacktrace", "defa", "cnl", "rjk", "deid",
        "grp",
        // Of the past alone: the trace of a failed attempt, and what BullMQ 5 noted of a schedule's next job.
        "tm", "nrjid",
    ]

    /// Why the job can't be moved; nil when it can.
    var obstacle: String? {
        for field in fields where !Self.carried.contains(field) && !Self.isStep(field) {
            switch field {
            case "parentKey", "parent", "dps": return "it has a parent"
            default: return "it has a field that is not known here, \(ValidationError.quote(field))"
            }
        }
        return nil
    }

    /// The fields of a job that comes from another store, and their values in turn, but its options and its delay.
    static func fields(of record: JobRecord) throws(StoreError) -> [String] {
        var fields = [
            "name", record.name.text, "data", record.payload.text, "timestamp", record.createdAt.description,
            "priority", String(record.priority),
        ]
        func add(_ name: String, _ value: String?) { if let value { fields += [name, value] } }
        if record.attemptsStarted > 0 { add("ats", String(record.attemptsStarted)) }
        if record.attemptsMade > 0 { add("atm", String(record.attemptsMade)) }
        if record.stalls > 0 { add("stc", String(record.stalls)) }
        add("processedOn", record.processedAt?.description)
        add("finishedOn", record.finishedAt?.description)
        add("pb", record.worker)
        add("progress", record.progress?.text)
        add("returnvalue", record.result?.text)
        add("failedReason", record.failedReason)
        add("stacktrace", try StackTraces.encode(record.stacktrace))
        add("defa", record.deferredFailure)
        if let group = record.options.group, !group.isEmpty { add("grp", group) }
        for step in record.steps { fields += Self.fields(of: step) }
        return fields
    }
}
