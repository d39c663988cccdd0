import DroverCore

/// Who holds a deduplication id of a queue, and what is kept until the holder has finished.
struct DeduplicationRow {
    /// A job that is enqueued when the holder has finished.
    struct Kept {
        var id: JobID
        var name: String
        var payload: String
        var options: String?
        var delay: Int64?
        var start: Int64?
    }

    /// The holder; nobody holds the id any more from the instant ``expiry`` on.
    private var holder: JobID?
    private(set) var expiry: Int64?
    var next: Kept?

    /// Reads the row of an id; an empty one where there is none.
    static func load(_ id: String, of turn: QueueTurn, _ load: Statement) throws(StoreError) -> DeduplicationRow {
        load.bind(1, turn.number)
        load.bind(2, id)
        var row = DeduplicationRow()
        guard try load.step() else { return row }
        defer { load.reset() }
        row.holder = load.optionalText(0).map(JobID.init(stored:))
        row.expiry = load.optionalInt(1)
        if let next = load.optionalText(2) {
            row.next = Kept(
                id: JobID(stored: next), name: load.text(3), payload: load.text(4), options: load.optionalText(5),
                delay: load.optionalInt(6), start: load.optionalInt(7))
        }
        return row
    }

    var isEmpty: Bool { holder == nil && next == nil }

    /// Who holds the id at an instant.
    func holder(now: Int64) -> JobID? {
        if let expiry, expiry <= now { return nil }
        return holder
    }

    /// How long it is still held; nil until the holder has finished.
    func remaining(now: Int64) -> Duration? { expiry.map { .milliseconds($0 - now) } }

    /// Lets a job hold the id, or nobody.
    mutating func take(_ holder: JobID?, until expiry: Int64? = nil) {
        self.holder = holder
        self.expiry = holder == nil ? nil : expiry
    }

    /// Binds the columns from `holder` on.
    func bind(to save: Statement) {
        save.bind(3, holder?.text)
        save.bind(4, expiry)
        save.bind(5, next?.id.text)
        save.bind(6, next?.name)
        save.bind(7, next?.payload)
        save.bind(8, next?.options)
        save.bind(9, next?.delay)
        save.bind(10, next?.start)
    }
}

extension ReadSession {
    /// Who holds a deduplication id; of an obliterated queue too, as a hold by time outlives it.
    func holder(of id: String, in queue: QueueName, now: Timestamp) throws(StoreError) -> JobPage {
        guard let turn = try row(queue) else { return JobPage(jobs: []) }
        let row = try DeduplicationRow.load(id, of: turn, statement(SQL.loadDedup))
        guard let holder = row.holder(now: now.milliseconds) else { return JobPage(jobs: []) }
        return JobPage(
            jobs: [try job(JobKey(queue: queue, id: holder), turn)?.record].compactMap(\.self),
            hold: DeduplicationHold(
                holder: holder, remaining: row.remaining(now: now.milliseconds), next: row.next?.id))
    }
}
