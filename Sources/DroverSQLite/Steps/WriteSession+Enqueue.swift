import DroverCore

extension WriteSession {
    func enqueue(_ queue: QueueName, _ jobs: [NewJob]) throws(StoreError) -> [EnqueueResult] {
        var results: [EnqueueResult] = []
        results.reserveCapacity(jobs.count)
        var turn: QueueTurn?
        for job in jobs {
            if let problem = job.problem(in: queue) {
                results.append(.refused(problem))
                continue
            }
            if job.isInFlow {
                results.append(try enqueueFlow(queue, job))
                continue
            }
            if turn == nil { turn = try turnCreating(queue) }
            if let turn { results.append(try enqueueNew(job, turn)) }
        }
        return results
    }

    /// Stores one job that is known to be right where the queue has room for it; one that is there needs none.
    func enqueueNew(_ job: NewJob, _ turn: QueueTurn) throws(StoreError) -> EnqueueResult {
        if let rule = job.options.deduplication { return try enqueueNew(job, rule, turn) }
        if let most = turn.reachedMaxLength {
            guard let id = job.id, try findOwn(id.text, turn) != nil else { return .queueFull(maxLength: most) }
        }
        return try enqueue(job, turn)
    }

    /// Stores one job that is known to be right, however long the queue is.
    func enqueue(_ job: NewJob, _ turn: QueueTurn) throws(StoreError) -> EnqueueResult {
        if let id = job.id, try findOwn(id.text, turn) != nil {
            turn.emit(.duplicated, .own(id.text))
            return .duplicate(id)
        }
        let seq = nextNumber()
        try store(job, seq, own: job.id?.text, turn)
        return .added(StoredID(seq: seq, own: job.id?.text).id)
    }

    /// Stores one job under a number that no other has, and perhaps an id of its own.
    ///
    /// - Parameter place: where it enters, when its number is older than that.
    func store(
        _ job: NewJob, _ seq: Int64, own id: String?, place: Int64? = nil, _ turn: QueueTurn
    ) throws(StoreError) {
        let place = place ?? seq
        let stored = StoredID(seq: seq, own: id)
        let insert = try statement(.insertJob)
        var group: Place?
        insert.bind(1, seq)
        insert.bind(2, turn.number)
        if let due = due(of: job.start) {
            if !turn.wakesWork { turn.wakesWork = try isEarliest(due, turn) }
            insert.bind(3, StateCode.delayed)
            insert.bind(4, due)
            insert.bind(5, place)
            turn.added(StateCode.delayed)
            turn.emit(.added(job.name), stored)
            turn.emit(.delayed(until: Timestamp(milliseconds: due)), stored)
        } else {
            let entry = entry(of: job, place)
            insert.bind(3, entry.state)
            insert.bind(4, entry.rank)
            insert.bind(5, entry.place)
            turn.added(entry.state)
            group = entry.inGroup == nil ? nil : entry
            turn.emitAddedAndWaiting(stored, name: job.name)
            turn.wakesWork = true
        }
        insert.bind(6, id)
        insert.bind(7, job.name.text)
        insert.bind(8, Int64(job.options.priority))
        insert.bind(9, now)
        insert.bind(10, try options.text(job.storedOptions))
        insert.bind(11, job.payload.text)
        try insert.run()
        if job.options.group == nil { return }
        try joinGroup(of: job.options, seq)
        if let group { try regroup(seq, from: nil, to: group, turn) }
    }

    /// Where a new job that is ready enters.
    private func entry(of job: NewJob, _ place: Int64) -> Place {
        let priority = Int64(job.options.priority)
        let own = priority == 0 && job.options.lifo ? -place : place
        if job.options.group?.isEmpty == false {
            return Place(state: StateCode.grouped, rank: 0, place: place, inGroup: (priority, own))
        }
        return Place(state: priority > 0 ? StateCode.prioritized : StateCode.waiting, rank: priority, place: own)
    }

    /// When a new job is due, or nil when it is ready at once.
    private func due(of start: NewJob.Start) -> Int64? {
        switch start {
        case .now: nil
        case .after(let delay): delay > .zero ? (Timestamp(milliseconds: now) + delay).milliseconds : nil
        case .at(let instant): instant.milliseconds > now ? instant.milliseconds : nil
        }
    }

    /// Whether a job due then comes before all delayed ones, so that workers must learn of it.
    func isEarliest(_ due: Int64, _ turn: QueueTurn) throws(StoreError) -> Bool {
        guard let earliest = try earliestDue(turn) else { return true }
        return due < earliest
    }

    func earliestDue(_ turn: QueueTurn) throws(StoreError) -> Int64? {
        if turn.count(StateCode.delayed) == 0 { return nil }
        let select = try statement(.nextDue)
        select.bind(1, turn.number)
        guard try select.step() else { return nil }
        defer { select.reset() }
        return select.int(0)
    }

    func findOwn(_ id: String, _ turn: QueueTurn) throws(StoreError) -> Int64? {
        let find = try statement(SQL.findOwnId)
        find.bind(1, turn.number)
        find.bind(2, id)
        guard try find.step() else { return nil }
        defer { find.reset() }
        return find.int(0)
    }
}
