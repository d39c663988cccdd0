package import DroverCore

/// The lists of the contract.
extension ReferenceQueue {
    /// The queue as a whole.
    func summary(now: Timestamp) -> QueueSummary {
        var summary = QueueSummary(name: name, isPaused: isPaused, counts: counts, maxLength: maxLength)
        var limiter = limiter
        summary.concurrency = limiter.concurrency
        summary.rateLimit = limiter.rate
        summary.limitedFor = limiter.wait(now: now)
        return summary
    }

    package func page(of state: JobState, _ page: Page) throws(StoreError) -> JobPage {
        let place = try page.after.map { cursor throws(StoreError) in try Place(cursor) }
        let entries =
            switch page.order {
            case .ascending: line(state).ascending(after: place, limit: page.limit)
            case .descending: line(state).descending(before: place, limit: page.limit)
            }
        let next = entries.count < page.limit ? nil : entries.last?.place.cursor
        return JobPage(jobs: entries.compactMap { jobs[$0.value]?.record }, next: next)
    }

    /// The jobs that wait in a group, in the order of its turns.
    func page(ofGroup name: String, _ page: Page) throws(StoreError) -> JobPage {
        let place = try page.after.map { cursor throws(StoreError) in try Place(cursor) }
        let line = GroupName(name).flatMap { groups.named[$0]?.line } ?? Line()
        let entries =
            switch page.order {
            case .ascending: line.ascending(after: place, limit: page.limit)
            case .descending: line.descending(before: place, limit: page.limit)
            }
        let next = entries.count < page.limit ? nil : entries.last?.place.cursor
        return JobPage(jobs: entries.compactMap { jobs[$0.value]?.record }, next: next)
    }

    /// The groups by their names; a cursor is the name of the last one.
    func groupPage(_ page: Page) throws(StoreError) -> JobPage {
        var listed = groups.named.filter(\.value.isListed).sorted { $0.key < $1.key }
        if page.order == .descending { listed.reverse() }
        if let cursor = page.after {
            guard let last = GroupName(cursor.text) else { throw .unknownCursor }
            listed.removeAll { page.order == .ascending ? $0.key <= last : $0.key >= last }
        }
        let shown = listed.prefix(page.limit).map { name, group in
            let rule = groups.rule(of: group)
            return GroupSummary(
                name: name.text, waiting: group.line.count, active: group.active, isPaused: group.isPaused,
                weight: rule.weight ?? 1, concurrency: rule.concurrency, rate: rule.rate,
                own: group.own)
        }
        let next = shown.count < page.limit ? nil : shown.last.map { PageCursor($0.name) }
        var found = JobPage(jobs: [], next: next, groups: shown)
        found.everyGroup = groups.defaults
        return found
    }

    package func logs(of id: JobID, _ page: Page) throws(StoreError) -> LogPage {
        let log = jobs[id]?.log ?? []
        var skipped = 0
        if let cursor = page.after {
            guard let count = Int(cursor.text), count >= 0 else { throw .unknownCursor }
            skipped = count
        }
        let behind: [String] =
            switch page.order {
            case .ascending: Array(log.dropFirst(skipped).prefix(page.limit))
            case .descending: Array(log.reversed().dropFirst(skipped).prefix(page.limit))
            }
        let next = behind.count < page.limit ? nil : PageCursor(String(skipped + behind.count))
        return LogPage(lines: behind, total: log.count, next: next)
    }
}

extension ReferenceQueue {
    /// Schedules by slot, then id; a cursor is the place of the last one.
    package func schedules(
        _ part: ScheduleQuery.Part, _ page: Page, now: Timestamp
    ) throws(StoreError) -> SchedulePage {
        var records = schedules.values.sorted { ($0.slot, $0.schedule.key.id) < ($1.slot, $1.schedule.key.id) }
        switch part {
        case .all: break
        case .ids(let ids): records.removeAll { !ids.contains($0.schedule.key.id) }
        case .overdue: records.removeAll { !isOverdue($0, now: now) }
        }
        let isAscending = page.order == .ascending || part == .overdue
        if !isAscending { records.reverse() }
        if let cursor = page.after {
            let parts = cursor.text.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let slot = Int64(parts[0]) else { throw .unknownCursor }
            let place = (Timestamp(milliseconds: slot), ScheduleID(stored: String(parts[1])))
            records.removeAll {
                let other = ($0.slot, $0.schedule.key.id)
                return isAscending ? other <= place : other >= place
            }
        }
        let shown = Array(records.prefix(page.limit))
        let next = shown.count < page.limit ? nil : shown.last.map { PageCursor("\($0.slot) \($0.schedule.key.id)") }
        return SchedulePage(schedules: shown, next: next)
    }
}

extension Place {
    /// The place as a cursor, which stays good when nothing stands there any more.
    var cursor: PageCursor { PageCursor("\(rank):\(order)") }

    /// The place that a cursor names.
    init(_ cursor: PageCursor) throws(StoreError) {
        let parts = cursor.text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let rank = Int64(parts[0]), let order = Int64(parts[1]) else { throw .unknownCursor }
        self.init(rank: rank, order: order)
    }
}

extension StoreError {
    /// A cursor that this store did not make.
    static var unknownCursor: StoreError {
        StoreError(.invalid, "reading on from a cursor that this store did not make; start without one")
    }
}
