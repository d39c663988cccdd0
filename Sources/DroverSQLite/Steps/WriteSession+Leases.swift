import DroverCore

extension WriteSession {
    func renew(_ leases: [Lease]) throws(StoreError) -> [LeaseStatus] {
        var statuses: [LeaseStatus] = []
        statuses.reserveCapacity(leases.count)
        for lease in leases { statuses.append(try renew(lease)) }
        return statuses
    }

    private func renew(_ lease: Lease) throws(StoreError) -> LeaseStatus {
        guard let turn = try turn(lease.job.queue), let seq = try seq(of: lease.job.id, turn) else { return .lost }
        var isGenerated = false
        if case .generated = JobReference(lease.job.id) { isGenerated = true }
        let status = try renew(lease, seq, isGenerated: isGenerated, turn)
        guard status == .lost, let moved = try movedSeq(of: lease.job.id, turn) else { return status }
        return try renew(lease, moved, isGenerated: false, turn)
    }

    private func renew(
        _ lease: Lease, _ seq: Int64, isGenerated: Bool, _ turn: QueueTurn
    ) throws(StoreError) -> LeaseStatus {
        let update = try statement(SQL.renewLease)
        update.bind(1, seq)
        update.bind(2, turn.number)
        update.bind(3, lease.token.text)
        update.bind(4, isGenerated)
        update.bind(5, expiry(of: lease.duration))
        guard try update.step() else { return .lost }
        let isCancelled = update.bool(0)
        // An UPDATE with RETURNING has changed its row by now; stepping on only ends it.
        _ = try update.step()
        return isCancelled ? .cancelRequested : .held
    }

    func record(_ reports: [JobReport]) throws(StoreError) -> [ReportStatus] {
        var statuses: [ReportStatus] = []
        statuses.reserveCapacity(reports.count)
        for report in reports { statuses.append(try record(report)) }
        return statuses
    }

    private func record(_ report: JobReport) throws(StoreError) -> ReportStatus {
        guard let turn = try turn(report.lease.job.queue), let row = try job(report.lease.job.id, turn),
            row.record.state == .active, row.token == report.lease.token.text
        else { return .leaseLost }
        switch report.content {
        case .progress(let progress):
            try set(SQL.setProgress, row.seq, progress.text)
            turn.emit(.progress(progress), StoredID(row))
        case .payload(let payload):
            try set(SQL.setPayload, row.seq, payload.text)
        case .log(let line, let keep):
            try log(line, keep: keep, row)
        case .step(let name, let result):
            try keep(JobStep(name: name, result: result, recordedAt: Timestamp(milliseconds: now)), of: row)
        }
        return .recorded
    }

    func set(_ sql: String, _ seq: Int64, _ text: String) throws(StoreError) {
        let update = try statement(sql)
        update.bind(1, seq)
        update.bind(2, text)
        try update.run()
    }

    private func log(_ line: String, keep: Int?, _ row: JobRow) throws(StoreError) {
        let number = row.annexes.logLines + 1
        let append = try statement(SQL.appendLog)
        append.bind(1, row.seq)
        append.bind(2, number)
        append.bind(3, line)
        try append.run()
        let count = try statement(SQL.setLogLines)
        count.bind(1, row.seq)
        count.bind(2, number)
        try count.run()
        guard let keep else { return }
        let trim = try statement(SQL.trimLogs)
        trim.bind(1, row.seq)
        trim.bind(2, number - Int64(max(0, keep)) + 1)
        try trim.run()
    }

    private func keep(_ step: JobStep, of row: JobRow) throws(StoreError) {
        try save(step, of: row.seq)
        if row.annexes.hasSteps { return }
        try mark(row.seq, JobAnnexes.stepsBit)
    }

    /// Remembers what a job has beside its row, or, with other bits to keep than all, has no more.
    func mark(_ seq: Int64, _ bits: Int64, keeping kept: Int64 = JobAnnexes.allBits) throws(StoreError) {
        let mark = try statement(SQL.markSteps)
        mark.bind(1, seq)
        mark.bind(2, bits)
        mark.bind(3, kept)
        try mark.run()
    }

    /// Stores a step of a job that is marked as one that has some.
    func save(_ step: JobStep, of seq: Int64) throws(StoreError) {
        let save = try statement(SQL.saveStep)
        save.bind(1, seq)
        save.bind(2, step.name.text)
        save.bind(3, step.recordedAt.milliseconds)
        save.bind(4, step.result.text)
        try save.run()
    }

    func saveWorker(_ report: WorkerReport) throws(StoreError) {
        let save = try statement(SQL.saveWorker)
        save.bind(1, report.id)
        save.bind(2, report.queue.text)
        save.bind(3, report.host)
        save.bind(4, Int64(report.process))
        save.bind(5, Int64(report.concurrency))
        save.bind(6, Int64(report.running))
        save.bind(7, now)
        save.bind(8, max(0, report.validFor.wholeMilliseconds))
        try save.run()
    }

    func forgetWorker(_ id: String) throws(StoreError) {
        let delete = try statement(SQL.deleteWorker)
        delete.bind(1, id)
        try delete.run()
    }

    /// Whether a lease of the queue has run out.
    func hasExpired(_ queue: QueueName) throws(StoreError) -> Bool {
        guard let turn = try turn(queue), turn.count(StateCode.active) > 0 else { return false }
        let select = try selectExpired(turn, at: leaseNow, limit: 1)
        defer { select.reset() }
        return try select.step()
    }

    private func selectExpired(_ turn: QueueTurn, at instant: Int64, limit: Int) throws(StoreError) -> Statement {
        let select = try statement(SQL.selectExpired)
        select.bind(1, turn.number)
        select.bind(2, instant)
        select.bind(3, Int64(limit))
        return select
    }

    /// Takes the leases that had run out at an instant and have not been renewed since.
    func reclaimStalled(
        _ queue: QueueName, expiredAt instant: Int64, maxStalled: Int, limit: Int
    ) throws(StoreError) -> [StalledJob] {
        guard let turn = try turn(queue), turn.count(StateCode.active) > 0 else { return [] }
        let select = try selectExpired(turn, at: instant, limit: limit)
        var expired: [Expired] = []
        while try select.step() { expired.append(Expired(select)) }
        var stalled: [StalledJob] = []
        // The earliest is put to the front last, so that it comes first again.
        for job in expired.reversed() {
            let place = atTheFront(job.priority, isGrouped: job.isGrouped)
            let stored = StoredID(seq: job.seq, own: job.own)
            var failure = job.failure
            if failure == nil, job.stalls + 1 > Int64(maxStalled), try !isOfSchedule(stored.id, turn) {
                failure = Failure.stalledReason
            }
            let reclaim = try statement(SQL.reclaimJob)
            reclaim.bind(1, job.seq)
            reclaim.bind(2, place.state)
            reclaim.bind(3, place.rank)
            reclaim.bind(4, place.place)
            reclaim.bind(5, job.stalls + 1)
            reclaim.bind(6, failure)
            try reclaim.run()
            turn.moved(from: StateCode.active, to: place.state)
            if job.isGrouped { try regroup(job.seq, from: StateCode.active, to: place, turn) }
            turn.emit(.waiting(from: .active), stored)
            turn.emit(.stalled, stored)
            turn.wakesWork = true
            stalled.append(
                StalledJob(
                    key: JobKey(queue: queue, id: stored.id), stalls: Int(job.stalls) + 1, mustFail: failure != nil))
        }
        return stalled
    }
}

/// What reclaiming needs to know of a job whose lease has run out.
private struct Expired {
    var seq: Int64
    var own: String?
    var priority: Int64
    var stalls: Int64
    var isCancelled: Bool
    var deferredFailure: String?
    var isGrouped: Bool

    /// Reads a row of `select-expired.sql`.
    init(_ row: Statement) {
        seq = row.int(0)
        own = row.optionalText(1)
        priority = row.int(2)
        stalls = row.count(3)
        isCancelled = row.bool(4)
        deferredFailure = row.optionalText(5)
        isGrouped = row.int(6) & JobAnnexes.groupBit != 0
    }

    /// Why it must not run again, however often it has stalled; nil when nothing says so.
    var failure: String? { isCancelled ? Failure.cancelledReason : deferredFailure }
}
