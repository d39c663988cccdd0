import DroverCore

/// Which rows of other tables belong to a job, and go with it, or speak of it.
struct JobAnnexes {
    /// How many lines were ever logged.
    var logLines: Int64
    /// The column `steps`: bits of what else belongs to the job.
    private var bits: Int64

    /// Steps have recorded something.
    static let stepsBit: Int64 = 1
    /// It is somebody's child.
    static let parentBit: Int64 = 2
    /// It has or had children.
    static let childrenBit: Int64 = 4
    /// It has a group.
    static let groupBit: Int64 = 8
    static let allBits: Int64 = 15

    /// Whether steps have recorded anything.
    var hasSteps: Bool { bits & Self.stepsBit != 0 }
    /// Whether the job is somebody's child.
    var hasParent: Bool { bits & Self.parentBit != 0 }
    /// Whether the job has or had children.
    var hasChildren: Bool { bits & Self.childrenBit != 0 }
    /// Whether the job has a group.
    var isGrouped: Bool { bits & Self.groupBit != 0 }
    /// Whether the record lacks something that is read by itself.
    var completesRecord: Bool { bits & (Self.stepsBit | Self.parentBit) != 0 }

    /// The deduplication id that it was stored with.
    var deduplication: String?

    /// Reads three columns, `log_lines`, `steps` and, behind it, `dedup`.
    init(_ row: Statement, logLines: Int32, steps: Int32) {
        self.logLines = row.count(logLines)
        bits = row.int(steps)
        deduplication = row.optionalText(steps + 1)
    }
}

/// A stored job with what only the store knows of it. The record is without its steps until they are read.
struct JobRow {
    var seq: Int64
    var place: Int64
    var rank: Int64
    var token: String?
    var annexes: JobAnnexes
    var record: JobRecord

    /// Reads the columns that `select-job.sql` and its siblings name, in their order.
    init(_ row: Statement, queue: QueueName, options coder: inout OptionsCoder) throws(StoreError) {
        seq = row.int(0)
        let state = try StateCode.state(row.int(3))
        rank = row.int(4)
        annexes = JobAnnexes(row, logLines: 13, steps: 23)
        token = row.optionalText(14)
        place = row.int(22)
        let options = coder.options(row.optionalText(15))
        record = JobRecord(
            key: JobKey(queue: queue, id: row.isNull(1) ? JobID(stored: String(seq)) : JobID(stored: row.text(1))),
            name: JobName(stored: row.text(2)), payload: JSONText(trusted: row.text(16)),
            options: options ?? JobOptions(), state: state, priority: Int(row.int(5)),
            createdAt: Timestamp(milliseconds: row.int(9)))
        record.attemptsMade = Int(row.count(6))
        record.attemptsStarted = Int(row.count(7))
        record.stalls = Int(row.count(8))
        record.processedAt = row.optionalInt(10).map(Timestamp.init(milliseconds:))
        record.worker = row.optionalText(11)
        record.isCancelRequested = row.bool(12)
        if state == .delayed { record.dueAt = Timestamp(milliseconds: rank) }
        if state.isFinished { record.finishedAt = Timestamp(milliseconds: rank) }
        record.progress = row.optionalText(17).map(JSONText.init(trusted:))
        record.result = row.optionalText(18).map(JSONText.init(trusted:))
        record.failedReason = row.optionalText(19)
        // A job whose options are damaged must not hold up the others: it is handed out, to fail.
        record.deferredFailure = row.optionalText(20) ?? (options == nil ? "the stored options can't be read" : nil)
        record.stacktrace = row.optionalText(21).map(StackTraces.decode) ?? []
    }

    /// Reads those that wait for the job.
    mutating func fillParents(by statement: (String) throws(StoreError) -> Statement) throws(StoreError) {
        record.parents = try ParentRow.parents(of: seq, by: statement)
    }

    /// Reads what steps have recorded, by `read-steps.sql`.
    mutating func fillSteps(by read: Statement) throws(StoreError) {
        read.bind(1, seq)
        while try read.step() {
            record.steps.append(
                JobStep(
                    name: StepName(stored: read.text(0)), result: JSONText(trusted: read.text(1)),
                    recordedAt: Timestamp(milliseconds: read.int(2))))
        }
        record.steps = record.steps.inOrder()
    }
}
