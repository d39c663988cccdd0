public import DroverCore

extension SQLiteStore {
    /// Stores schedules in one transaction.
    public func put(_ plans: [SchedulePlan]) async throws(StoreError) -> [PlanResult] {
        if plans.isEmpty { return [] }
        return try await write { session throws(StoreError) in try session.put(plans) }
    }

    /// Steps schedules on in one transaction.
    public func fire(_ firings: [Firing]) async throws(StoreError) -> [FiringResult] {
        if firings.isEmpty { return [] }
        return try await write { session throws(StoreError) in try session.fire(firings) }
    }

    /// Applies commands in one transaction.
    public func apply(_ commands: [ScheduleCommand]) async throws(StoreError) -> [CommandResult] {
        if commands.isEmpty { return [] }
        return try await write { session throws(StoreError) in try session.apply(commands) }
    }

    /// Lists schedules of a queue; cursors hold a place in the order index.
    public func schedules(_ query: ScheduleQuery, page: Page) async throws(StoreError) -> SchedulePage {
        let place = try page.after.map(ScheduleCursor.init)
        let now = now
        return try await read("list schedules of \(query.queue)") { session throws(StoreError) in
            guard let turn = try session.turn(query.queue) else { return SchedulePage(schedules: [], next: nil) }
            let records = try session.schedules(query.part, page, after: place, now: now, turn)
            let last = records.count == page.limit ? records.last : nil
            return SchedulePage(schedules: records, next: last.map { ScheduleCursor($0).page })
        }
    }
}

extension ReadSession {
    /// One page of schedules. Those of given ids are few, and all on the first page.
    fileprivate func schedules(
        _ part: ScheduleQuery.Part, _ page: Page, after place: ScheduleCursor?, now: Timestamp, _ turn: QueueTurn
    ) throws(StoreError) -> [ScheduleRecord] {
        let isAscending = page.order == .ascending
        switch part {
        case .ids(let ids):
            var records: [ScheduleRecord] = []
            for id in Set(ids) {
                let select = try statement(SQL.selectSchedule)
                select.bind(1, turn.number)
                select.bind(2, id.text)
                records += try read(select, turn)
            }
            records.sort { ($0.slot, $0.schedule.key.id) < ($1.slot, $1.schedule.key.id) }
            if !isAscending { records.reverse() }
            if let place { records.removeAll { !place.isBefore($0, ascending: isAscending) } }
            return Array(records.prefix(page.limit))
        case .overdue:
            let select = try statement(SQL.listOverdueSchedules)
            select.bind(1, turn.number)
            select.bind(2, now.milliseconds)
            select.bind(3, place?.slot ?? .min)
            select.bind(4, place?.id ?? "")
            select.bind(5, Int64(page.limit))
            return try read(select, turn)
        case .all:
            let select = try statement(isAscending ? SQL.listSchedulesAscending : SQL.listSchedulesDescending)
            select.bind(1, turn.number)
            select.bind(2, place?.slot ?? .min)
            select.bind(3, isAscending ? place?.id ?? "" : place?.id)
            select.bind(4, Int64(page.limit))
            return try read(select, turn)
        }
    }

    private func read(_ select: Statement, _ turn: QueueTurn) throws(StoreError) -> [ScheduleRecord] {
        var records: [ScheduleRecord] = []
        while try select.step() {
            records.append(try ScheduleRow.read(select, queue: turn.name, options: &options))
        }
        return records
    }
}

/// A place in a list of schedules, as text in cursors: slot and id.
struct ScheduleCursor {
    var slot: Int64
    var id: String

    init(_ record: ScheduleRecord) {
        slot = record.slot.milliseconds
        id = record.schedule.key.id.text
    }

    init(_ cursor: PageCursor) throws(StoreError) {
        let parts = cursor.text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let slot = Int64(parts[0]) else {
            throw StoreError(.invalid, "\"\(cursor.text)\" is not a cursor of this store; use one that a page returned")
        }
        self.slot = slot
        id = String(parts[1])
    }

    var page: PageCursor { PageCursor("\(slot) \(id)") }

    /// Whether a schedule stands behind this place, in the direction of reading.
    func isBefore(_ record: ScheduleRecord, ascending: Bool) -> Bool {
        let (place, other) = (
            (Timestamp(milliseconds: slot), ScheduleID(stored: id)), (record.slot, record.schedule.key.id)
        )
        return ascending ? place < other : place > other
    }
}
