package import DroverCore

/// One queue of the reference store: plain values and the rules of the contract.
///
/// It holds no clock and no waiting caller: `now` is passed in, and what others
/// should be told is left in ``signals``.
package struct ReferenceQueue: Sendable {
    /// A job with what its record does not show.
    struct Job: Sendable {
        var record: JobRecord
        /// Its place in the line of its state.
        var place: Place
        /// Set while it is active.
        var lease: HeldLease?
        var log: [String] = []
        /// The deduplication id that it was stored with.
        var deduplication: DeduplicationID?
        /// The options of a job that came from another store, as they were stored there.
        var arrivedOptions: String?
        /// What is known of its children.
        var children = Children()
        /// Its place in its group, while it waits there.
        var groupPlace: Place?
    }

    /// The lease of an active job.
    struct HeldLease: Sendable {
        var token: LeaseToken
        var duration: Duration
        var expiry: Timestamp
    }

    /// What happened that waiting callers want to know.
    struct Signals: Sendable {
        /// There may be something to claim.
        var work = false
        /// A delayed job became the first: who waits for the next one must ask again.
        var due = false
        /// A claim was filled and left ready jobs behind.
        var leftover = false
        /// An active job was asked to stop.
        var cancellation = false
        /// An event was written.
        var event = false
    }

    /// What outlives an obliterated queue, so that nothing of it is taken for something of its successor.
    struct Remains: Sendable {
        var lastID = 0
        var lastPosition = 0
        var deduplications = Deduplications()
        var results = KeptResults()
    }

    package let name: QueueName
    var jobs: [JobID: Job] = [:]
    var schedules: [ScheduleID: ScheduleRecord] = [:]
    package private(set) var isPaused = false
    /// From which length on new jobs are not taken.
    package var maxLength: Int?
    /// What bounds the jobs that are handed out.
    var limiter = QueueLimiter()
    /// Its groups, and whose turn it is.
    var groups = Groups()
    var isObliterated = false
    /// What jobs of other queues are to hear of their children here.
    var news: [ChildNews] = []
    var memory = ExchangeMemory()
    var signals = Signals()
    /// The instant of the call under way.
    var now = Timestamp(milliseconds: 0)
    package private(set) var events: EventLog
    private(set) var lastID: Int
    private var lines: [JobState: Line<JobID>] = [:]
    /// The active jobs by the end of their leases, then by claim.
    private(set) var expiries = Line<JobID>()
    /// Who holds which deduplication id.
    var deduplications: Deduplications
    /// Results that are kept for other jobs.
    var results: KeptResults
    /// How far a move of the queue has come.
    var checkpoint: MoveCheckpoint?
    /// The options of schedules that came from another store, as they were stored there.
    var arrivedOptions: [ScheduleID: String] = [:]
    private var lastBack: Int64 = 0
    private var lastFront: Int64 = 0

    /// An empty queue.
    package init(_ name: QueueName) { self.init(name, after: nil) }

    /// An empty queue, perhaps one that follows an obliterated one.
    init(_ name: QueueName, after remains: Remains?) {
        self.name = name
        events = EventLog(floor: remains?.lastPosition ?? 0)
        lastID = remains?.lastID ?? 0
        deduplications = remains?.deduplications ?? Deduplications()
        results = remains?.results ?? KeptResults()
    }

    /// One position is skipped: a reader that had read all must see that the queue it followed is gone.
    var remains: Remains {
        Remains(
            lastID: lastID, lastPosition: events.end + 1, deduplications: deduplications, results: results)
    }

    /// The jobs of one state, in order.
    func line(_ state: JobState) -> Line<JobID> { lines[state] ?? Line() }

    /// The number of jobs in each state.
    package var counts: JobCounts { JobCounts(lines.mapValues(\.count)) }

    /// Whether a lease is held: its job is active under its token, whatever the time.
    func holds(_ lease: Lease) -> Bool {
        lease.job.queue == name && jobs[lease.job.id]?.lease?.token == lease.token
    }
}

// MARK: - The few moves from which all rules are made

extension ReferenceQueue {
    /// Sets whether jobs are handed out.
    mutating func setPaused(_ isPaused: Bool) {
        self.isPaused = isPaused
        wakeUnlessPaused()
    }

    /// Tells workers that there may be something to claim.
    mutating func wakeUnlessPaused() {
        if !isPaused { signals.work = true }
    }

    /// An id that no job of this queue has or had.
    mutating func generateID() -> JobID {
        lastID += 1
        return JobID(stored: String(lastID))
    }

    /// Lets ids go on behind a number.
    mutating func raiseIDs(above number: Int64) { lastID = max(lastID, Int(number)) }

    /// Puts a job that was inserted behind all of its rank in the line of a state, as it is.
    mutating func settleDown(_ id: JobID, in state: JobState, rank: Int64) {
        move(id, to: state, rank: rank)
        if state == .grouped { enterGroup(id, priority: jobs[id]?.record.priority ?? 0) }
        if state == .delayed {
            edit(id) { $0.dueAt = Timestamp(milliseconds: rank) }
            if line(.delayed).first?.value == id { signals.due = signals.due || !isPaused }
        } else if !state.isFinished {
            wakeUnlessPaused()
        }
    }

    /// Changes a job's record without moving it.
    mutating func edit(_ id: JobID, _ change: (inout JobRecord) -> Void) {
        guard let index = jobs.index(forKey: id) else { return }
        change(&jobs.values[index].record)
    }

    /// Writes an event.
    mutating func note(_ kind: JobEvent.Kind, of job: JobID? = nil) {
        events.append(kind, of: job, at: now)
        signals.event = true
    }

    /// Stores a new job, which stands in no line until it is moved.
    mutating func insert(_ record: JobRecord) {
        jobs[record.key.id] = Job(record: record, place: Place(rank: 0, order: 0))
    }

    /// Puts a job among those that are ready, by its present priority.
    mutating func putBack(_ id: JobID, atFront: Bool = false) {
        guard let priority = jobs[id]?.record.priority else { return }
        if group(of: id) != nil {
            move(id, to: .grouped, rank: 0)
            enterGroup(id, priority: priority, atFront: atFront)
        } else {
            move(id, to: priority > 0 ? .prioritized : .waiting, rank: Int64(priority), atFront: atFront)
        }
        wakeUnlessPaused()
    }

    /// Makes a job wait for an instant.
    mutating func delay(_ id: JobID, until due: Timestamp) {
        move(id, to: .delayed, rank: due.milliseconds)
        edit(id) { $0.dueAt = due }
        if line(.delayed).first?.value == id { signals.due = signals.due || !isPaused }
        note(.delayed(until: due), of: id)
    }

    /// Ends a job's life as `completed` or `failed`. Before it its deduplication ends, and then its parent hears of it.
    mutating func finish(_ id: JobID, as state: JobState, now: Timestamp) {
        move(id, to: state, rank: now.milliseconds)
        edit(id) {
            $0.finishedAt = now
            $0.deferredFailure = nil
        }
    }

    /// Hands a job out under a lease.
    mutating func activate(_ id: JobID, token: LeaseToken, for duration: Duration, now: Timestamp) {
        move(id, to: .active, rank: 0)
        guard let index = jobs.index(forKey: id) else { return }
        let expiry = now + duration
        jobs.values[index].lease = HeldLease(token: token, duration: duration, expiry: expiry)
        expiries.insert(id, at: Place(rank: expiry.milliseconds, order: jobs.values[index].place.order))
    }

    /// Gives an active job's lease another end.
    mutating func extend(_ id: JobID, to expiry: Timestamp) {
        guard let index = jobs.index(forKey: id), let old = jobs.values[index].lease?.expiry else { return }
        let order = jobs.values[index].place.order
        expiries.remove(at: Place(rank: old.milliseconds, order: order))
        expiries.insert(id, at: Place(rank: expiry.milliseconds, order: order))
        jobs.values[index].lease?.expiry = expiry
    }

    /// Lets a job wait for its children.
    mutating func awaitChildren(_ id: JobID, from state: JobState?) {
        move(id, to: .waitingChildren, rank: now.milliseconds)
        note(.waitingChildren(from: state), of: id)
    }

    /// The group in which a job waits when it is ready.
    func group(of id: JobID) -> GroupName? { GroupName(jobs[id]?.record.options.group) }

    /// Lets a job that is grouped stand in its group: behind all of a priority, or before them.
    private mutating func enterGroup(_ id: JobID, priority: Int, atFront: Bool = false) {
        guard let name = group(of: id) else { return }
        if atFront { lastFront -= 1 }
        let order = atFront ? lastFront : jobs[id]?.place.order ?? 0
        let place = Place(rank: Int64(priority), order: order)
        jobs[id]?.groupPlace = place
        groups.enter(name, id, at: place, now: now)
    }

    /// Puts a job before all that wait, whatever its priority is.
    mutating func putFirst(_ id: JobID) {
        if group(of: id) != nil {
            move(id, to: .grouped, rank: 0)
            enterGroup(id, priority: 0, atFront: true)
        } else {
            move(id, to: .waiting, rank: 0, atFront: true)
        }
        wakeUnlessPaused()
    }

    /// Removes a job and its log, without an event of its own. Its parent waits for it no longer.
    ///
    /// - Parameters:
    ///   - keepsHold: whether a deduplication id that it holds stays held, as after the end of its work.
    ///   - isSwept: its queue is being swept: a parent in it goes with its last child.
    ///   - others: parents that go too, and hear nothing.
    mutating func remove(
        _ id: JobID, keepsHold: Bool = false, isSwept: Bool = false, with others: Set<JobKey> = []
    ) {
        tellParents(of: id, .gone(isSwept: isSwept), but: others)
        if !keepsHold, let key = jobs[id]?.deduplication { deduplications.free(key, heldBy: id, now: now) }
        leaveLine(id)
        jobs[id] = nil
    }

    /// Moves a job to the line of `state`: behind all of its rank, or before them. Ends its lease and its delay.
    private mutating func move(_ id: JobID, to state: JobState, rank: Int64, atFront: Bool = false) {
        leaveLine(id)
        guard let index = jobs.index(forKey: id) else { return }
        if atFront { lastFront -= 1 } else { lastBack += 1 }
        let place = Place(rank: rank, order: atFront ? lastFront : lastBack)
        jobs.values[index].place = place
        jobs.values[index].record.state = state
        jobs.values[index].record.dueAt = nil
        lines[state, default: Line()].insert(id, at: place)
        if state == .active, let name = group(of: id) { groups.countActive(name, by: 1, now: now) }
    }

    /// Takes a job out of the line it stands in, and ends its lease.
    private mutating func leaveLine(_ id: JobID) {
        guard let index = jobs.index(forKey: id) else { return }
        let place = jobs.values[index].place
        guard lines[jobs.values[index].record.state]?.remove(at: place) == true else { return }
        if let name = group(of: id) { leaveGroup(id, name) }
        if let lease = jobs.values[index].lease {
            expiries.remove(at: Place(rank: lease.expiry.milliseconds, order: place.order))
            jobs.values[index].lease = nil
        }
    }

    private mutating func leaveGroup(_ id: JobID, _ name: GroupName) {
        if let place = jobs[id]?.groupPlace {
            jobs[id]?.groupPlace = nil
            groups.leave(name, from: place, now: now)
        }
        if jobs[id]?.record.state == .active {
            groups.countActive(name, by: -1, now: now)
            signals.work = signals.work || !isPaused
        }
    }
}
