import DroverCore

/// New jobs that are made of stored ones.
extension WriteSession {
    /// Stores a job with the name and the payload of another one, in another queue, unless there is one of its id.
    func copy(_ row: JobRow, as copy: JobCopy) throws(StoreError) {
        let job = copy.job(name: row.record.name, payload: row.record.payload)
        _ = try enqueue(job, turnCreating(copy.queue))
    }

    /// The same, and removes the job, unless it may not be removed or nothing would be stored.
    func replace(_ row: JobRow, by copy: JobCopy, _ turn: QueueTurn) throws(StoreError) -> CommandResult {
        if row.record.state == .active { return .wrongState(.active) }
        if try isPending(row, turn) { return .refused(.nextRun) }
        if try find(copy.key) != nil { return .refused(copy.collision) }
        try self.copy(row, as: copy)
        return try remove(row, turn)
    }
}
