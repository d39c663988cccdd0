import DroverCore

/// What jobs hear of their children.
extension ReferenceQueue {
    /// Something that happened to a child.
    struct ChildNews: Sendable {
        enum Content: Sendable {
            case completed(JSONText)
            /// For good.
            case failed(ChildFailurePolicy, reason: String)
            /// Removed, or nobody's child any more.
            case gone(isSwept: Bool)
            /// It had finished and is to run again.
            case runsAgain
            /// No child: a job of another queue was copied, as this new one.
            case copied(NewJob)
        }

        var parent: JobKey
        var child: JobKey
        var content: Content
    }

    /// Tells a parent, which may be in another queue.
    mutating func tell(_ item: ChildNews) {
        if item.parent.queue == name { hear(item) } else { news.append(item) }
    }

    /// Tells all that wait for a job, in their order, but `others`.
    mutating func tellParents(of id: JobID, _ content: ChildNews.Content, but others: Set<JobKey> = []) {
        guard let record = jobs[id]?.record else { return }
        for parent in record.parents where !others.contains(parent.key) {
            tell(ChildNews(parent: parent.key, child: record.key, content: content))
        }
    }

    mutating func tellParents(of id: JobID, failure reason: String) {
        guard let record = jobs[id]?.record else { return }
        for parent in record.parents {
            tell(
                ChildNews(parent: parent.key, child: record.key, content: .failed(parent.onFailure, reason: reason)))
        }
    }

    /// A parent of this queue hears of a child.
    mutating func hear(_ item: ChildNews) {
        if case .copied(let job) = item.content { return take(copied: job) }
        let id = item.parent.id
        guard let children = jobs[id]?.children else { return }
        if case .runsAgain = item.content {
            if children[item.child] != nil { set(item.child, of: id, to: .pending) }
            return
        }
        guard children.isPending(item.child) else { return }
        switch item.content {
        case .runsAgain, .copied: break
        case .completed(let result):
            set(item.child, of: id, to: .processed(result))
            releaseIfDone(id)
        case .failed(.keepWaiting, _): break
        case .failed(.failParent, _):
            set(item.child, of: id, to: .failed)
            fail(id, by: item.child)
        case .failed(.continueParent, let reason):
            set(item.child, of: id, to: .ignored(reason))
            release(id)
        case .failed(.ignore, let reason):
            set(item.child, of: id, to: .ignored(reason))
            releaseIfDone(id)
        case .failed(.remove, _):
            set(item.child, of: id, to: nil)
            releaseIfDone(id)
        case .gone(let isSwept):
            set(item.child, of: id, to: nil)
            leave(id, isSwept: isSwept && item.child.queue == name)
        }
    }

    mutating func set(_ child: JobKey, of id: JobID, to standing: Children.Standing?) {
        guard let index = jobs.index(forKey: id) else { return }
        jobs.values[index].children[child] = standing
    }

    /// The delay that a job was given with its children has passed, or does not count any more.
    mutating func forgetDelay(of id: JobID) {
        if let index = jobs.index(forKey: id) { jobs.values[index].children.delay = .zero }
    }

    mutating func releaseIfDone(_ id: JobID) { if jobs[id]?.children.counts.pending == 0 { release(id) } }

    /// Puts a parent to work that waits for its children: to its delay, to its priority, or to the front.
    private mutating func release(_ id: JobID, from state: JobState = .waitingChildren) {
        guard let index = jobs.index(forKey: id), jobs.values[index].record.state == state else { return }
        let delay = jobs.values[index].children.delay
        jobs.values[index].children.delay = .zero
        if delay > .zero { return self.delay(id, until: now + delay) }
        putBack(id, atFront: jobs.values[index].record.priority == 0)
        note(.waiting(from: .waitingChildren), of: id)
    }

    private mutating func fail(_ id: JobID, by child: JobKey) {
        guard let state = jobs[id]?.record.state, state != .failed else { return }
        edit(id) { $0.deferredFailure = Failure.failedWith(child: child) }
        if state == .waitingChildren || state == .delayed { release(id, from: state) }
    }

    /// A child of a job is gone. Without another one the job goes to the front, or, in a sweep, too.
    private mutating func leave(_ id: JobID, isSwept: Bool) {
        guard let job = jobs[id], job.children.counts.pending == 0, job.record.state == .waitingChildren else { return }
        if isSwept { return remove(id, isSwept: true) }
        forgetDelay(of: id)
        putFirst(id)
        note(.waiting(from: .waitingChildren), of: id)
    }

    /// What becomes of an attempt whose job has children: a settlement may come too early, or after the failure of one.
    func judged(_ settlement: Settlement) -> Settlement {
        guard holds(settlement.lease), let job = jobs[settlement.lease.job.id] else { return settlement }
        let (id, counts) = (settlement.lease.job.id, job.children.counts)
        func failed(_ reason: String) -> Settlement {
            Settlement(lease: settlement.lease, outcome: .failed(Failure(reason: reason)))
        }
        switch settlement.outcome {
        case .completed where counts.pending > 0:
            return failed(Failure.pendingChildren(id))
        case .completed where counts.failed > 0:
            return failed(Failure.failedChild(id, by: "moveToFinished"))
        case .waitingForChildren where counts.failed > 0:
            return failed(Failure.failedChild(id, by: "moveToWaitingChildren"))
        case .waitingForChildren where counts.pending == 0 || job.record.isCancelRequested:
            return Settlement(lease: settlement.lease, outcome: .released, retention: settlement.retention)
        default: return settlement
        }
    }

    /// Stores a job of a flow that waits for its children.
    mutating func storeParent(_ job: NewJob, as id: JobID) {
        let record = JobRecord(
            key: JobKey(queue: name, id: id), name: job.name, payload: job.payload, options: job.storedOptions,
            state: .waitingChildren, priority: job.options.priority, createdAt: now)
        insert(record)
        note(.added(job.name), of: id)
        awaitChildren(id, from: nil)
        let delay: Duration =
            switch job.start {
            case .now: .zero
            case .after(let delay): delay
            case .at(let instant): max(instant - now, .zero)
            }
        if let index = jobs.index(forKey: id) { jobs.values[index].children.delay = delay }
    }
}
