import DroverCore

/// New jobs that are made of stored ones.
extension ReferenceQueue {
    /// Has a job with the name and the payload of another one stored in another queue.
    mutating func copy(_ id: JobID, as copy: JobCopy) {
        guard let record = jobs[id]?.record else { return }
        let job = copy.job(name: record.name, payload: record.payload)
        tell(ChildNews(parent: copy.key, child: record.key, content: .copied(job)))
    }

    /// Stores a copy from another queue, however long this one is.
    mutating func take(copied job: NewJob) {
        guard let id = job.id else { return }
        if jobs[id] != nil { return note(.duplicated, of: id) }
        store(job, as: id, now: now)
    }

    /// Copies a job and may remove it.
    ///
    /// - Parameter isKnown: whether there is a job of the copy's id.
    mutating func apply(
        _ copy: JobCopy, to record: JobRecord, removesJob: Bool, isKnown: Bool
    ) -> CommandResult {
        let id = record.key.id
        if removesJob, record.state == .active { return .wrongState(.active) }
        if removesJob, isPending(id) { return .refused(.nextRun) }
        if removesJob, isKnown { return .refused(copy.collision) }
        self.copy(id, as: copy)
        if removesJob {
            remove(id)
            note(.removed(from: record.state), of: id)
        }
        return .done
    }
}

extension ReferenceQueue.ChildNews {
    /// Whether it is told to a queue that does not exist yet, too.
    var beginsQueue: Bool { if case .copied = content { true } else { false } }
}
