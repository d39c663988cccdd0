import DroverCore

/// Adding flows.
extension WriteSession {
    /// A stored job with those that wait for it, and the row of its queue.
    func find(_ key: JobKey) throws(StoreError) -> (row: JobRow, turn: QueueTurn)? {
        guard let turn = try turn(key.queue), var row = try job(key.id, turn) else { return nil }
        if row.annexes.hasParent { try row.fillParents { sql throws(StoreError) in try statement(sql) } }
        return (row, turn)
    }

    // MARK: Adding

    /// Stores a job with all its children, or nothing.
    func enqueueFlow(_ queue: QueueName, _ job: NewJob) throws(StoreError) -> EnqueueResult {
        let plan = FlowPlan(queue, job)
        if let problem = plan.disarray { return .refused(problem) }
        let known = try job.id.flatMap { id throws(StoreError) in try find(JobKey(queue: queue, id: id)) }
        if let parent = job.parent {
            guard let above = try find(parent.key) else { return .refused(.unknownParent(parent.key)) }
            if above.row.record.state.isFinished {
                guard let known, known.row.record.parents.contains(where: { $0.key == parent.key }) else {
                    return .refused(.endedParent(parent.key))
                }
                return try repeated(known.row, known.turn, nil)
            }
        }
        if let known { return try repeated(known.row, known.turn, job.parent) }
        // What is new has nobody above it: only for a job that was there before is it looked who waits for the parent.
        var above: Set<JobKey>?
        for node in plan.nodes.dropFirst() {
            guard let id = node.job.id else { continue }
            let key = JobKey(queue: node.queue, id: id)
            guard let known = try find(key)?.row.record else {
                if node.isReference { return .refused(.unknownChild(key)) }
                continue
            }
            if let problem = try problem(of: node, known) { return .refused(problem) }
            guard let parent = job.parent else { continue }
            if above == nil { above = try allAbove(parent.key) }
            if above?.contains(key) == true { return .refused(.ancestor(key)) }
        }
        if let answer = try withoutRoom(for: plan) { return answer }
        return .added(try store(plan))
    }

    /// A job is added again: its parent, if it has none, is the given one.
    private func repeated(_ known: JobRow, _ turn: QueueTurn, _ parent: JobParent?) throws(StoreError) -> EnqueueResult
    {
        let key = known.record.key
        if let parent {
            let others = try living(known.record.parents)
            if !others.isEmpty, !others.contains(where: { $0.key == parent.key }) {
                return .refused(.otherParent(of: key))
            }
            if try allAbove(parent.key).contains(key) { return .refused(.ancestor(key)) }
            if let above = try find(parent.key) {
                try link(known, to: [(parent, above.row.seq)])
                try tellFailure(of: known, to: parent)
                if let above = try find(parent.key) { try releaseIfDone(above.row, above.turn) }
            }
        }
        turn.emit(.duplicated, StoredID(known))
        return .duplicate(key.id)
    }

    /// Why a job that was there before can't be a child in a flow by itself, or nil.
    private func problem(of node: FlowPlan.Node, _ known: JobRecord) throws(StoreError) -> ValidationError? {
        if node.hasChildren { return .takenInFlow(known.key) }
        let others = try living(known.parents)
        if !node.isReference, !others.isEmpty { return .otherParent(of: known.key) }
        if others.count + node.parents.count > FlowPlan.mostParents { return .tooManyParents(known.key.id.text) }
        return nil
    }

    /// Those that are there.
    private func living(_ parents: [JobParent]) throws(StoreError) -> [JobParent] {
        var found: [JobParent] = []
        for parent in parents where try find(parent.key) != nil { found.append(parent) }
        return found
    }

    /// A job and all that wait for it, over whatever jobs between.
    private func allAbove(_ key: JobKey) throws(StoreError) -> Set<JobKey> {
        var (seen, open) = (Set([key]), [key])
        while let next = open.popLast() {
            for parent in try find(next)?.row.record.parents ?? [] where seen.insert(parent.key).inserted {
                open.append(parent.key)
            }
        }
        return seen
    }

    /// The answer where a queue has no room for what the flow brings, or never will; else nil.
    private func withoutRoom(for plan: FlowPlan) throws(StoreError) -> EnqueueResult? {
        var brought: [QueueName: Int64] = [:]
        var full: Int64?
        for node in plan.nodes where !node.hasChildren {
            guard let turn = try turn(node.queue), let most = turn.maxLength else { continue }
            if let id = node.job.id, try find(JobKey(queue: node.queue, id: id)) != nil { continue }
            let count = (brought[node.queue] ?? 0) + 1
            brought[node.queue] = count
            if count > most { return .refused(.flowTooLong(for: node.queue, maxLength: Int(most))) }
            if turn.length + count > most, full == nil { full = most }
        }
        return full.map { .queueFull(maxLength: Int($0)) }
    }

    private func store(_ plan: FlowPlan) throws(StoreError) -> JobID {
        var seqs: [Int64] = []
        var keys: [JobKey] = []
        var linked: [(row: JobRow, parent: JobParent)] = []
        for node in plan.nodes {
            let turn = try turnCreating(node.queue)
            var parents = node.parents.map { bond in
                (parent: JobParent(keys[bond.place], onFailure: bond.onFailure), seq: seqs[bond.place])
            }
            if let outer = node.job.parent, let above = try find(outer.key)?.row.seq { parents.append((outer, above)) }
            if let id = node.job.id, let known = try find(JobKey(queue: node.queue, id: id)) {
                try link(known.row, to: parents)
                linked += parents.map { (known.row, $0.parent) }
                if !node.isReference { turn.emit(.duplicated, StoredID(known.row)) }
                seqs.append(known.row.seq)
                keys.append(known.row.record.key)
                continue
            }
            let seq: Int64
            let id: JobID
            if node.hasChildren {
                (seq, id) = try storeParent(node.job, turn)
            } else {
                seq = lastNumber + 1
                guard case .added(let added) = try enqueue(node.job, turn) else {
                    throw StoreError(.corrupt, "a job of a flow in \(node.queue) was found only when it was stored")
                }
                id = added
            }
            let key = JobKey(queue: node.queue, id: id)
            if !parents.isEmpty { try save(parents.map(\.parent), of: seq, isNew: true) }
            for parent in parents { try save(key, of: parent.seq, .pending) }
            if let outer = parents.first, node.parents.isEmpty { try mark(outer.seq, JobAnnexes.childrenBit) }
            seqs.append(seq)
            keys.append(key)
        }
        for (row, parent) in linked { try tellFailure(of: row, to: parent) }
        for (node, key) in zip(plan.nodes, keys) where node.hasChildren {
            if let stored = try find(key) { try releaseIfDone(stored.row, stored.turn) }
        }
        return keys[0].id
    }

    /// Stores a job that waits for its children.
    private func storeParent(_ job: NewJob, _ turn: QueueTurn) throws(StoreError) -> (seq: Int64, JobID) {
        let seq = nextNumber()
        let stored = StoredID(seq: seq, own: job.id?.text)
        let insert = try statement(.insertJob)
        insert.bind(1, seq)
        insert.bind(2, turn.number)
        insert.bind(3, StateCode.waitingChildren)
        insert.bind(4, now)
        insert.bind(5, seq)
        insert.bind(6, job.id?.text)
        insert.bind(7, job.name.text)
        insert.bind(8, Int64(job.options.priority))
        insert.bind(9, now)
        insert.bind(10, try options.text(job.storedOptions))
        insert.bind(11, job.payload.text)
        try insert.run()
        try mark(seq, JobAnnexes.childrenBit)
        try joinGroup(of: job.options, seq)
        let delay: Int64 =
            switch job.start {
            case .now: 0
            case .after(let delay): delay.wholeMilliseconds
            case .at(let instant): instant.milliseconds - now
            }
        if delay > 0 { try setWaitDelay(delay, of: seq) }
        turn.added(StateCode.waitingChildren)
        turn.emit(.added(job.name), stored)
        turn.emit(.waitingChildren(from: nil), stored)
        return (seq, stored.id)
    }

    /// Makes a job that is there a child: one that completed brings its result at once, one whose failure the parent
    /// knows already stays as it is. Those of its parents that are gone are forgotten.
    private func link(_ known: JobRow, to parents: [(parent: JobParent, seq: Int64)]) throws(StoreError) {
        if parents.isEmpty { return }
        let key = known.record.key
        var all = try living(known.record.parents)
        for (parent, above) in parents {
            let hasFailed = known.record.state == .failed
            let isTold = hasFailed ? try isChild(key, of: above, by: SQL.findFailedChild) : false
            if !isTold {
                try forget(key, of: above)
                if known.record.state == .completed {
                    try save(key, of: above, .processed, known.record.result?.text ?? "null")
                } else {
                    try save(key, of: above, .pending)
                }
            }
            try mark(above, JobAnnexes.childrenBit)
            if let place = all.firstIndex(where: { $0.key == parent.key }) {
                all[place] = parent
            } else {
                all.append(parent)
            }
        }
        try save(all, of: known.seq)
    }

    /// A job that was linked may have failed before: to its parent it is as if it failed now.
    private func tellFailure(of row: JobRow, to parent: JobParent) throws(StoreError) {
        guard row.record.state == .failed else { return }
        try tell(parent, of: row.record.key, .failed(reason: row.record.failedReason ?? ""))
    }
}
