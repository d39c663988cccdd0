package import DroverCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `movePage` and `move`.
extension ReferenceQueue {
    package func movePage(_ part: MoveQuery.Part, _ page: Page) throws(StoreError) -> MovePage {
        var found = MovePage(point: MovePoint(lastID: Int64(lastID), checkpoint: checkpoint))
        let page = Page(limit: page.limit, after: page.after)
        switch part {
        case .point: break
        case .jobs(let state):
            let listed = try self.page(of: state, page)
            for record in listed.jobs { found.jobs.append(try whole(record)) }
            found.next = listed.next
        case .schedules:
            let listed = try schedules(.all, page, now: now)
            for record in listed.schedules { found.schedules.append(try whole(record)) }
            found.next = listed.next
        }
        return found
    }

    private func whole(_ record: JobRecord) throws(StoreError) -> WholeJob {
        let job = jobs[record.key.id]
        let isInFlow = !record.parents.isEmpty || record.state == .waitingChildren || job?.children.isEmpty == false
        var whole = WholeJob(
            record: record, options: try Self.text(record.options, arrived: job?.arrivedOptions), log: job?.log ?? [],
            obstacle: isInFlow ? WholeJob.flowObstacle : nil)
        if let key = job?.deduplication {
            let hold = deduplications.hold(of: key, now: now)
            let isHeld = hold?.holder == record.key.id
            whole.deduplication = MovedDeduplication(
                id: key.text, isHeld: isHeld, remaining: isHeld ? hold?.expiry.map { $0 - now } : nil)
            if isHeld, deduplications.next(of: key) != nil { whole.obstacle = MovedDeduplication.obstacle }
        }
        return whole
    }

    private func whole(_ record: ScheduleRecord) throws(StoreError) -> WholeSchedule {
        let id = record.schedule.key.id
        var whole = WholeSchedule(
            record: record, options: try Self.text(record.schedule.options, arrived: arrivedOptions[id]))
        guard let job = jobs[id.job(at: record.slot)]?.record else { return whole }
        if job.state == .active { whole.isRunning = true }
        if !job.state.isFinished, job.state != .active, !record.isPaused { whole.pending = try self.whole(job) }
        return whole
    }

    /// Options as stored: the text that arrived with them, which may say more than is known here.
    private static func text(_ options: JobOptions, arrived text: String?) throws(StoreError) -> String? {
        var coder = OptionsCoder()
        if let text, coder.options(text) == options { return text }
        if options == JobOptions() { return nil }
        let encoder = JSONEncoder()
        // In the same order each time: the text stands for one that is stored.
        encoder.outputFormatting = .sortedKeys
        do { return String(decoding: try encoder.encode(options), as: UTF8.self) } catch {
            throw StoreError(.invalid, "could not write the options of a job: \(error)", cause: error)
        }
    }

    package mutating func move(_ step: MoveStep) -> MoveReply {
        guard checkpoint?.mark == step.expected else { return .conflict(checkpoint) }
        let known = Set(step.arrivingSchedules.map(\.record.schedule.key.id).filter { schedules[$0] != nil })
        let arriving = step.jobs(withoutThoseOf: known)
        var refusals: [MoveRefusal] = []
        for schedule in step.arrivingSchedules {
            let id = schedule.record.schedule.key.id
            if let present = schedules[id], !schedule.isSame(as: present.schedule) { refusals.append(.schedule(id)) }
        }
        for job in arriving {
            if let present = jobs[job.record.key.id], !job.isSame(as: present.record) {
                refusals.append(.job(job.record.key.id))
            }
        }
        if !refusals.isEmpty { return .refused(refusals) }

        var report = MoveReport()
        raiseIDs(above: step.raisedAbove)
        for schedule in step.leavingSchedules where schedules[schedule.id]?.slot == schedule.slot {
            schedules[schedule.id] = nil
        }
        for stamp in step.leaving { leave(stamp, &report) }
        for schedule in step.arrivingSchedules where !known.contains(schedule.record.schedule.key.id) {
            schedules[schedule.record.schedule.key.id] = schedule.record
            arrivedOptions[schedule.record.schedule.key.id] = schedule.options
            report.schedules += 1
        }
        for job in arriving { arrive(job, &report) }
        checkpoint = step.checkpoint
        return .done(report)
    }

    private mutating func leave(_ stamp: JobStamp, _ report: inout MoveReport) {
        guard let record = jobs[stamp.id]?.record, record.createdAt == stamp.createdAt else { return }
        if record.state == .active {
            report.held.append(stamp.id)
            return
        }
        note(.removed(from: record.state), of: stamp.id)
        remove(stamp.id)
        report.removed += 1
    }

    private mutating func arrive(_ whole: WholeJob, _ report: inout MoveReport) {
        let record = whole.record
        let id = record.key.id
        if jobs[id] != nil {
            report.known += 1
            return
        }
        insert(record)
        var coder = OptionsCoder()
        if let options = coder.options(whole.options) { edit(id) { $0.options = options } }
        jobs[id]?.log = whole.log
        jobs[id]?.arrivedOptions = whole.options
        if let moved = whole.deduplication {
            let key = DeduplicationID(moved.id)
            jobs[id]?.deduplication = key
            if moved.isHeld, deduplications.hold(of: key, now: now) == nil {
                deduplications.take(key, Deduplications.Hold(holder: id, expiry: moved.remaining.map { now + $0 }))
            }
        }
        let rank: Int64 =
            switch jobs[id]?.record.arrivalState ?? record.state {
            case .waiting, .active, .grouped: 0
            case .prioritized: Int64(record.priority)
            case .delayed: (record.dueAt ?? now).milliseconds
            case .waitingChildren: now.milliseconds
            case .completed, .failed: (record.finishedAt ?? now).milliseconds
            }
        settleDown(id, in: jobs[id]?.record.arrivalState ?? record.state, rank: rank)
        report.stored += 1
    }
}
