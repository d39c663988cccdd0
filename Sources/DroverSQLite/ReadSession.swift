import DroverCore
import GRDB

/// One snapshot of the file, to read from.
final class ReadSession {
    private let db: Database
    var options = OptionsCoder()

    init(_ db: Database) { self.db = db }

    func statement(_ sql: String) throws(StoreError) -> Statement { try Statement(keptBy: db, sql) }

    /// The row of a queue that is not gone.
    func turn(_ queue: QueueName) throws(StoreError) -> QueueTurn? {
        guard let turn = try row(queue), !turn.isGone else { return nil }
        return turn
    }

    /// The row of a queue, also of one that was obliterated.
    func row(_ queue: QueueName) throws(StoreError) -> QueueTurn? {
        let row = try statement(SQL.loadQueue)
        row.bind(1, queue.text)
        return try row.step() ? QueueTurn(name: queue, row: row) : nil
    }

    func job(_ key: JobKey, _ turn: QueueTurn) throws(StoreError) -> JobRow? {
        if case .generated(let number) = JobReference(key.id), let row = try job(number, key, turn) { return row }
        // Also a number may be an own id: that of a job that came from another store.
        let find = try statement(SQL.findOwnId)
        find.bind(1, turn.number)
        find.bind(2, key.id.text)
        return try find.step() ? try job(find.int(0), key, turn) : nil
    }

    private func job(_ seq: Int64, _ key: JobKey, _ turn: QueueTurn) throws(StoreError) -> JobRow? {
        let select = try statement(SQL.selectJob)
        select.bind(1, seq)
        guard try select.step(), select.int(25) == turn.number else { return nil }
        var row = try JobRow(select, queue: turn.name, options: &options)
        guard row.record.key.id == key.id else { return nil }
        try fillSteps(of: &row)
        return row
    }

    /// Reads what steps of a job have recorded, and who waits for it, where there are any.
    func fillSteps(of row: inout JobRow) throws(StoreError) {
        if row.annexes.hasSteps { try row.fillSteps(by: statement(SQL.readSteps)) }
        if row.annexes.hasParent { try row.fillParents { sql throws(StoreError) in try statement(sql) } }
    }

    func list(
        _ state: JobState, _ page: Page, _ turn: QueueTurn
    ) throws(StoreError) -> [JobRow] {
        let isAscending = page.order == .ascending
        let cursor = try page.after.map(PlaceCursor.init) ?? (isAscending ? .first : .last)
        let select = try statement(isAscending ? SQL.listJobsAscending : SQL.listJobsDescending)
        select.bind(1, turn.number)
        select.bind(2, StateCode.code(state))
        select.bind(3, cursor.rank)
        select.bind(4, cursor.place)
        select.bind(5, Int64(page.limit))
        var rows: [JobRow] = []
        while try select.step() {
            var row = try JobRow(select, queue: turn.name, options: &options)
            try fillSteps(of: &row)
            rows.append(row)
        }
        return rows
    }

    func observe(_ queue: QueueName, now: Int64) throws(StoreError) -> WakeUpHub.Observation? {
        let watch = try statement(SQL.watchQueue)
        watch.bind(1, queue.text)
        guard try watch.step() else { return nil }
        var seen = WakeUpHub.Observation(
            queue: queue, ready: watch.int(0), lastEvent: watch.int(1), cancels: watch.int(2),
            earliestDue: watch.optionalInt(3))
        // A group that waits for a place has no time.
        if let rest = watch.optionalInt(6), rest != GroupRow.untilPlace {
            seen.earliestDue = min(seen.earliestDue ?? rest, rest)
        }
        // Who can't be given a job now has been told how long; a look that sees the job would have him ask without end.
        if seen.ready > 0, let number = watch.optionalInt(4),
            let limits = try QueueLimits.load(number, by: { sql throws(StoreError) in try statement(sql) }),
            limits.room(active: watch.count(5), at: now) == 0
        {
            seen.ready = 0
        }
        return seen
    }
}
