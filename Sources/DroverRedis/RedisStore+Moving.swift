public import DroverCore
import RedisClient

extension RedisStore {
    /// Reads whole jobs in one script, or schedules in one and the jobs that they wait for in another.
    public func movePage(_ query: MoveQuery, page: Page) async throws(StoreError) -> MovePage {
        try checkOpen()
        switch query.part {
        case .point: return try await wholePage(query.queue, ["point"])
        case .jobs(let state):
            let cursor = try PlaceCursor(page.after, in: state).text
            return try await wholePage(
                query.queue, [state.rawValue, String(page.limit), cursor, String(MovePage.largest)])
        case .schedules: return try await wholeSchedules(query.queue, page)
        }
    }

    private func wholePage(_ queue: QueueName, _ words: [String]) async throws(StoreError) -> MovePage {
        var arguments = RedisArguments(capacity: 128 + words.count * 24)
        for word in words { arguments.append(word) }
        let answer = try await run(Scripts.whole, queue, arguments, "read jobs of \(queue) to move them")
        return try withCoder { coder throws(StoreError) in
            try WholeReply(queue: queue).page(answer, options: &coder)
        }
    }

    private func wholeSchedules(_ queue: QueueName, _ page: Page) async throws(StoreError) -> MovePage {
        var arguments = arguments(capacity: 128)
        for word in ["all", Page.Order.ascending.rawValue, String(page.limit)] { arguments.append(word) }
        arguments.append(try PlaceCursor(page.after, in: .delayed).text)
        let items = try await run(Scripts.schedules, queue, arguments, "list schedules of \(queue)").items ?? []
        var schedules: [WholeSchedule] = []
        try withCoder { coder throws(StoreError) in
            for index in stride(from: 1, to: items.count - 3, by: 4) {
                let key = ScheduleKey(queue: queue, id: ScheduleID(stored: items[index].text ?? ""))
                let slot = Timestamp(milliseconds: items[index + 1].text.flatMap { Int64($0) } ?? 0)
                let hash = items[index + 3].items ?? []
                let record = ScheduleHash.record(
                    key, slot: slot, isPaused: items[index + 2].text == "1", hash, options: &coder)
                schedules.append(WholeSchedule(record: record, options: Self.options(in: hash)))
            }
        }
        let jobs = schedules.map { $0.record.schedule.key.id.job(at: $0.record.slot).text }
        var whole = try await wholePage(queue, ["ids"] + jobs)
        let pending = Dictionary(whole.jobs.map { ($0.record.key.id, $0) }) { first, _ in first }
        for index in schedules.indices {
            let record = schedules[index].record
            guard let job = pending[record.schedule.key.id.job(at: record.slot)] else { continue }
            switch job.record.state {
            case .waiting, .prioritized, .grouped, .delayed: if !record.isPaused { schedules[index].pending = job }
            case .active: schedules[index].isRunning = true
            case .waitingChildren, .completed, .failed: break
            }
        }
        whole.jobs = []
        whole.schedules = schedules
        let next = items.first?.text ?? ""
        whole.next = next.isEmpty ? nil : PageCursor(next)
        return whole
    }

    /// The options of a scheduler's template, as they are stored.
    private static func options(in hash: [RESPValue]) -> String? {
        for index in stride(from: 0, to: hash.count - 1, by: 2) where hash[index].text == "opts" {
            return WholeReply.options(hash[index + 1].text)
        }
        return nil
    }

    /// Does one step of a move, in one script.
    public func move(_ step: MoveStep) async throws(StoreError) -> MoveReply {
        var arguments = arguments(capacity: 512 + step.arriving.reduce(0) { $0 + $1.size } * 5 / 4)
        try withCoder { coder throws(StoreError) in try MoveCall(step: step).write(to: &arguments, options: &coder) }
        let answer = try await run(
            Scripts.move, step.queue, more: [keys.queues], arguments, "move jobs of \(step.queue)")
        return try MoveCall(step: step).reply(answer)
    }
}
