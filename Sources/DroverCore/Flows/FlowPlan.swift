/// The jobs of a flow in a row: each behind its parent.
package struct FlowPlan: Sendable {
    /// One job of it.
    package struct Node: Sendable {
        /// Its queue.
        package var queue: QueueName
        /// The job, whose children are nodes of their own.
        package var job: NewJob
        /// The place of its parent in the row; nil for the root.
        package var parent: Int?
        /// What its failure means to the parent.
        package var onFailure: ChildFailurePolicy
        /// Whether it has children in the flow.
        package var hasChildren: Bool
        /// How many nodes lie above it.
        var level: Int
    }

    /// The nodes; the root first.
    package private(set) var nodes: [Node] = []
    /// Whether there were more nodes or levels than may be, so that some are missing.
    private var isCut = false

    /// How many jobs a flow has at most.
    package static let mostNodes = 20_000
    /// How many levels it has at most: a tree is taken apart level by level in memory.
    package static let mostLevels = 1_000

    /// The row of a job with its children.
    package init(_ queue: QueueName, _ job: NewJob) {
        var open = [Node(queue: queue, job: job, onFailure: .keepWaiting, hasChildren: !job.children.isEmpty, level: 0)]
        while let node = open.popLast() {
            guard nodes.count < Self.mostNodes, node.level < Self.mostLevels else {
                isCut = true
                return
            }
            let place = nodes.count
            nodes.append(node)
            for child in node.job.children.reversed() {
                open.append(
                    Node(
                        queue: child.queue, job: child.job, parent: place, onFailure: child.onFailure,
                        hasChildren: !child.job.children.isEmpty, level: node.level + 1))
            }
        }
    }

    /// The first rule that the flow breaks, or nil.
    ///
    /// - Parameter checksRoot: whether the queue of the root is its own.
    func problem(checkingRoot checksRoot: Bool) -> ValidationError? {
        if isCut {
            return ValidationError("children", "a flow has at most 20,000 jobs on at most 1,000 levels; add some later")
        }
        for node in nodes {
            if let problem = node.job.ownProblem ?? node.job.id?.problemInFlow { return problem }
            if checksRoot || node.parent != nil, let problem = node.job.problemOfRoute(in: node.queue) {
                return problem
            }
            if node.job.options.deduplication != nil {
                return ValidationError(
                    "deduplication",
                    "a job with children or a parent may not have one; give it an id of its own instead")
            }
            if node.parent != nil, node.job.parent != nil {
                return ValidationError("parent", "only the first job of a flow may name a parent")
            }
        }
        return nil
    }

    /// The problem of a flow that has an id twice in one queue, or nil.
    package var repetition: ValidationError? {
        if nodes.count == 1 { return nil }
        var known: Set<JobKey> = []
        for node in nodes {
            guard let id = node.job.id else { continue }
            if !known.insert(JobKey(queue: node.queue, id: id)).inserted {
                return ValidationError("id", "the flow has two jobs \(id) in queue \(node.queue)")
            }
        }
        return nil
    }
}
