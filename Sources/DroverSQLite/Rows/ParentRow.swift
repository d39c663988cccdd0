import DroverCore

/// Parents and children, to and from the columns of `drover_parents` and `drover_children`.
enum ParentRow {
    private static let policies: [ChildFailurePolicy] = [
        .keepWaiting, .failParent, .continueParent, .ignore, .remove,
    ]
    private static let statuses: [ChildStatus] = [.pending, .processed, .ignored, .failed]

    /// Reads all parents of a job, by `read-parent.sql` and, where that says so, `read-dependents.sql`.
    static func parents(
        of seq: Int64, by statement: (String) throws(StoreError) -> Statement
    ) throws(StoreError) -> [JobParent] {
        let first = try statement(SQL.readParent)
        first.bind(1, seq)
        guard try first.step() else { return [] }
        var parents = [parent(first)]
        let hasMore = first.bool(3)
        first.reset()
        if hasMore {
            let others = try statement(SQL.readDependents)
            others.bind(1, seq)
            while try others.step() { parents.append(parent(others)) }
        }
        return parents
    }

    /// Reads a row of `read-parent.sql` or `read-dependents.sql`. An unknown policy lets the parent wait.
    static func parent(_ row: Statement) -> JobParent {
        let code = Int(row.int(2))
        return JobParent(
            JobKey(queue: QueueName(stored: row.text(0)), id: JobID(stored: row.text(1))),
            onFailure: policies.indices.contains(code) ? policies[code] : .keepWaiting)
    }

    static func code(_ policy: ChildFailurePolicy) -> Int64 { Int64(policies.firstIndex(of: policy) ?? 0) }

    static func code(_ status: ChildStatus) -> Int64 { Int64(statuses.firstIndex(of: status) ?? 0) }

    /// Reads a row of `list-children-ascending.sql` and its sibling.
    static func child(_ row: Statement, _ status: ChildStatus) -> ChildRecord {
        let value = row.optionalText(2)
        return ChildRecord(
            key: JobKey(queue: QueueName(stored: row.text(0)), id: JobID(stored: row.text(1))), status: status,
            result: status == .processed ? JSONText(trusted: value ?? "null") : nil,
            reason: status == .ignored ? value : nil)
    }

    /// Reads the rows of `count-children.sql`.
    static func counts(_ rows: Statement) throws(StoreError) -> ChildCounts {
        var counts = ChildCounts()
        while try rows.step() {
            let code = Int(rows.int(0))
            if statuses.indices.contains(code) { counts[statuses[code]] = Int(rows.count(1)) }
        }
        return counts
    }
}
