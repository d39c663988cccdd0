package import DroverCore

/// `sweep` of the contract.
extension ReferenceQueue {
    package mutating func sweep(
        _ sweep: Sweep, after cursor: PageCursor?, limit: Int, now: Timestamp
    ) throws(StoreError) -> SweepReport {
        let place = try cursor.map { cursor throws(StoreError) in try Place(cursor) }
        switch sweep {
        case .drain(_, let delayed):
            let states: [JobState] = [.waiting, .prioritized, .grouped] + (delayed ? [.delayed] : [])
            return removeAll(in: states, butPending: true, limit: max(limit, 1))
        case .clean(_, let state, let age):
            return clean(state, until: now.earlier(by: age), after: place, limit: max(limit, 1), now: now)
        case .obliterate(_, let force):
            return obliterate(force: force, limit: max(limit, 1))
        }
    }

    private mutating func clean(
        _ state: JobState, until cut: Timestamp, after place: Place?, limit: Int, now: Timestamp
    ) -> SweepReport {
        var looked = line(state).ascending(after: place, limit: limit)
        // Finished jobs stand by their end: behind the first young one there is nothing to look at.
        if state.isFinished { looked = Array(looked.prefix { $0.place.rank <= cut.milliseconds }) }
        let old = looked.map(\.value).filter { id in
            guard let job = jobs[id], !isPending(id) else { return false }
            if let lease = job.lease, lease.expiry > now { return false }
            let age = state.isFinished ? job.record.finishedAt : job.record.processedAt
            return (age ?? job.record.createdAt) <= cut
        }
        for id in old { remove(id, isSwept: true) }
        note(.cleaned(old.count))
        return report(removed: old.count, looked: looked, limit: limit)
    }

    private mutating func obliterate(force: Bool, limit: Int) -> SweepReport {
        guard isPaused else {
            let problem = ValidationError("obliterate", "\(name) is not paused; pause it first")
            return SweepReport(removed: 0, progress: .refused(problem))
        }
        guard force || line(.active).isEmpty else {
            let problem = ValidationError("obliterate", "\(name) has active jobs; wait for them, or force it")
            return SweepReport(removed: 0, progress: .refused(problem))
        }
        // A parent that is there when its last child goes, goes with it.
        let states = JobState.allCases.filter { $0 != .waitingChildren } + [.waitingChildren]
        let report = removeAll(in: states, limit: limit)
        if report.progress == .finished {
            isObliterated = true
            schedules = [:]
        }
        return report
    }

    /// Removes jobs of the states in turn. Since all that is looked at goes, but for one job of each schedule at most, no
    /// place needs to be kept.
    private mutating func removeAll(
        in states: [JobState], butPending keepsPending: Bool = false, limit: Int
    ) -> SweepReport {
        var looked: [Line<JobID>.Entry] = []
        for state in states {
            let entries = line(state).ascending(limit: limit + schedules.count).filter {
                !keepsPending || !isPending($0.value)
            }
            let taken = entries.prefix(limit - looked.count)
            for entry in taken { remove(entry.value, isSwept: true) }
            looked += taken
        }
        return report(removed: looked.count, looked: looked, limit: limit)
    }

    private func report(removed: Int, looked: [Line<JobID>.Entry], limit: Int) -> SweepReport {
        guard looked.count == limit, let last = looked.last else {
            return SweepReport(removed: removed, progress: .finished)
        }
        return SweepReport(removed: removed, progress: .more(last.place.cursor))
    }
}
