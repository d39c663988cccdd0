import DroverCore

/// Flows: what concerns jobs of several queues at once.
extension ReferenceStore.State {
    private func job(_ key: JobKey) -> ReferenceQueue.Job? { queues[key.queue]?.jobs[key.id] }

    /// Changes the queue of a job, which begins where it is not.
    private mutating func with<Result>(
        _ queue: QueueName, _ body: (inout ReferenceQueue) -> Result
    ) throws(StoreError) -> Result {
        try change(queue, creatingIf: { _ in true }) { queue throws(StoreError) in body(&queue) }
    }

    // MARK: Adding

    /// Stores a job with all its children, or nothing.
    mutating func enqueue(_ queue: QueueName, _ job: NewJob) throws(StoreError) -> EnqueueResult {
        let now = now
        if !job.isInFlow {
            return try change(queue, creatingIf: { $0.id != nil }) { queue throws(StoreError) in
                queue.enqueue(job, now: now)
            }
        }
        if let problem = job.problem(in: queue) { return .refused(problem) }
        let plan = FlowPlan(queue, job)
        if let problem = plan.repetition { return .refused(problem) }
        if let parent = job.parent, self.job(parent.key) == nil { return .refused(.unknownParent(parent.key)) }
        if let id = job.id, let known = self.job(JobKey(queue: queue, id: id)) {
            return try repeated(known.record, job.parent)
        }
        for node in plan.nodes.dropFirst() {
            if let problem = self.problem(of: node, below: job.parent) { return .refused(problem) }
        }
        if let most = fullQueue(plan) { return .queueFull(maxLength: most) }
        return .added(try store(plan))
    }

    /// A job is added again: its parent, if it has none, is the given one.
    private mutating func repeated(_ known: JobRecord, _ parent: JobParent?) throws(StoreError) -> EnqueueResult {
        if let parent {
            if isTaken(known, by: parent.key) { return .refused(.otherParent(of: known.key)) }
            if isAbove(known.key, parent.key) { return .refused(.ancestor(known.key)) }
            try link(known, to: parent)
            try with(parent.key.queue) { $0.releaseIfDone(parent.key.id) }
        }
        try with(known.key.queue) { $0.note(.duplicated, of: known.key.id) }
        return .duplicate(known.key.id)
    }

    /// Why a job of a flow that may be known can't be a child in it.
    private func problem(of node: FlowPlan.Node, below parent: JobParent?) -> ValidationError? {
        guard let id = node.job.id, let known = job(JobKey(queue: node.queue, id: id))?.record else { return nil }
        if node.hasChildren { return .takenInFlow(known.key) }
        if let other = known.parent, job(other.key) != nil { return .otherParent(of: known.key) }
        if let parent, isAbove(known.key, parent.key) { return .ancestor(known.key) }
        return nil
    }

    /// Whether a job has another parent, which is there.
    private func isTaken(_ known: JobRecord, by parent: JobKey) -> Bool {
        guard let other = known.parent, other.key != parent else { return false }
        return job(other.key) != nil
    }

    /// Whether a job is another one or waits for it, over whatever jobs between.
    private func isAbove(_ above: JobKey, _ key: JobKey) -> Bool {
        var (next, seen) = (Optional(key), Set<JobKey>())
        while let key = next, seen.insert(key).inserted {
            if key == above { return true }
            next = job(key)?.record.parent?.key
        }
        return false
    }

    /// The maximum length of a queue that has no room for what the flow brings, or nil.
    private func fullQueue(_ plan: FlowPlan) -> Int? {
        var lengths: [QueueName: Int] = [:]
        for node in plan.nodes where !node.hasChildren {
            if let id = node.job.id, job(JobKey(queue: node.queue, id: id)) != nil { continue }
            guard let queue = queues[node.queue], let most = queue.maxLength else { continue }
            lengths[node.queue, default: queue.counts.length] += 1
            if lengths[node.queue, default: 0] > most { return most }
        }
        return nil
    }

    private mutating func store(_ plan: FlowPlan) throws(StoreError) -> JobID {
        let now = now
        var keys: [JobKey] = []
        for node in plan.nodes {
            let parent = node.parent.map { JobParent(keys[$0], onFailure: node.onFailure) } ?? node.job.parent
            if let id = node.job.id, let known = job(JobKey(queue: node.queue, id: id))?.record {
                if let parent { try link(known, to: parent) }
                try with(node.queue) { $0.note(.duplicated, of: id) }
                keys.append(known.key)
                continue
            }
            var job = node.job
            job.children = []
            job.parent = parent
            let id = try with(node.queue) { queue in
                let id = job.id ?? queue.generateID()
                if node.hasChildren {
                    queue.storeParent(job, as: id)
                } else {
                    queue.store(job, as: id, now: now)
                    queue.edit(id) { $0.parent = job.parent }
                }
                return id
            }
            let key = JobKey(queue: node.queue, id: id)
            if let parent { try with(parent.key.queue) { $0.set(key, of: parent.key.id, to: .pending) } }
            keys.append(key)
        }
        for (node, key) in zip(plan.nodes, keys) where node.hasChildren {
            try with(key.queue) { $0.releaseIfDone(key.id) }
        }
        return keys[0].id
    }

    /// Makes a job that is there a child: one that completed brings its result at once.
    private mutating func link(_ known: JobRecord, to parent: JobParent) throws(StoreError) {
        let standing: Children.Standing =
            known.state == .completed ? .processed(known.result ?? .null) : .pending
        try with(parent.key.queue) { $0.set(known.key, of: parent.key.id, to: standing) }
        try with(known.key.queue) { $0.edit(known.key.id) { $0.parent = parent } }
    }

    // MARK: Commands

    /// Applies a command that concerns a flow; nil for another one.
    mutating func applyToFlow(_ command: JobCommand) throws(StoreError) -> CommandResult? {
        switch command {
        case .removeFlow(let key): try removeFlow(key)
        case .removeUnprocessedChildren(let key): try removeUnprocessedChildren(key)
        case .detach(let key): try detach(key)
        default: nil
        }
    }

    private mutating func removeFlow(_ key: JobKey) throws(StoreError) -> CommandResult {
        guard job(key) != nil else { return .notFound }
        if queues[key.queue]?.isPending(key.id) == true { return .refused(.nextRun) }
        let keys = below([key], following: { _ in true })
        if keys.count > FlowPlan.mostNodes { return .refused(.flowTooLarge) }
        if keys.contains(where: { job($0)?.record.state == .active }) { return .wrongState(.active) }
        try remove(keys)
        return .done
    }

    private mutating func removeUnprocessedChildren(_ key: JobKey) throws(StoreError) -> CommandResult {
        guard let children = job(key)?.children else { return .notFound }
        let pending = children.keys.filter { children.isPending($0) && isChild($0, of: key) && isUnprocessed($0) }
        let keys = below(pending) { $0 == .pending }.filter(isUnprocessed)
        if keys.count > FlowPlan.mostNodes { return .refused(.flowTooLarge) }
        try remove(keys)
        return .done
    }

    /// The jobs and all below them that may be followed, each behind its parent. Nothing below one that is not
    /// to be removed is, where pending ones are followed.
    private func below(_ keys: [JobKey], following isFollowed: (ChildStatus) -> Bool) -> [JobKey] {
        var (found, open, seen) = ([JobKey](), Array(keys.reversed()), Set(keys))
        while let key = open.popLast() {
            guard let children = job(key)?.children else { continue }
            found.append(key)
            if !isFollowed(.processed), !isUnprocessed(key) { continue }
            for child in children.keys.reversed() {
                guard let standing = children[child], isFollowed(standing.status), isChild(child, of: key) else {
                    continue
                }
                if seen.insert(child).inserted { open.append(child) }
            }
        }
        return found
    }

    /// A job under the id of a former child is none.
    private func isChild(_ child: JobKey, of parent: JobKey) -> Bool { job(child)?.record.parent?.key == parent }

    private func isUnprocessed(_ key: JobKey) -> Bool {
        guard let state = job(key)?.record.state else { return false }
        return state != .active && state != .failed
    }

    private mutating func remove(_ keys: [JobKey]) throws(StoreError) {
        for key in keys {
            guard let state = job(key)?.record.state else { continue }
            try with(key.queue) { queue in
                queue.remove(key.id)
                queue.note(.removed(from: state), of: key.id)
            }
        }
    }

    private mutating func detach(_ key: JobKey) throws(StoreError) -> CommandResult {
        guard let record = job(key)?.record else { return .notFound }
        guard let parent = record.parent?.key, job(parent)?.children.isPending(key) == true else {
            return .refused(.noParent)
        }
        try with(key.queue) { queue in
            queue.tellParent(of: key.id, .gone(isSwept: false))
            queue.edit(key.id) { $0.parent = nil }
        }
        return .done
    }
}
