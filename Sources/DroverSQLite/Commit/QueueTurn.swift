import DroverCore

/// A queue's row while a transaction works on it, with the events and signals that the transaction will bring.
///
/// It is read once per transaction and written once, so that counts and the
/// position of events cost one statement for a whole group of calls.
final class QueueTurn {
    let name: QueueName
    let number: Int64
    var isPaused = false { didSet { isChanged = true } }
    /// From which length on new jobs are not taken. It has a statement of its own, as it changes rarely.
    var maxLength: Int64?
    /// What bounds the jobs that are handed out; nil for nothing. It has a row of its own, as few queues have any.
    var limits: QueueLimits? {
        didSet {
            isChanged = true
            areLimitsChanged = true
        }
    }
    private(set) var areLimitsChanged = false
    /// Whether the file has limits of the queue.
    var isLimited = false
    private(set) var counts: [Int64] = [0, 0, 0, 0, 0, 0, 0, 0]
    private(set) var lastEvent: Int64
    private(set) var cancels: Int64 = 0
    /// Events that fill a row of their own, with the position of the last.
    private var filled: [EventBatch] = []
    private var events = EventWriter()
    private(set) var isChanged = false
    /// Jobs became claimable, or due earlier than any before.
    var wakesWork = false
    /// The queue was obliterated: its row only keeps the position of its events.
    private(set) var isGone = false

    /// A queue that begins.
    init(name: QueueName, number: Int64) {
        self.name = name
        self.number = number
        lastEvent = 0
        isChanged = true
    }

    /// Reads a row of `load-queue.sql`.
    init(name: QueueName, row: Statement) {
        self.name = name
        number = row.int(0)
        counts = (2...7).map { row.count($0) } + [row.count(13), row.count(14)]
        lastEvent = row.count(8)
        cancels = row.count(9)
        isPaused = row.bool(1)
        isGone = row.bool(10)
        maxLength = row.optionalInt(11)
        isLimited = row.bool(12)
        isChanged = false
    }

    /// Takes limits as they were read.
    func read(_ limits: QueueLimits?) {
        let wasChanged = isChanged
        self.limits = limits
        (isChanged, areLimitsChanged) = (wasChanged, false)
    }

    /// The limits are written.
    func savedLimits() {
        limits?.saved()
        areLimitsChanged = false
    }

    /// The queue has no limits any more.
    func forgetLimits() {
        limits = nil
        (isLimited, areLimitsChanged) = (false, false)
    }

    var isCancelSignalled: Bool { cancelsInTurn > 0 }
    private var cancelsInTurn = 0

    func count(_ state: Int64) -> Int64 { counts[Int(state)] }

    /// How many jobs wait, have a priority or are delayed.
    var length: Int64 { ready + count(StateCode.delayed) }

    /// How many jobs are ready.
    var ready: Int64 { count(StateCode.waiting) + count(StateCode.prioritized) + count(StateCode.grouped) }

    /// The clock of turns and the settings of all groups, once they were needed.
    var turns: GroupTurns? {
        didSet {
            isChanged = true
            areTurnsChanged = true
        }
    }
    private(set) var areTurnsChanged = false

    /// Takes the clock of turns as it was read, or as it has been written.
    func know(_ turns: GroupTurns?) {
        let wasChanged = isChanged
        self.turns = turns
        (isChanged, areTurnsChanged) = (wasChanged, false)
    }

    /// The maximum length, where it is reached.
    var reachedMaxLength: Int? {
        guard let maxLength, length >= maxLength else { return nil }
        return Int(maxLength)
    }

    func added(_ state: Int64) {
        counts[Int(state)] += 1
        isChanged = true
    }

    func moved(from old: Int64, to new: Int64) {
        counts[Int(old)] -= 1
        counts[Int(new)] += 1
        isChanged = true
    }

    func removed(_ state: Int64) {
        counts[Int(state)] -= 1
        isChanged = true
    }

    func requestedCancel() {
        cancels += 1
        cancelsInTurn += 1
        isChanged = true
    }

    /// Forgets the queue. One position is passed over, so that who read before sees a gap.
    func obliterate() {
        lastEvent = position + 1
        filled = []
        events = EventWriter()
        isPaused = false
        isGone = true
        wakesWork = false
    }

    /// Lets an obliterated queue begin again.
    func revive() {
        isGone = false
        isChanged = true
    }

    func emit(_ kind: JobEvent.Kind, _ job: StoredID? = nil) {
        events.append(kind, job)
        emitted()
    }

    func emitAddedAndWaiting(_ job: StoredID, name: JobName) {
        events.addedAndWaiting(job, name: name)
        emitted()
    }

    private func emitted() {
        isChanged = true
        guard events.isFull else { return }
        filled.append(EventBatch(last: position, count: events.count, bytes: events.bytes))
        events = EventWriter()
    }

    var hasEvents: Bool { events.count > 0 || !filled.isEmpty }

    /// The events of this transaction as rows.
    var eventBatches: [EventBatch] {
        events.count == 0 ? filled : filled + [EventBatch(last: position, count: events.count, bytes: events.bytes)]
    }

    /// The position of the last event, those of this transaction included.
    var position: Int64 { (filled.last?.last ?? lastEvent) + events.count }
}

/// Events that are stored in one row.
struct EventBatch {
    /// The position of the last one.
    var last: Int64
    var count: Int64
    var bytes: [UInt8]
}
