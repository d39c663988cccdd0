/// The jobs of a flow in a row: each behind all that wait for it.
package struct FlowPlan: Sendable {
    /// A job of the flow that waits for another one of it.
    package struct Bond: Hashable, Sendable {
        /// Its place in the row.
        package var place: Int
        /// What the failure of the other one means to it.
        package var onFailure: ChildFailurePolicy
    }

    /// One job of it.
    package struct Node: Sendable {
        /// Its queue.
        package var queue: QueueName
        /// The job, whose children are nodes of their own.
        package var job: NewJob
        /// Whether it stands for a job that is stored already.
        package var isReference: Bool
        /// Those that wait for it, in the order of the row; empty for the root and for companions that nobody waits for.
        package var parents: [Bond] = []
        /// Whether it waits for others of the flow.
        package var hasChildren: Bool
        /// How many nodes lie above it, at most.
        var level = 0

        /// What it is called in messages.
        var label: String { job.id?.text ?? job.name.text }
    }

    /// The nodes; the root first.
    package private(set) var nodes: [Node] = []
    /// The place of the job that the flow begins with: 0, but where others of it wait for that one.
    private var first = 0
    /// The bound that the flow passes as it is taken apart, so that some of it is missing; or nil.
    private var cut: ValidationError?
    /// Why there is no row, or nil.
    private var disorder: ValidationError?

    /// How many jobs a flow has at most.
    package static let mostNodes = 20_000
    /// How many levels it has at most: a tree is taken apart level by level in memory.
    package static let mostLevels = 1_000
    /// How many others wait for a job at most: all of them are told of its end in one step.
    package static let mostParents = 5_000
    /// How many times a job of it waits for another one at most: the store holds them all in one step.
    package static let mostBonds = 100_000

    /// The row of a job with its children and companions.
    package init(_ queue: QueueName, _ job: NewJob) {
        let draft: FlowDraft
        do throws(ValidationError) { draft = try FlowDraft(queue, job) } catch {
            cut = error
            return
        }
        let row: [Int]
        do throws(FlowOrder.Cycle) {
            row = try FlowOrder.row(from: draft.roots, children: draft.children.map { $0.map(\.place) })
        } catch {
            nodes = draft.nodes
            disorder = .cycle(error.places.map { draft.nodes[$0].label })
            return
        }
        var places = [Int](repeating: 0, count: row.count)
        for (place, index) in row.enumerated() { places[index] = place }
        first = places[0]
        nodes = row.map { draft.nodes[$0] }
        for (place, index) in row.enumerated() {
            for bond in draft.children[index] {
                let child = places[bond.place]
                nodes[child].level = max(nodes[child].level, nodes[place].level + 1)
                if nodes[child].parents.last?.place == place {
                    disorder = disorder ?? .twice(nodes[place].label, nodes[child].label)
                }
                nodes[child].parents.append(Bond(place: place, onFailure: bond.onFailure))
            }
        }
        disorder = disorder ?? bounds
    }

    /// The first bound that the row passes, or nil.
    private var bounds: ValidationError? {
        if let first = nodes.first(where: { !$0.parents.isEmpty && $0.job.hasCompanions }) {
            return ValidationError(
                "flow", "begins with \(first.label), which others of it wait for; begin with one that nobody waits for")
        }
        if nodes.contains(where: { $0.level >= Self.mostLevels }) { return Self.tooLarge }
        if let node = nodes.first(where: { $0.parents.count > Self.mostParents }) { return .tooManyParents(node.label) }
        return nil
    }

    fileprivate static var tooLarge: ValidationError {
        ValidationError("children", "a flow has at most 20,000 jobs on at most 1,000 levels; add some later")
    }

    fileprivate static var tooManyBonds: ValidationError {
        ValidationError(
            "children",
            "the jobs of a flow wait for others at most 100,000 times in all; where many wait for the same ones, let them wait for one job that waits for these"
        )
    }

    /// The first rule that the flow breaks, or nil.
    ///
    /// - Parameter checksRoot: whether the queue of the first job is its own.
    func problem(checkingRoot checksRoot: Bool) -> ValidationError? {
        if let cut { return cut }
        for (place, node) in nodes.enumerated() {
            if node.isReference {
                if let problem = node.job.id?.problemInFlow { return problem }
                continue
            }
            if let problem = node.job.ownProblem ?? node.job.id?.problemInFlow { return problem }
            if checksRoot || place != first, let problem = node.job.problemOfRoute(in: node.queue) {
                return problem
            }
            if node.job.options.deduplication != nil {
                return ValidationError(
                    "deduplication",
                    "a job with children or a parent may not have one; give it an id of its own instead")
            }
            if place != first, node.job.hasCompanions {
                return ValidationError("companions", "only the first job of a flow may have them; give it all of them")
            }
            if node.job.parent != nil, place != first || node.job.hasCompanions {
                return ValidationError("parent", "only the first job of a flow, without companions, may name a parent")
            }
        }
        return nil
    }

    /// The problem of a flow whose jobs can't be told from each other or can't be put into a row, or nil.
    package var disarray: ValidationError? {
        if nodes.count == 1 { return disorder }
        var known: Set<JobKey> = []
        for node in nodes {
            guard let id = node.job.id else { continue }
            if !known.insert(JobKey(queue: node.queue, id: id)).inserted {
                return ValidationError("id", "the flow has two jobs \(id) in queue \(node.queue)")
            }
        }
        return disorder
    }
}

/// The jobs of a flow as they are met, and who waits for whom.
private struct FlowDraft {
    var nodes: [FlowPlan.Node] = []
    /// Of each node those that it waits for.
    var children: [[FlowPlan.Bond]] = []
    /// The first job and its companions.
    var roots: [Int] = []

    /// - Throws: the bound that it passes, of nodes, levels or bonds.
    init(_ queue: QueueName, _ job: NewJob) throws(ValidationError) {
        var bonds = 0
        var ids: [JobKey: Int] = [:]
        // Those that stand for another one, in its place among what a node waits for.
        var references: [(parent: Int, position: Int, key: JobKey)] = []
        var open: [(queue: QueueName, job: NewJob, parent: Int?, position: Int, depth: Int)] = []
        for companion in job.companions.reversed() { open.append((companion.queue, companion.job, nil, 0, 0)) }
        open.append((queue, job, nil, 0, 0))
        while let next = open.popLast() {
            guard nodes.count < FlowPlan.mostNodes, next.depth < FlowPlan.mostLevels else { throw FlowPlan.tooLarge }
            let place = nodes.count
            let below = next.job.children
            bonds += below.count
            if bonds > FlowPlan.mostBonds { throw FlowPlan.tooManyBonds }
            nodes.append(
                FlowPlan.Node(queue: next.queue, job: next.job, isReference: false, hasChildren: !below.isEmpty))
            children.append(below.map { FlowPlan.Bond(place: place, onFailure: $0.onFailure) })
            if let parent = next.parent { children[parent][next.position].place = place } else { roots.append(place) }
            if let id = next.job.id { ids[JobKey(queue: next.queue, id: id)] = place }
            for (position, child) in below.enumerated().reversed() {
                if child.isReference {
                    if let id = child.job.id {
                        references.append((place, position, JobKey(queue: child.queue, id: id)))
                    }
                } else {
                    open.append((child.queue, child.job, place, position, next.depth + 1))
                }
            }
        }
        for (parent, position, key) in references {
            if let place = ids[key] {
                children[parent][position].place = place
                continue
            }
            guard nodes.count < FlowPlan.mostNodes else { throw FlowPlan.tooLarge }
            ids[key] = nodes.count
            children[parent][position].place = nodes.count
            nodes.append(
                FlowPlan.Node(
                    queue: key.queue, job: NewJob(id: key.id, name: "reference"), isReference: true, hasChildren: false)
            )
            children.append([])
        }
    }
}
