import DroverCore

/// Jobs that are not stored because another one stands for them.
extension WriteSession {
    /// How many ids that nobody holds any more are removed when one is held for a time.
    private static let forgottenAtOnce: Int64 = 4

    /// Stores one job that is known to be right by its rule.
    func enqueueNew(_ job: NewJob, _ rule: Deduplication, _ turn: QueueTurn) throws(StoreError) -> EnqueueResult {
        if let id = job.id, try findOwn(id.text, turn) != nil {
            turn.emit(.duplicated, .own(id.text))
            return .duplicate(id)
        }
        var row = try deduplication(rule.id, turn)
        var replaced: JobRow?
        if let holder = row.holder(now: now) {
            let old = try self.job(holder, turn)
            // One whose job is gone holds nothing, unless it does so for a time.
            let isStale = row.expiry == nil && old == nil
            if rule.replace, let old, old.record.state == .delayed, old.isOf(rule) {
                replaced = old
            } else if !isStale {
                return try standIn(holder, old, for: job, rule, &row, turn)
            }
            row.next = nil
        }
        if replaced == nil, let most = turn.reachedMaxLength { return .queueFull(maxLength: most) }
        let seq = nextNumber()
        let stored = StoredID(seq: seq, own: job.id?.text)
        var expiry = expiry(of: rule)
        if let replaced {
            try remove(replaced.seq, state: StateCode.delayed, replaced.annexes, turn)
            turn.emit(.removed(from: .delayed), StoredID(replaced))
            turn.emit(.deduplicated(id: rule.id, other: replaced.record.key.id), stored)
            if rule.lifetime != nil, !rule.extend { expiry = row.expiry }
        }
        row.take(stored.id, until: expiry)
        try save(row, rule.id, turn)
        try store(job, seq, own: job.id?.text, turn)
        try mark(seq, rule.id)
        return .added(stored.id)
    }

    /// The holder stands for a new job, which is kept until the holder has finished, or forgotten.
    private func standIn(
        _ holder: JobID, _ old: JobRow?, for job: NewJob, _ rule: Deduplication, _ row: inout DeduplicationRow,
        _ turn: QueueTurn
    ) throws(StoreError) -> EnqueueResult {
        let isKept = rule.keepLastIfActive && old?.record.state == .active && old?.isOf(rule) == true
        guard isKept || !rule.replace else { return .deduplicated(holder) }
        let id = job.id ?? StoredID.generated(nextNumber()).id
        if isKept {
            row.take(holder)
            row.next = try kept(job, as: id)
            try save(row, rule.id, turn)
        } else if rule.restarts {
            row.take(holder, until: expiry(of: rule))
            try save(row, rule.id, turn)
        }
        let reference = JobReference(holder)
        let stored: StoredID = if case .generated(let seq) = reference { .generated(seq) } else { .own(holder.text) }
        turn.emit(.deduplicated(id: rule.id, other: id), stored)
        return .deduplicated(holder)
    }

    private func kept(_ job: NewJob, as id: JobID) throws(StoreError) -> DeduplicationRow.Kept {
        var kept = DeduplicationRow.Kept(
            id: id, name: job.name.text, payload: job.payload.text, options: try options.text(job.storedOptions))
        switch job.start {
        case .now: break
        case .after(let delay): kept.delay = delay.wholeMilliseconds
        case .at(let instant): kept.start = instant.milliseconds
        }
        return kept
    }

    /// When a job that holds an id from now on does so no more; nil until it has finished.
    private func expiry(of rule: Deduplication) -> Int64? {
        rule.lifetime.map { (Timestamp(milliseconds: now) + $0).milliseconds }
    }

    // MARK: Ends

    /// A job has finished: what it held ends unless it does so by time, and a job that was kept is enqueued.
    func endDeduplication(of id: JobID, _ annexes: JobAnnexes, _ turn: QueueTurn) throws(StoreError) {
        guard let key = annexes.deduplication else { return }
        var row = try deduplication(key, turn)
        let isEnded = row.expiry == nil && row.holder(now: now) == id
        if !isEnded && row.next == nil { return }
        if isEnded { row.take(nil) }
        let next = row.next
        row.next = nil
        guard let next else { return try save(row, key, turn) }
        var isKnown = try findOwn(next.id.text, turn) != nil
        var seq: Int64?
        if case .generated(let number) = JobReference(next.id) {
            if try self.job(number, turn) != nil { isKnown = true }
            // Another queue may have a job of that number, which came from another store.
            if !isKnown { seq = try self.number(for: next.id) }
        }
        // Somebody has stored another job under its id meanwhile.
        if isKnown {
            turn.emit(.duplicated, .own(next.id.text))
            return try save(row, key, turn)
        }
        let isOwn = seq == nil
        let place = nextNumber()
        let number = seq ?? place
        let job = newJob(next)
        row.take(next.id, until: job.options.deduplication.flatMap { expiry(of: $0) })
        try save(row, key, turn)
        try store(job, number, own: isOwn ? next.id.text : nil, place: place, turn)
        try mark(number, key)
    }

    private func newJob(_ kept: DeduplicationRow.Kept) -> NewJob {
        var start = NewJob.Start.now
        if let delay = kept.delay { start = .after(.milliseconds(delay)) }
        if let instant = kept.start { start = .at(Timestamp(milliseconds: instant)) }
        return NewJob(
            name: JobName(stored: kept.name), payload: JSONText(trusted: kept.payload), start: start,
            options: options.options(kept.options) ?? JobOptions())
    }

    /// A job is removed: the id that it held is free.
    func freeDeduplication(of id: JobID, _ annexes: JobAnnexes, _ turn: QueueTurn) throws(StoreError) {
        guard let key = annexes.deduplication else { return }
        let row = try deduplication(key, turn)
        if row.holder(now: now) == id { try save(DeduplicationRow(), key, turn) }
    }

    /// Whether somebody held an id, which nobody does now. A job that is kept stays.
    func forgetDeduplication(_ queue: QueueName, _ id: String) throws(StoreError) -> Bool {
        guard let turn = try row(queue) else { return false }
        var row = try deduplication(id, turn)
        guard row.holder(now: now) != nil else { return false }
        row.take(nil)
        try save(row, id, turn)
        return true
    }

    /// A job has come from another store with its deduplication.
    func arrive(
        _ moved: MovedDeduplication, with id: JobID, _ seq: Int64, _ turn: QueueTurn
    ) throws(StoreError) {
        try mark(seq, moved.id)
        var row = try deduplication(moved.id, turn)
        guard moved.isHeld, row.holder(now: now) == nil else { return }
        row.take(id, until: moved.remaining.map { (Timestamp(milliseconds: now) + $0).milliseconds })
        try save(row, moved.id, turn)
    }

    // MARK: Rows

    private func deduplication(_ id: String, _ turn: QueueTurn) throws(StoreError) -> DeduplicationRow {
        try DeduplicationRow.load(id, of: turn, statement(SQL.loadDedup))
    }

    private func save(_ row: DeduplicationRow, _ id: String, _ turn: QueueTurn) throws(StoreError) {
        let save = try statement(row.isEmpty ? SQL.deleteDedup : SQL.saveDedup)
        save.bind(1, turn.number)
        save.bind(2, id)
        if !row.isEmpty { row.bind(to: save) }
        try save.run()
        guard row.expiry != nil else { return }
        let forget = try statement(SQL.forgetDedups)
        forget.bind(1, now)
        forget.bind(2, Self.forgottenAtOnce)
        try forget.run()
    }

    private func mark(_ seq: Int64, _ id: String) throws(StoreError) {
        let mark = try statement(SQL.markDedup)
        mark.bind(1, seq)
        mark.bind(2, id)
        try mark.run()
    }
}

extension JobRow {
    /// Whether the job was stored with a rule's id; one of the holder's id that came later has nothing to do with it.
    fileprivate func isOf(_ rule: Deduplication) -> Bool {
        annexes.deduplication.map { $0.hasSameBytes(as: rule.id) } ?? false
    }
}
