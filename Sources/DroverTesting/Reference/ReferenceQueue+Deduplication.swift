import DroverCore

/// Jobs that are not stored because another one stands for them.
extension ReferenceQueue {
    /// Enqueues a job by a rule; its id is not known.
    mutating func enqueue(_ job: NewJob, _ rule: Deduplication, now: Timestamp) -> EnqueueResult {
        let key = DeduplicationID(rule.id)
        let old = deduplications.hold(of: key, now: now)
        var replaced: JobID?
        if let old {
            // One whose job is gone holds nothing, unless it does so for a time.
            let isStale = old.expiry == nil && jobs[old.holder] == nil
            if rule.replace, state(ofHolder: old, of: key) == .delayed {
                replaced = old.holder
            } else if !isStale {
                return standIn(old, for: job, rule, now: now)
            }
        }
        if replaced == nil, let maxLength, counts.length >= maxLength { return .queueFull(maxLength: maxLength) }
        let id = job.id ?? generateID()
        var hold = Deduplications.Hold(holder: id, expiry: rule.lifetime.map { now + $0 })
        if old != nil { _ = deduplications.takeKept(key) }
        if let replaced {
            remove(replaced, keepsHold: true)
            note(.removed(from: .delayed), of: replaced)
            note(.deduplicated(id: rule.id, other: replaced), of: id)
            if rule.lifetime != nil, !rule.extend { hold.expiry = old?.expiry }
        }
        deduplications.take(key, hold)
        store(job, as: id, deduplication: key, now: now)
        return .added(id)
    }

    /// The holder stands for a new job, which is kept until the holder has finished, or forgotten.
    private mutating func standIn(
        _ hold: Deduplications.Hold, for job: NewJob, _ rule: Deduplication, now: Timestamp
    ) -> EnqueueResult {
        let key = DeduplicationID(rule.id)
        let isKept = rule.keepLastIfActive && state(ofHolder: hold, of: key) == .active
        if isKept || !rule.replace {
            let id = job.id ?? generateID()
            if isKept {
                deduplications.keep(key, Deduplications.Kept(id: id, job: job))
            } else if rule.restarts {
                deduplications.take(
                    key, Deduplications.Hold(holder: hold.holder, expiry: rule.lifetime.map { now + $0 }))
            }
            note(.deduplicated(id: rule.id, other: id), of: hold.holder)
        }
        return .deduplicated(hold.holder)
    }

    /// The state of the job that holds an id; nil where it is gone, and another one may have its own id.
    private func state(ofHolder hold: Deduplications.Hold, of key: DeduplicationID) -> JobState? {
        guard let job = jobs[hold.holder], job.deduplication == key else { return nil }
        return job.record.state
    }

    /// A job has finished: what it held ends unless it does so by time, and a job that was kept is enqueued.
    mutating func endDeduplication(of id: JobID, now: Timestamp) {
        guard let key = jobs[id]?.deduplication else { return }
        deduplications.end(key, heldBy: id)
        guard let next = deduplications.takeKept(key) else { return }
        // Somebody has stored another job under its id meanwhile.
        if jobs[next.id] != nil { return note(.duplicated, of: next.id) }
        let rule = next.job.options.deduplication
        deduplications.take(
            key, Deduplications.Hold(holder: next.id, expiry: (rule?.lifetime).map { now + $0 }))
        store(next.job, as: next.id, deduplication: key, now: now)
    }

    /// Who holds an id.
    func holder(of key: DeduplicationID, now: Timestamp) -> JobPage {
        guard let hold = deduplications.hold(of: key, now: now) else { return JobPage(jobs: []) }
        return JobPage(
            jobs: [jobs[hold.holder]?.record].compactMap(\.self),
            hold: DeduplicationHold(
                holder: hold.holder, remaining: hold.expiry.map { $0 - now }, next: deduplications.next(of: key)))
    }
}
