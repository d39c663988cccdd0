package import DroverCore

/// `renew`, `record`, `reclaimStalled` and `prune` of the contract.
extension ReferenceQueue {
    package mutating func renew(_ lease: Lease, now: Timestamp) -> LeaseStatus {
        guard holds(lease), let record = jobs[lease.job.id]?.record else { return .lost }
        extend(lease.job.id, to: now + lease.duration)
        return record.isCancelRequested ? .cancelRequested : .held
    }

    package mutating func record(_ report: JobReport) -> ReportStatus {
        guard holds(report.lease) else { return .leaseLost }
        let id = report.lease.job.id
        switch report.content {
        case .progress(let progress):
            edit(id) { $0.progress = progress }
            note(.progress(progress), of: id)
        case .log(let line, let keep):
            guard let index = jobs.index(forKey: id) else { return .leaseLost }
            jobs.values[index].log.append(line)
            let surplus = jobs.values[index].log.count - max(keep ?? .max, 0)
            if surplus > 0 { jobs.values[index].log.removeFirst(surplus) }
        case .payload(let payload):
            edit(id) { $0.payload = payload }
        case .step(let name, let result):
            let step = JobStep(name: name, result: result, recordedAt: now)
            edit(id) { $0.steps = ($0.steps.filter { $0.name != name } + [step]).inOrder() }
        }
        return .recorded
    }

    /// The job whose lease ended first is put to the front last, and so comes first again.
    package mutating func reclaimStalled(maxStalled: Int, limit: Int, now: Timestamp) -> [StalledJob] {
        let expired = expiries.ascending(limit: max(limit, 0)).prefix { $0.place.rank <= now.milliseconds }
        return expired.reversed().compactMap { entry in
            let id = entry.value
            let isOfSchedule = id.iteration.map { schedules[$0.schedule] != nil } ?? false
            edit(id) {
                $0.stalls += 1
                $0.keepCancelRequest()
                if $0.stalls > maxStalled, !isOfSchedule, $0.deferredFailure == nil {
                    $0.deferredFailure = Failure.stalledReason
                }
            }
            putBack(id, atFront: true)
            note(.waiting(from: .active), of: id)
            note(.stalled, of: id)
            return jobs[id].map { job in
                StalledJob(
                    key: job.record.key, stalls: job.record.stalls, mustFail: job.record.deferredFailure != nil)
            }
        }
    }

    /// Removes finished jobs that a rule does not keep, oldest first, and says how many.
    package mutating func prune(_ rule: PruneRule, limit: Int, now: Timestamp) -> Int {
        let state: JobState =
            switch rule.finished {
            case .completed: .completed
            case .failed: .failed
            }
        let cut = rule.retention.age.map { now.earlier(by: $0).milliseconds }
        var removed = 0
        while removed < limit, let oldest = line(state).first {
            let isBeyondCount = rule.retention.count.map { line(state).count > $0 } ?? false
            let isTooOld = cut.map { oldest.place.rank <= $0 } ?? false
            guard isBeyondCount || isTooOld else { break }
            remove(oldest.value, keepsHold: true)
            removed += 1
        }
        return removed
    }
}

extension Timestamp {
    /// The instant `span` before this one. It stops at the smallest instant.
    func earlier(by span: Duration) -> Timestamp {
        let (difference, overflow) = milliseconds.subtractingReportingOverflow(span.wholeMilliseconds)
        if overflow { return Timestamp(milliseconds: span < .zero ? .max : .min) }
        return Timestamp(milliseconds: difference)
    }
}
