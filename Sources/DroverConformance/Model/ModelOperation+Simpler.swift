import DroverCore

extension ModelOperation {
    /// Smaller operations of the same kind, for finding out what of one matters.
    var simpler: [ModelOperation] {
        switch self {
        case .enqueue(let queue, let jobs):
            (jobs.count > 1 ? jobs.indices.map { .enqueue(queue, jobs.removing($0)) } : [])
                + jobs.indices.flatMap { index in
                    jobs[index].plainer.map { .enqueue(queue, jobs.replacing(index, by: $0)) }
                }
        case .exchange(let queue, let number, let settle, let claim):
            settle.indices.map { .exchange(queue, number: number, settle: settle.removing($0), claim: claim) }
                + (claim == nil || settle.isEmpty ? [] : [.exchange(queue, number: number, settle: settle, claim: nil)])
                + [claim?.generous].compactMap(\.self).map {
                    .exchange(queue, number: number, settle: settle, claim: $0)
                }
        case .renew(let leases) where leases.count > 1: leases.indices.map { .renew(leases.removing($0)) }
        case .record(let reports) where reports.count > 1: reports.indices.map { .record(reports.removing($0)) }
        case .apply(let commands) where commands.count > 1: commands.indices.map { .apply(commands.removing($0)) }
        case .configure(let settings) where settings.count > 1:
            settings.indices.map { .configure(settings.removing($0)) }
        case .put(let plans):
            (plans.count > 1 ? plans.indices.map { .put(plans.removing($0)) } : [])
                + plans.indices.flatMap { index in
                    plans[index].plainer.map { ModelOperation.put(plans.replacing(index, by: $0)) }
                }
        case .fire(let firings):
            (firings.count > 1 ? firings.indices.map { .fire(firings.removing($0)) } : [])
                + firings.indices.compactMap { index in
                    firings[index].plain.map { .fire(firings.replacing(index, by: $0)) }
                }
        case .applyToSchedules(let commands) where commands.count > 1:
            commands.indices.map { .applyToSchedules(commands.removing($0)) }
        case .applyToAllowances(let commands) where commands.count > 1:
            commands.indices.map { .applyToAllowances(commands.removing($0)) }
        case .search(let queue, let filter, let state, let limit, let most, let order):
            filter.parts.map { .search(queue, $0, state, limit: limit, mostExamined: most, order) }
        case .look(let jobs) where jobs.count > 1: jobs.indices.map { .look(jobs.removing($0)) }
        default: []
        }
    }
}

extension ModelNewJob {
    /// The job with its id alone, or with that and fewer others around it; none when there is nothing else.
    fileprivate var plainer: [ModelNewJob] {
        let bare = ModelNewJob(serial: serial, job: NewJob(id: job.id, name: "job"))
        if job == bare.job && at == nil && parent == nil { return [] }
        var found = [bare]
        if parent != nil {
            found.append(ModelNewJob(serial: serial, job: job, at: at))
            var linked = bare
            linked.parent = parent
            if job != bare.job || at != nil { found.append(linked) }
        }
        found += job.withFewerChildren.map { ModelNewJob(serial: serial, job: $0, at: at, parent: parent) }
        return found
    }
}

extension NewJob {
    /// The job with one of all the jobs below it left out, or made plain.
    fileprivate var withFewerChildren: [NewJob] {
        let parts = children
        var bachelor = self
        bachelor.companions = []
        return (companions.isEmpty ? [] : [bachelor])
            + parts.indices.flatMap { index in
                var smaller = [parts.removing(index)]
                let bare = NewJob(id: parts[index].job.id, name: "job", children: parts[index].job.children)
                for job in (bare == parts[index].job ? [] : [bare]) + parts[index].job.withFewerChildren {
                    var child = parts[index]
                    child.job = job
                    smaller.append(parts.replacing(index, by: child))
                }
                return smaller.map { children in
                    var job = self
                    job.children = children
                    return job
                }
            }
    }
}

extension SchedulePlan {
    /// The schedule with its times alone, and by an expression; none when there is nothing else.
    fileprivate var plainer: [SchedulePlan] {
        var plainer: [SchedulePlan] = []
        let bare = SchedulePlan(Schedule(key: schedule.key, timing: schedule.timing, name: "job"), first: first)
        if bare != self { plainer.append(bare) }
        if let length = schedule.timing.interval {
            let timed = Schedule(key: schedule.key, timing: .cron("* * * * *", timeZone: nil), name: "job")
            plainer.append(SchedulePlan(timed, first: first ?? Timestamp(milliseconds: length.wholeMilliseconds)))
        }
        return plainer
    }
}

extension ModelFiring {
    /// The firing with its slots alone; nil when there is nothing else.
    fileprivate var plain: ModelFiring? {
        due == nil ? nil : ModelFiring(key: key, slot: slot, next: next)
    }
}

extension Claim {
    /// A claim for as many jobs as there are, which may make an earlier claim needless; nil for one that is.
    fileprivate var generous: Claim? { limit < 100 ? Claim(limit: 100, lease: lease, worker: worker) : nil }
}

extension Array {
    fileprivate func replacing(_ index: Int, by element: Element) -> [Element] {
        var changed = self
        changed[index] = element
        return changed
    }

    fileprivate func removing(_ index: Int) -> [Element] {
        var rest = self
        rest.remove(at: index)
        return rest
    }
}
