import DroverCore

/// What is done to flows as a whole.
extension WriteSession {
    func removeFlow(_ root: JobRow, _ turn: QueueTurn) throws(StoreError) -> CommandResult {
        if try isPending(root, turn) { return .refused(.nextRun) }
        let key = root.record.key
        guard let found = try below([key], .all) else { return .refused(.flowTooLarge) }
        let kept = try kept(among: found, but: key, .pending)
        let rows = found.filter { !kept.contains($0.record.key) }
        if rows.contains(where: { $0.record.state == .active }) { return .wrongState(.active) }
        try remove(rows.map(\.record.key))
        return .done
    }

    func removeUnprocessedChildren(_ parent: JobRow) throws(StoreError) -> CommandResult {
        guard let parent = try find(parent.record.key)?.row else { return .notFound }
        let children = try children(of: parent, .unprocessed)
        guard let found = try below(children, .unprocessed) else { return .refused(.flowTooLarge) }
        let key = parent.record.key
        let kept = try kept(among: found + [parent], but: key, .unprocessed)
        try remove(found.map(\.record.key).filter { !kept.contains($0) })
        for child in children where kept.contains(child) {
            guard let row = try find(child)?.row else { continue }
            try tell(JobParent(key), of: child, .gone(isSwept: false))
            try save(row.record.parents.filter { $0.key != key }, of: row.seq)
        }
        return .done
    }

    /// A job that is to run again waits for the children that failed it, where they still say that they are its own. Whether it
    /// waits for any child.
    func waitsAgain(_ row: JobRow) throws(StoreError) -> Bool {
        guard row.annexes.hasChildren else { return false }
        // Each of a page is failed no more, and so is not in the next one.
        while case let page = try children(of: row.seq, .failed, .all, behind: nil), !page.isEmpty {
            for child in page {
                try forget(child, of: row.seq)
                let parents = try find(child)?.row.record.parents ?? []
                if parents.contains(where: { $0.key == row.record.key }) { try save(child, of: row.seq, .pending) }
            }
        }
        return try hasChild(of: row.seq, .pending)
    }

    /// Those of the jobs that are not to go with the others, because one waits for them that stays; `root` goes, or is to be rid
    /// of them. What stays keeps the children below it that are `followed`.
    private func kept(among rows: [JobRow], but root: JobKey, _ followed: FollowedChildren) throws(StoreError) -> Set<
        JobKey
    > {
        var all: [JobKey: JobRow] = [:]
        for row in rows { all[row.record.key] = row }
        var kept: Set<JobKey> = []
        var open: [JobRow] = []
        func keep(_ key: JobKey) {
            if key != root, let row = all[key], kept.insert(key).inserted { open.append(row) }
        }
        for row in rows {
            let key = row.record.key
            for parent in row.record.parents where all[parent.key] == nil {
                if let above = try find(parent.key)?.row, try isPending(key, of: above.seq) { keep(key) }
            }
        }
        while let row = open.popLast() {
            for child in try children(of: row, followed) { keep(child) }
        }
        return kept
    }

    /// The jobs and all below them, each behind one that waits for it; nil when they are more than one call may remove. Children
    /// that are not followed are left out, with what is below them alone.
    private func below(_ keys: [JobKey], _ followed: FollowedChildren) throws(StoreError) -> [JobRow]? {
        var (found, open, seen) = ([JobRow](), Array(keys.reversed()), Set(keys))
        while let key = open.popLast() {
            guard let row = try find(key)?.row else { continue }
            found.append(row)
            if found.count > FlowPlan.mostNodes { return nil }
            for child in try children(of: row, followed).reversed()
            where seen.insert(child).inserted { open.append(child) }
        }
        return found
    }

    /// The children that still say that they are: a job under the id of a former child is none. Once they are more than one call
    /// may remove, no more are read.
    private func children(of row: JobRow, _ followed: FollowedChildren) throws(StoreError) -> [JobKey] {
        guard row.annexes.hasChildren else { return [] }
        var own: [JobKey] = []
        for status in followed.statuses {
            var page: [JobKey] = []
            repeat {
                page = try children(of: row.seq, status, followed, behind: page.last)
                for key in page {
                    let parents = try find(key)?.row.record.parents ?? []
                    if parents.contains(where: { $0.key == row.record.key }) { own.append(key) }
                }
            } while page.count > FlowPlan.mostNodes && own.count <= FlowPlan.mostNodes
        }
        return own
    }

    /// At most one child more than one call may remove.
    private func children(
        of seq: Int64, _ status: ChildStatus, _ followed: FollowedChildren, behind last: JobKey?
    ) throws(StoreError) -> [JobKey] {
        let list = try statement(followed.sql)
        list.bind(1, seq)
        list.bind(2, ParentRow.code(status))
        list.bind(3, last?.queue.text ?? "")
        list.bind(4, last?.id.text ?? "")
        list.bind(5, Int64(FlowPlan.mostNodes) + 1)
        var keys: [JobKey] = []
        while try list.step() {
            keys.append(JobKey(queue: QueueName(stored: list.text(0)), id: JobID(stored: list.text(1))))
        }
        return keys
    }

    /// Removes jobs of which none hears of the others.
    private func remove(_ keys: [JobKey]) throws(StoreError) {
        let all = Set(keys)
        for key in keys {
            guard let (row, turn) = try find(key) else { continue }
            try freeDeduplication(of: row.record.key.id, row.annexes, turn)
            try remove(row.seq, state: StateCode.code(row.record.state), row.annexes, turn, with: all)
            turn.emit(.removed(from: row.record.state), StoredID(row))
        }
    }

    func detach(_ row: JobRow, _ turn: QueueTurn) throws(StoreError) -> CommandResult {
        guard row.annexes.hasParent, let child = try find(row.record.key)?.row.record else {
            return .refused(.noParent)
        }
        var isAwaited = false
        for parent in child.parents where !isAwaited {
            if let above = try find(parent.key)?.row { isAwaited = try isPending(child.key, of: above.seq) }
        }
        if !isAwaited { return .refused(.noParent) }
        try tellParents(of: row.seq, StoredID(row), .gone(isSwept: false), turn)
        try save([], of: row.seq)
        return .done
    }

    private func isPending(_ child: JobKey, of seq: Int64) throws(StoreError) -> Bool {
        try isChild(child, of: seq, by: SQL.findPendingChild)
    }

    /// Whether a statement finds a child of a job.
    func isChild(_ child: JobKey, of seq: Int64, by sql: String) throws(StoreError) -> Bool {
        let list = try statement(sql)
        list.bind(1, seq)
        list.bind(2, child.queue.text)
        list.bind(3, child.id.text)
        defer { list.reset() }
        return try list.step()
    }
}
