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
        if let problem = plan.disarray { return .refused(problem) }
        if let parent = job.parent, self.job(parent.key) == nil { return .refused(.unknownParent(parent.key)) }
        let known = job.id.flatMap { self.job(JobKey(queue: queue, id: $0)) }?.record
        if let parent = job.parent, self.job(parent.key)?.record.state.isFinished == true {
            if let known, known.parents.contains(where: { $0.key == parent.key }) { return try repeated(known, nil) }
            return .refused(.endedParent(parent.key))
        }
        if let known { return try repeated(known, job.parent) }
        var above: Set<JobKey>?
        for node in plan.nodes.dropFirst() {
            guard let id = node.job.id else { continue }
            let key = JobKey(queue: node.queue, id: id)
            guard let known = self.job(key)?.record else {
                if node.isReference { return .refused(.unknownChild(key)) }
                continue
            }
            if let problem = problem(of: node, known) { return .refused(problem) }
            guard let parent = job.parent else { continue }
            if above == nil { above = allAbove(parent.key) }
            if above?.contains(key) == true { return .refused(.ancestor(key)) }
        }
        if let answer = withoutRoom(for: plan) { return answer }
        return .added(try store(plan))
    }

    /// A job is added again: its parent, if it has none, is the given one.
    private mutating func repeated(_ known: JobRecord, _ parent: JobParent?) throws(StoreError) -> EnqueueResult {
        if let parent {
            let others = living(known.parents)
            if !others.isEmpty, !others.contains(where: { $0.key == parent.key }) {
                return .refused(.otherParent(of: known.key))
            }
            if allAbove(parent.key).contains(known.key) { return .refused(.ancestor(known.key)) }
            try link(known, to: [parent])
            try tellFailure(of: known, to: parent)
            try with(parent.key.queue) { $0.releaseIfDone(parent.key.id) }
        }
        try with(known.key.queue) { $0.note(.duplicated, of: known.key.id) }
        return .duplicate(known.key.id)
    }

    /// Why a job that was there before can't be a child in a flow by itself, or nil.
    private func problem(of node: FlowPlan.Node, _ known: JobRecord) -> ValidationError? {
        if node.hasChildren { return .takenInFlow(known.key) }
        let others = living(known.parents)
        if !node.isReference, !others.isEmpty { return .otherParent(of: known.key) }
        if others.count + node.parents.count > FlowPlan.mostParents { return .tooManyParents(known.key.id.text) }
        return nil
    }

    /// Those that are there.
    private func living(_ parents: [JobParent]) -> [JobParent] { parents.filter { job($0.key) != nil } }

    /// A job and all that wait for it, over whatever jobs between.
    private func allAbove(_ key: JobKey) -> Set<JobKey> {
        var (seen, open) = (Set([key]), [key])
        while let next = open.popLast() {
            for parent in job(next)?.record.parents ?? [] where seen.insert(parent.key).inserted {
                open.append(parent.key)
            }
        }
        return seen
    }

    /// The answer where a queue has no room for what the flow brings, or never will; else nil.
    private func withoutRoom(for plan: FlowPlan) -> EnqueueResult? {
        var brought: [QueueName: Int] = [:]
        var full: Int?
        for node in plan.nodes where !node.hasChildren {
            if let id = node.job.id, job(JobKey(queue: node.queue, id: id)) != nil { continue }
            guard let queue = queues[node.queue], let most = queue.maxLength else { continue }
            let count = brought[node.queue, default: 0] + 1
            brought[node.queue] = count
            if count > most { return .refused(.flowTooLong(for: node.queue, maxLength: most)) }
            if queue.counts.length + count > most, full == nil { full = most }
        }
        return full.map { .queueFull(maxLength: $0) }
    }

    private mutating func store(_ plan: FlowPlan) throws(StoreError) -> JobID {
        let now = now
        var (keys, linked) = ([JobKey](), [(record: JobRecord, parent: JobParent)]())
        for node in plan.nodes {
            let parents =
                node.parents.map { JobParent(keys[$0.place], onFailure: $0.onFailure) }
                + (node.job.parent.map { [$0] } ?? [])
            if let id = node.job.id, let known = job(JobKey(queue: node.queue, id: id))?.record {
                try link(known, to: parents)
                if !node.isReference { try with(node.queue) { $0.note(.duplicated, of: id) } }
                keys.append(known.key)
                linked += parents.map { (known, $0) }
                continue
            }
            let job = NewJob(
                id: node.job.id, name: node.job.name, payload: node.job.payload, start: node.job.start,
                options: node.job.options)
            let id = try with(node.queue) { queue in
                let id = job.id ?? queue.generateID()
                if node.hasChildren { queue.storeParent(job, as: id) } else { queue.store(job, as: id, now: now) }
                queue.edit(id) { $0.parents = parents }
                return id
            }
            let key = JobKey(queue: node.queue, id: id)
            for parent in parents { try with(parent.key.queue) { $0.set(key, of: parent.key.id, to: .pending) } }
            keys.append(key)
        }
        for (record, parent) in linked { try tellFailure(of: record, to: parent) }
        for (node, key) in zip(plan.nodes, keys) where node.hasChildren {
            try with(key.queue) { $0.releaseIfDone(key.id) }
        }
        return keys[0].id
    }

    /// Makes a job that is there a child: one that completed brings its result at once, one whose failure the parent
    /// knows already stays as it is. Those of its parents that are gone are forgotten.
    private mutating func link(_ known: JobRecord, to parents: [JobParent]) throws(StoreError) {
        if parents.isEmpty { return }
        let standing: Children.Standing =
            known.state == .completed ? .processed(known.result ?? .null) : .pending
        var all = living(known.parents)
        for parent in parents {
            let present = job(parent.key)?.children[known.key]?.status
            if known.state != .failed || present != .ignored && present != .failed {
                try with(parent.key.queue) { $0.set(known.key, of: parent.key.id, to: standing) }
            }
            if let place = all.firstIndex(where: { $0.key == parent.key }) {
                all[place] = parent
            } else {
                all.append(parent)
            }
        }
        try with(known.key.queue) { queue in queue.edit(known.key.id) { $0.parents = all } }
    }

    /// A job that was linked may have failed before: to its parent it is as if it failed now.
    private mutating func tellFailure(of record: JobRecord, to parent: JobParent) throws(StoreError) {
        guard record.state == .failed else { return }
        try with(parent.key.queue) { queue in
            queue.hear(
                ReferenceQueue.ChildNews(
                    parent: parent.key, child: record.key,
                    content: .failed(parent.onFailure, reason: record.failedReason ?? "")))
        }
    }

    // MARK: Commands

    /// Applies a command that concerns a flow, or what one does to it; nil for what is left to the queue.
    mutating func applyToFlow(_ command: JobCommand) throws(StoreError) -> CommandResult? {
        switch command {
        case .retry(let key, _): try awaitFailedChildren(of: key)
        case .when(let state, .retry(let key, _)) where job(key)?.record.state == state:
            try awaitFailedChildren(of: key)
        case .removeFlow(let key): try removeFlow(key)
        case .removeUnprocessedChildren(let key): try removeUnprocessedChildren(key)
        case .detach(let key): try detach(key)
        default: nil
        }
    }

    /// A job that is to run again waits for the children that failed it, where they still say that they are its own.
    private mutating func awaitFailedChildren(of key: JobKey) throws(StoreError) -> CommandResult? {
        guard let job = job(key), job.record.state.isFinished else { return nil }
        for child in job.children.keys where job.children[child]?.status == .failed {
            let isOwn = isChild(child, of: key)
            try with(key.queue) { $0.set(child, of: key.id, to: isOwn ? .pending : nil) }
        }
        return nil
    }

    private mutating func removeFlow(_ key: JobKey) throws(StoreError) -> CommandResult {
        guard job(key) != nil else { return .notFound }
        if queues[key.queue]?.isPending(key.id) == true { return .refused(.nextRun) }
        let found = below([key], following: { _ in true })
        if found.count > FlowPlan.mostNodes { return .refused(.flowTooLarge) }
        let keys = found.minus(kept(among: found, but: key))
        if keys.contains(where: { job($0)?.record.state == .active }) { return .wrongState(.active) }
        try remove(keys)
        return .done
    }

    private mutating func removeUnprocessedChildren(_ key: JobKey) throws(StoreError) -> CommandResult {
        guard let children = job(key)?.children else { return .notFound }
        let pending = children.keys.filter { children.isPending($0) && isChild($0, of: key) && isUnprocessed($0) }
        let found = below(pending) { $0 == .pending }.filter(isUnprocessed)
        if found.count > FlowPlan.mostNodes { return .refused(.flowTooLarge) }
        let kept = kept(among: found + [key], but: key)
        try remove(found.minus(kept))
        for child in pending where kept.contains(child) {
            try with(key.queue) { $0.hear(.init(parent: key, child: child, content: .gone(isSwept: false))) }
            try with(child.queue) { queue in queue.edit(child.id) { $0.parents.removeAll { $0.key == key } } }
        }
        return .done
    }

    /// Those of the jobs that are not to go with the others, because one waits for them that stays; `root` goes, or is to be rid
    /// of them.
    private func kept(among keys: [JobKey], but root: JobKey) -> Set<JobKey> {
        let all = Set(keys)
        var kept: Set<JobKey> = []
        var open: [JobKey] = []
        func keep(_ key: JobKey) { if key != root, all.contains(key), kept.insert(key).inserted { open.append(key) } }
        for key in keys {
            let parents = job(key)?.record.parents ?? []
            if parents.contains(where: { !all.contains($0.key) && job($0.key)?.children.isPending(key) == true }) {
                keep(key)
            }
        }
        while let key = open.popLast() {
            guard let children = job(key)?.children else { continue }
            for child in children.keys where children.isPending(child) && isChild(child, of: key) { keep(child) }
        }
        return kept
    }

    /// The jobs and all below them that may be followed, each behind one that waits for it. Nothing below one that is not
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
    private func isChild(_ child: JobKey, of parent: JobKey) -> Bool {
        job(child)?.record.parents.contains { $0.key == parent } == true
    }

    private func isUnprocessed(_ key: JobKey) -> Bool {
        guard let state = job(key)?.record.state else { return false }
        return state != .active && state != .failed
    }

    /// Removes jobs of which none hears of the others.
    private mutating func remove(_ keys: [JobKey]) throws(StoreError) {
        let all = Set(keys)
        for key in keys {
            guard let state = job(key)?.record.state else { continue }
            try with(key.queue) { queue in
                queue.remove(key.id, with: all)
                queue.note(.removed(from: state), of: key.id)
            }
        }
    }

    private mutating func detach(_ key: JobKey) throws(StoreError) -> CommandResult {
        guard let record = job(key)?.record else { return .notFound }
        guard record.parents.contains(where: { job($0.key)?.children.isPending(key) == true }) else {
            return .refused(.noParent)
        }
        try with(key.queue) { queue in
            queue.tellParents(of: key.id, .gone(isSwept: false))
            queue.edit(key.id) { $0.parents = [] }
        }
        return .done
    }
}

extension [JobKey] {
    fileprivate func minus(_ others: Set<JobKey>) -> [JobKey] {
        others.isEmpty ? self : filter { !others.contains($0) }
    }
}
