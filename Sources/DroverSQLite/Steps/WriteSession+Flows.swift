import DroverCore

/// Adding flows, and what is done to them as a whole.
extension WriteSession {
    /// A stored job with its parent, and the row of its queue.
    private func find(_ key: JobKey) throws(StoreError) -> (row: JobRow, turn: QueueTurn)? {
        guard let turn = try turn(key.queue), var row = try job(key.id, turn) else { return nil }
        if row.annexes.hasParent { try row.fillParent(by: statement(SQL.readParent)) }
        return (row, turn)
    }

    // MARK: Adding

    /// Stores a job with all its children, or nothing.
    func enqueueFlow(_ queue: QueueName, _ job: NewJob) throws(StoreError) -> EnqueueResult {
        let plan = FlowPlan(queue, job)
        if let problem = plan.repetition { return .refused(problem) }
        let known = try job.id.flatMap { id throws(StoreError) in try find(JobKey(queue: queue, id: id)) }
        if let parent = job.parent {
            guard let above = try find(parent.key) else { return .refused(.unknownParent(parent.key)) }
            if above.row.record.state.isFinished {
                guard let known, known.row.record.parent?.key == parent.key else {
                    return .refused(.endedParent(parent.key))
                }
                return try repeated(known.row, known.turn, nil)
            }
        }
        if let known { return try repeated(known.row, known.turn, job.parent) }
        for node in plan.nodes.dropFirst() {
            if let problem = try problem(of: node, below: job.parent) { return .refused(problem) }
        }
        if let answer = try withoutRoom(for: plan) { return answer }
        return .added(try store(plan))
    }

    /// A job is added again: its parent, if it has none, is the given one.
    private func repeated(_ known: JobRow, _ turn: QueueTurn, _ parent: JobParent?) throws(StoreError) -> EnqueueResult
    {
        let key = known.record.key
        if let parent {
            if let other = known.record.parent, other.key != parent.key, try find(other.key) != nil {
                return .refused(.otherParent(of: key))
            }
            if try isAbove(key, parent.key) { return .refused(.ancestor(key)) }
            if let above = try find(parent.key) {
                try link(known, to: parent, above.row.seq)
                try tellFailure(of: known, to: parent)
                if let above = try find(parent.key) { try releaseIfDone(above.row, above.turn) }
            }
        }
        turn.emit(.duplicated, StoredID(known))
        return .duplicate(key.id)
    }

    /// Why a job of a flow that may be known can't be a child in it.
    private func problem(of node: FlowPlan.Node, below parent: JobParent?) throws(StoreError) -> ValidationError? {
        guard let id = node.job.id, let known = try find(JobKey(queue: node.queue, id: id))?.row.record else {
            return nil
        }
        if node.hasChildren { return .takenInFlow(known.key) }
        if let other = known.parent, try find(other.key) != nil { return .otherParent(of: known.key) }
        if let parent, try isAbove(known.key, parent.key) { return .ancestor(known.key) }
        return nil
    }

    /// Whether a job is another one or waits for it, over whatever jobs between.
    private func isAbove(_ above: JobKey, _ key: JobKey) throws(StoreError) -> Bool {
        var (next, seen) = (Optional(key), Set<JobKey>())
        while let key = next, seen.insert(key).inserted {
            if key == above { return true }
            next = try find(key)?.row.record.parent?.key
        }
        return false
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
            let parent = node.parent.map { JobParent(keys[$0], onFailure: node.onFailure) } ?? node.job.parent
            let above: Int64? =
                if let place = node.parent {
                    seqs[place]
                } else {
                    try parent.flatMap { parent throws(StoreError) in try find(parent.key)?.row.seq }
                }
            if let id = node.job.id, let known = try find(JobKey(queue: node.queue, id: id)) {
                if let parent, let above {
                    try link(known.row, to: parent, above)
                    linked.append((known.row, parent))
                }
                turn.emit(.duplicated, StoredID(known.row))
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
            if let parent, let above {
                try save(parent, of: seq)
                try save(key, of: above, .pending)
                if node.parent == nil { try mark(above, JobAnnexes.childrenBit) }
            }
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
    /// knows already stays as it is.
    private func link(_ known: JobRow, to parent: JobParent, _ above: Int64) throws(StoreError) {
        let key = known.record.key
        try save(parent, of: known.seq)
        if known.record.state == .failed, try has(SQL.findFailedChild, key, of: above) { return }
        try forget(key, of: above)
        if known.record.state == .completed {
            try save(key, of: above, .processed, known.record.result?.text ?? "null")
        } else {
            try save(key, of: above, .pending)
        }
        try mark(above, JobAnnexes.childrenBit)
    }

    /// A job that was linked may have failed before: to its parent it is as if it failed now.
    private func tellFailure(of row: JobRow, to parent: JobParent) throws(StoreError) {
        guard row.record.state == .failed else { return }
        try tell(parent, of: row.record.key, .failed(reason: row.record.failedReason ?? ""))
    }

    // MARK: Commands

    func removeFlow(_ root: JobRow, _ turn: QueueTurn) throws(StoreError) -> CommandResult {
        if try isPending(root, turn) { return .refused(.nextRun) }
        guard let rows = try below([root.record.key], onlyPending: false) else { return .refused(.flowTooLarge) }
        if rows.contains(where: { $0.record.state == .active }) { return .wrongState(.active) }
        try remove(rows.map(\.record.key))
        return .done
    }

    func removeUnprocessedChildren(_ parent: JobRow) throws(StoreError) -> CommandResult {
        guard let rows = try below(children(of: parent, onlyPending: true), onlyPending: true) else {
            return .refused(.flowTooLarge)
        }
        try remove(rows.filter(Self.isUnprocessed).map(\.record.key))
        return .done
    }

    /// The jobs and all below them, each behind its parent; nil when they are more than one call may remove. Nothing below
    /// one that is not to be removed is, where only pending ones are followed.
    private func below(_ keys: [JobKey], onlyPending: Bool) throws(StoreError) -> [JobRow]? {
        var (found, open, seen) = ([JobRow](), Array(keys.reversed()), Set(keys))
        while let key = open.popLast() {
            guard let row = try find(key)?.row else { continue }
            found.append(row)
            if found.count > FlowPlan.mostNodes { return nil }
            if onlyPending, !Self.isUnprocessed(row) { continue }
            for child in try children(of: row, onlyPending: onlyPending).reversed()
            where seen.insert(child).inserted { open.append(child) }
        }
        return found
    }

    private static func isUnprocessed(_ row: JobRow) -> Bool {
        row.record.state != .active && row.record.state != .failed
    }

    /// The children that still say that they are: a job under the id of a former child is none.
    private func children(of row: JobRow, onlyPending: Bool) throws(StoreError) -> [JobKey] {
        guard row.annexes.hasChildren else { return [] }
        var keys: [JobKey] = []
        for status in onlyPending ? [.pending] : ChildStatus.allCases {
            let list = try statement(SQL.listChildrenAscending)
            list.bind(1, row.seq)
            list.bind(2, ParentRow.code(status))
            list.bind(3, "")
            list.bind(4, "")
            list.bind(5, Int64(FlowPlan.mostNodes) + 1)
            while try list.step() { keys.append(ParentRow.child(list, status).key) }
        }
        var own: [JobKey] = []
        for key in keys where try find(key)?.row.record.parent?.key == row.record.key { own.append(key) }
        return own
    }

    private func remove(_ keys: [JobKey]) throws(StoreError) {
        for key in keys {
            guard let (row, turn) = try find(key) else { continue }
            try freeDeduplication(of: row.record.key.id, row.annexes, turn)
            try remove(row.seq, state: StateCode.code(row.record.state), row.annexes, turn)
            turn.emit(.removed(from: row.record.state), StoredID(row))
        }
    }

    func detach(_ row: JobRow, _ turn: QueueTurn) throws(StoreError) -> CommandResult {
        guard row.annexes.hasParent, let child = try find(row.record.key)?.row.record, let parent = child.parent,
            let above = try find(parent.key)?.row, try isPending(child.key, of: above.seq)
        else { return .refused(.noParent) }
        try tellParent(of: row.seq, StoredID(row), .gone(isSwept: false), turn)
        try forgetParent(of: row.seq)
        try mark(row.seq, 0, keeping: JobAnnexes.allBits & ~JobAnnexes.parentBit)
        return .done
    }

    private func isPending(_ child: JobKey, of seq: Int64) throws(StoreError) -> Bool {
        try has(SQL.findPendingChild, child, of: seq)
    }

    private func has(_ sql: String, _ child: JobKey, of seq: Int64) throws(StoreError) -> Bool {
        let list = try statement(sql)
        list.bind(1, seq)
        list.bind(2, child.queue.text)
        list.bind(3, child.id.text)
        defer { list.reset() }
        return try list.step()
    }
}
