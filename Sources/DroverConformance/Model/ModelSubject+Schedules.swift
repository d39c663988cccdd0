import DroverCore

/// Storing schedules, and taking them on.
extension ModelSubject {
    func put(_ plans: [SchedulePlan]) async throws -> ModelAnswer {
        let results = try await store.put(plans.map { $0.mapInstants(absolute) })
        return .planned(
            results.map { result in
                switch result {
                case .stored(let slot): .stored(slot: show(slot))
                case .taken(let slot): .taken(show(slot))
                case .refused: .refused(ModelAnswer.refusal)
                case .paused: .paused
                }
            })
    }

    func fire(_ firings: [ModelFiring]) async throws -> ModelAnswer {
        var asked: [Firing] = []
        for firing in firings {
            let from = try await instant(of: firing.slot, firing.key)
            asked.append(
                Firing(key: firing.key, slot: from, next: firing.next.map(absolute), due: firing.due.map(absolute)))
        }
        let results = try await store.fire(asked)
        return .fired(
            results.enumerated().map { place, result in
                // A store that answers too much is a difference and must not stop the run.
                guard place < asked.count else { return result }
                let queue = asked[place].key.queue
                return switch result {
                case .fired(let id): .fired(show(JobKey(queue: queue, id: id)).id)
                case .duplicate(let id): .duplicate(show(JobKey(queue: queue, id: id)).id)
                case .ended, .stale, .notFound: result
                }
            })
    }

    private func instant(of slot: ModelSlot, _ key: ScheduleKey) async throws -> Timestamp {
        if case .at(let instant) = slot { return absolute(instant) }
        let query = ScheduleQuery(queue: key.queue, part: .ids([key.id]))
        return try await store.schedules(query, page: Page()).schedules.first?.slot ?? start
    }

    // MARK: Commands

    mutating func apply(_ commands: [ModelScheduleCommand]) async throws -> ModelAnswer {
        // Only events tell the ids of the jobs that are run beside their slots.
        var ends: [QueueName: EventPosition] = [:]
        for command in commands where command.serial != nil {
            let query = EventQuery(queue: command.key.queue, start: .end)
            ends[command.key.queue] = try await store.events(query, waitingAtMost: .zero).next
        }
        let results = try await store.apply(commands.map(command))
        for (queue, end) in ends {
            let made = zip(commands, results).compactMap { command, result in
                command.key.queue == queue && result == .done ? command.serial : nil
            }
            if made.isEmpty { continue }
            for (serial, id) in zip(made, try await idsAdded(to: queue, after: end)) {
                guard let index = ModelQueues.index(queue) else { continue }
                learn(.generated(queue: index, serial: serial), is: JobKey(queue: queue, id: id))
            }
        }
        return .commanded(results.map(wordless))
    }

    private func command(_ command: ModelScheduleCommand) -> ScheduleCommand {
        switch command.action {
        case .remove: .remove(command.key)
        case .pause: .pause(command.key)
        case .resume(let first): .resume(command.key, from: first.map(absolute))
        case .run: .run(command.key)
        }
    }

    /// The generated ids of jobs that were added behind a place, in order.
    private func idsAdded(to queue: QueueName, after position: EventPosition) async throws -> [JobID] {
        var ids: [JobID] = []
        var position = position
        var bound = PageBound()
        while true {
            try bound.turn()
            let query = EventQuery(queue: queue, start: .after(position))
            let page = try await store.events(query, waitingAtMost: .zero)
            if page.events.isEmpty { return ids }
            for event in page.events {
                if case .added = event.kind, let id = event.job, id.iteration == nil { ids.append(id) }
            }
            position = page.next
        }
    }

    // MARK: Lists

    func listSchedules(_ query: ScheduleQuery, limit: Int, _ order: Page.Order) async throws -> ModelAnswer {
        var records: [ScheduleRecord] = []
        var cursor: PageCursor?
        var bound = PageBound()
        repeat {
            try bound.turn()
            let page = try await store.schedules(query, page: Page(limit: limit, after: cursor, order: order))
            records += page.schedules
            cursor = page.next
        } while cursor != nil
        return .schedules(records.map { show($0) }, goesOn: false)
    }

    mutating func turnSchedules(
        _ query: ScheduleQuery, limit: Int, _ order: Page.Order, kept: Int
    ) async throws -> ModelAnswer {
        let page = Page(limit: limit, after: keptSchedules[kept], order: order)
        let found = try await store.schedules(query, page: page)
        keptSchedules[kept] = found.next
        return .schedules(found.schedules.map { show($0) }, goesOn: found.next != nil)
    }

    private func show(_ record: ScheduleRecord) -> ScheduleRecord {
        var record = record
        record.schedule = record.schedule.mapInstants(show)
        record.slot = show(record.slot)
        return record
    }
}

extension ModelScheduleCommand {
    /// The number of the job that it makes beside the slots; nil when it makes none.
    fileprivate var serial: Int? { if case .run(let serial) = action { serial } else { nil } }
}
