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
    /// Whether the job, for which several wait, stands elsewhere in the tree with its children: where the fewest levels lie
    /// above it, and of such places in the first.
    public var isRepeated = false

    /// How many of its children were not read, here or where the job stands with them.
    public var unread: Int { isRepeated ? 0 : max(counts.total - children.count, 0) }

    /// Reads the jobs level by level, so that one call reads those of a level.
    ///
    /// Children stand by their status and, within one, by queue and id, numbers by their value.
    static func read(
        _ key: JobKey, from store: some JobInspecting, depth: Int, limit: Int
    ) async throws(StoreError) -> FlowTree? {
        guard let root = try await store.jobs([key]).first ?? nil else { return nil }
        var reading = FlowReading()
        try await reading.read(key, from: store, depth: depth, limit: limit)
        return reading.tree(FlowTree(key: key, job: root), at: 0)
    }
}

/// Jobs of a flow as they were read, each where the fewest levels lie above it, so that the most can be read below it.
private struct FlowReading {
    private struct Part {
        var level: Int
        var counts = ChildCounts()
        var children: [(record: ChildRecord, job: JobRecord?)] = []
    }

    private var parts: [JobKey: Part] = [:]
    /// Jobs that stand in the tree with what is below them.
    private var drawn: Set<JobKey> = []

    /// How many jobs are read in one call.
    private static let batch = 1000

    mutating func read(
        _ root: JobKey, from store: some JobInspecting, depth: Int, limit: Int
    ) async throws(StoreError) {
        parts[root] = Part(level: 0)
        var level = [root]
        for number in 0...max(depth, 0) where !level.isEmpty {
            var below: [(parent: JobKey, record: ChildRecord)] = []
            for key in level {
                let (counts, records) = try await Self.children(of: key, store, limit)
                parts[key]?.counts = counts
                below += records.map { (key, $0) }
            }
            guard number < depth else { return }
            level = []
            for start in stride(from: 0, to: below.count, by: Self.batch) {
                let some = below[start..<min(start + Self.batch, below.count)]
                for ((parent, record), job) in zip(some, try await store.jobs(some.map(\.record.key))) {
                    // A job under the id of a former child is none.
                    let isChild = job?.parents.contains { $0.key == parent } == true
                    parts[parent]?.children.append((record, isChild ? job : nil))
                    if isChild, parts[record.key] == nil {
                        parts[record.key] = Part(level: number + 1)
                        level.append(record.key)
                    }
                }
            }
        }
    }

    private static func children(
        of key: JobKey, _ store: some JobInspecting, _ limit: Int
    ) async throws(StoreError) -> (ChildCounts, [ChildRecord]) {
        var counts = ChildCounts()
        var records: [ChildRecord] = []
        for status in ChildStatus.allCases {
            // The first page tells all counts.
            if status != .pending, counts[status] == 0 { continue }
            let page = try await store.children(of: key, status, page: Page(limit: limit))
            counts = page.counts
            records += page.children.sorted { Place($0.key) < Place($1.key) }
        }
        return (counts, records)
    }

    /// The tree of a job with what was read below it.
    mutating func tree(_ top: FlowTree, at level: Int) -> FlowTree {
        var tree = top
        guard let part = parts[top.key] else { return tree }
        guard part.level == level, drawn.insert(top.key).inserted else {
            tree.isRepeated = true
            return tree
        }
        tree.counts = part.counts
        for (record, job) in part.children {
            let child = FlowTree(key: record.key, child: record, job: job)
            tree.children.append(job == nil ? child : self.tree(child, at: level + 1))
        }
        return tree
    }

    /// Where a child stands among others, whatever the store.
    private struct Place: Comparable {
        let key: JobKey
        /// How many digits the id has; nil for one that is no number. Those come behind all numbers.
        let digits: Int?

        init(_ key: JobKey) {
            self.key = key
            let id = key.id.text.utf8
            digits = id.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? id.count : nil
        }

        static func < (left: Place, right: Place) -> Bool {
            if left.key.queue != right.key.queue { return left.key.queue < right.key.queue }
            let (first, second) = (left.digits ?? .max, right.digits ?? .max)
            return first == second ? left.key.id < right.key.id : first < second
        }
    }
}
