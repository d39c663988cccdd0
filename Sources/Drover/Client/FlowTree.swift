public import DroverCore

/// A job with what is below it in its flow, as it was read.
public struct FlowTree: Hashable, Sendable {
    /// The job's queue and id.
    public var key: JobKey
    /// How it stands as its parent knows it; nil at the top of the tree.
    public var child: ChildRecord?
    /// The job; nil for a child that was removed.
    public var job: JobRecord?
    /// How many children it has, also of those that were not read.
    public var counts = ChildCounts()
    /// Its children that were read.
    public var children: [FlowTree] = []
    /// Whether the job, for which several wait, stands in the tree before, with its children.
    public var isRepeated = false

    /// How many of its children were not read, here or where the job stands first.
    public var unread: Int { isRepeated ? 0 : max(counts.total - children.count, 0) }

    /// Reads the jobs level by level, so that one call reads those of a level.
    static func read(
        _ key: JobKey, from store: some JobInspecting, depth: Int, limit: Int
    ) async throws(StoreError) -> FlowTree? {
        guard let root = try await store.jobs([key]).first ?? nil else { return nil }
        var tree = FlowTree(key: key, job: root)
        var seen: Set<JobKey> = [key]
        try await tree.readChildren(from: store, depth: depth, limit: limit, &seen)
        return tree
    }

    private mutating func readChildren(
        from store: some JobInspecting, depth: Int, limit: Int, _ seen: inout Set<JobKey>
    ) async throws(StoreError) {
        var records: [ChildRecord] = []
        for status in ChildStatus.allCases {
            // The first page tells all counts.
            if status != .pending, counts[status] == 0 { continue }
            let page = try await store.children(of: key, status, page: Page(limit: limit))
            counts = page.counts
            records += page.children
        }
        guard depth > 0, !records.isEmpty else { return }
        let jobs = try await store.jobs(records.map(\.key))
        for (record, job) in zip(records, jobs) {
            // A job under the id of a former child is none.
            let isChild = job?.parents.contains { $0.key == key } == true
            var child = FlowTree(key: record.key, child: record, job: isChild ? job : nil)
            child.isRepeated = isChild && !seen.insert(record.key).inserted
            if isChild, !child.isRepeated {
                try await child.readChildren(from: store, depth: depth - 1, limit: limit, &seen)
            }
            children.append(child)
        }
    }
}
