import DroverCore

/// What is done to flows as a whole.
extension WriteSession {
    func removeFlow(_ root: JobRow, _ turn: QueueTurn) throws(StoreError) -> CommandResult {
        if try isPending(root, turn) { return .refused(.nextRun) }
        let key = root.record.key
        guard let found = try below([key], onlyPending: false) else { return .refused(.flowTooLarge) }
        let kept = try kept(among: found, but: key)
        let rows = found.filter { !kept.contains($0.record.key) }
        if rows.contains(where: { $0.record.state == .active }) { return .wrongState(.active) }
        try remove(rows.map(\.record.key))
        return .done
    }

    func removeUnprocessedChildren(_ parent: JobRow) throws(StoreError) -> CommandResult {
        guard let parent = try find(parent.record.key)?.row else { return .notFound }
        let children = try children(of: parent, onlyPending: true)
        guard let found = try below(children, onlyPending: true) else { return .refused(.flowTooLarge) }
        let key = parent.record.key
        let kept = try kept(among: found + [parent], but: key)
        try remove(found.map(\.record.key).filter { !kept.contains($0) })
        for child in children where kept.contains(child) {
            guard let row = try find(child)?.row else { continue }
            try tell(JobParent(key), of: child, .gone(isSwept: false))
            try save(row.record.parents.filter { $0.key != key }, of: row.seq)
        }
        return .done
    }

    /// Those of the jobs that are not to go with the others, because one waits for them that stays; `root` goes, or is to be rid
    /// of them.
    private func kept(among rows: [JobRow], but root: JobKey) throws(StoreError) -> Set<JobKey> {
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
            for child in try children(of: row, onlyPending: true) { keep(child) }
        }
        return kept
    }

    /// The jobs and all below them, each behind one that waits for it; nil when they are more than one call may remove. Where only
    /// pending ones are followed, those that are not to be removed are left out, with what is below them alone.
    private func below(_ keys: [JobKey], onlyPending: Bool) throws(StoreError) -> [JobRow]? {
        var (found, open, seen) = ([JobRow](), Array(keys.reversed()), Set(keys))
        while let key = open.popLast() {
            guard let row = try find(key)?.row else { continue }
            if onlyPending, !Self.isUnprocessed(row) { continue }
            found.append(row)
            if found.count > FlowPlan.mostNodes { return nil }
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
            // Of pending ones those that are active or failed stay and do not count, however many they are.
            list.bind(5, onlyPending ? Int64.max : Int64(FlowPlan.mostNodes) + 1)
            while try list.step() { keys.append(ParentRow.child(list, status).key) }
        }
        var own: [JobKey] = []
        for key in keys {
            let parents = try find(key)?.row.record.parents ?? []
            if parents.contains(where: { $0.key == row.record.key }) { own.append(key) }
        }
        return own
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
