public import DroverCore
import RedisClient

extension RedisStore {
    /// Stores schedules, one script each.
    public func put(_ plans: [SchedulePlan]) async throws(StoreError) -> [PlanResult] {
        try checkOpen()
        var results: [PlanResult] = []
        for plan in plans {
            if let problem = plan.problem {
                results.append(.refused(problem))
            } else {
                results.append(try await put(plan))
            }
        }
        return results
    }

    private func put(_ plan: SchedulePlan) async throws(StoreError) -> PlanResult {
        let key = plan.schedule.key
        let fields = try withCoder { coder throws(StoreError) in
            try ScheduleHash.fields(of: plan.schedule, options: &coder, defaultOptions: EnqueueCall.defaultOptions)
        }
        var arguments = arguments(capacity: 512)
        arguments.append(key.id.text)
        arguments.append(Self.text(plan.first))
        arguments.append(Self.text(plan.due))
        for field in fields { arguments.append(field) }
        let answer = try await run(
            Scripts.schedule, key.queue, more: [keys.queues], arguments, "store the schedule \(key)")
        let slot = Timestamp(milliseconds: answer.items?.last?.text.flatMap { Int64($0) } ?? 0)
        switch answer.items?.first?.text {
        case "stored": return .stored(slot: slot)
        case "paused": return .paused
        case "taken": return .taken(slot)
        case "end": return .refused(.beyondEnd)
        default: throw StoreError(.corrupt, "storing the schedule \(key) was answered in a form that is not its own")
        }
    }

    /// Steps schedules on, one script each.
    public func fire(_ firings: [Firing]) async throws(StoreError) -> [FiringResult] {
        try checkOpen()
        var results: [FiringResult] = []
        for firing in firings { results.append(try await fire(firing)) }
        return results
    }

    private func fire(_ firing: Firing) async throws(StoreError) -> FiringResult {
        var arguments = arguments(capacity: 128)
        arguments.append(firing.key.id.text)
        arguments.append(firing.slot.milliseconds)
        arguments.append(Self.text(firing.next))
        arguments.append(Self.text(firing.due))
        let answer = try await run(Scripts.fire, firing.key.queue, arguments, "step the schedule \(firing.key) on")
        let id = JobID(stored: answer.items?.last?.text ?? "")
        switch answer.items?.first?.text {
        case "fired": return .fired(id)
        case "ended": return .ended
        case "stale": return .stale
        case "duplicate": return .duplicate(id)
        case "notFound": return .notFound
        default:
            throw StoreError(
                .corrupt, "stepping the schedule \(firing.key) on was answered in a form that is not its own")
        }
    }

    /// Applies commands in order, one script each.
    public func apply(_ commands: [ScheduleCommand]) async throws(StoreError) -> [CommandResult] {
        try checkOpen()
        var results: [CommandResult] = []
        for command in commands { results.append(try await apply(command)) }
        return results
    }

    private func apply(_ command: ScheduleCommand) async throws(StoreError) -> CommandResult {
        let key = command.key
        var arguments = arguments(capacity: 128)
        arguments.append(key.id.text)
        let name: String
        switch command {
        case .remove: name = "remove"
        case .pause: name = "pause"
        case .resume: name = "resume"
        case .run: return try await runNow(key)
        }
        arguments.append(name)
        if case .resume(_, let first) = command { arguments.append(Self.text(first)) } else { arguments.append("") }
        let answer = try await run(Scripts.scheduleCommand, key.queue, arguments, "\(name) the schedule \(key)")
        switch answer.text {
        case "done": return .done
        case "notFound": return .notFound
        case "slot": return .refused(.missingSlot)
        default: throw StoreError(.corrupt, "\(name) of the schedule \(key) was answered in a form that is not its own")
        }
    }

    /// Adds a job like those of the schedule, beside its slots.
    private func runNow(_ key: ScheduleKey) async throws(StoreError) -> CommandResult {
        let found = try await schedules(ScheduleQuery(queue: key.queue, part: .ids([key.id])), page: Page(limit: 1))
        guard let schedule = found.schedules.first?.schedule else { return .notFound }
        let job = NewJob(name: schedule.name, payload: schedule.payload, options: schedule.options)
        if let problem = try await enqueue(key.queue, [job.withoutDeduplication]).first?.problem {
            return .refused(problem)
        }
        return .done
    }

    /// Lists schedules of a queue.
    public func schedules(_ query: ScheduleQuery, page: Page) async throws(StoreError) -> SchedulePage {
        try checkOpen()
        var arguments = arguments(capacity: 128)
        var ids: [ScheduleID] = []
        switch query.part {
        case .all: arguments.append("all")
        case .overdue: arguments.append("overdue")
        case .ids(let given):
            arguments.append("ids")
            ids = Set(given).sorted()
        }
        let order: Page.Order = query.part == .overdue ? .ascending : page.order
        arguments.append(order.rawValue)
        arguments.append(page.limit)
        // Schedules stand in a sorted set, by their slots, as delayed jobs do.
        arguments.append(try PlaceCursor(page.after, in: .delayed).text)
        for id in ids { arguments.append(id.text) }
        let items =
            try await run(Scripts.schedules, query.queue, arguments, "list schedules of \(query.queue)").items ?? []
        var records: [ScheduleRecord] = []
        try withCoder { coder throws(StoreError) in
            for index in stride(from: 1, to: items.count - 3, by: 4) {
                let key = ScheduleKey(queue: query.queue, id: ScheduleID(stored: items[index].text ?? ""))
                let slot = Timestamp(milliseconds: items[index + 1].text.flatMap { Int64($0) } ?? 0)
                records.append(
                    ScheduleHash.record(
                        key, slot: slot, isPaused: items[index + 2].text == "1", items[index + 3].items ?? [],
                        options: &coder))
            }
        }
        let next = items.first?.text ?? ""
        return SchedulePage(schedules: records, next: next.isEmpty ? nil : PageCursor(next))
    }

    private static func text(_ instant: Timestamp?) -> String { instant.map { String($0.milliseconds) } ?? "" }
}
