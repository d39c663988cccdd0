public import DroverCore

/// Jobs of which each may wait for several others, and be waited for by several: told by names, in any order.
///
/// ```swift
/// let report = Graph {
///     Node("fetch", Fetch(month: 5))
///     Node("sales", SumSales(month: 5), after: "fetch")
///     Node("costs", SumCosts(month: 5), after: Need("fetch", onFailure: .ignore))
///     Node("report", MakeReport(month: 5), after: "sales", "costs")
/// }
/// let keys = try await jobs.add(report)
/// ```
///
/// The jobs may be of several queues. They are stored together or not at all, at most 20,000 of them. For a tree, in which nobody
/// waits for the same job as another, ``Flow`` is shorter.
public struct Graph: Sendable {
    /// Its jobs, in the order in which they were told.
    public var nodes: [Node]

    /// A graph of these jobs.
    public init(@GraphBuilder _ nodes: () -> [Node]) { self.nodes = nodes() }

    /// The jobs with their names, to be put together.
    func named(_ service: ServiceConfiguration) throws -> NamedGraph {
        NamedGraph(
            try nodes.map { node in
                let (queue, job) = try node.make(service)
                return NamedGraph.Node(name: node.name, queue: queue, job: job, needs: node.needs.map(\.named))
            })
    }
}

/// A job of a graph.
public struct Node: Sendable {
    /// What it is called in the graph, and by nobody else: 1 to 512 bytes on one line.
    public let name: String
    /// What it waits for.
    public let needs: [Need]
    /// The job as it is stored, without what it waits for.
    let make: @Sendable (ServiceConfiguration) throws -> (queue: QueueName, job: NewJob)

    /// A job that waits for others of the graph.
    ///
    /// - Parameters:
    ///   - name: what it is called in the graph.
    ///   - payload: what its handler is given.
    ///   - id: an id of the program's own, with which repeating the call after an error is safe where all jobs have one; nil
    ///     for one that is made anew. A job that exists under it becomes part of the graph as it is, if nobody waits for it yet.
    ///   - delay: how long it waits before it may be claimed, or once all that it needs is done.
    ///   - options: how it is run; nil takes the type's.
    ///   - needs: what it waits for, by name, as `"fetch"`, or as ``Need`` with a rule for a failure.
    public init<P: JobPayload>(
        _ name: String, _ payload: P, id: JobID? = nil, delay: Duration? = nil, options: JobOptions? = nil,
        after needs: Need...
    ) {
        self.init(name, payload, id: id, delay: delay, options: options, after: needs)
    }

    /// A job that waits for others of the graph, in a list.
    public init<P: JobPayload>(
        _ name: String, _ payload: P, id: JobID? = nil, delay: Duration? = nil, options: JobOptions? = nil,
        after needs: [Need]
    ) {
        self.name = name
        self.needs = needs
        make = { service in
            (P.queue, try service.newJob(payload, id: id, delay: delay, runAt: nil, options: options))
        }
    }
}

/// What a job of a graph waits for.
public struct Need: Hashable, Sendable, ExpressibleByStringLiteral {
    /// The job, and what its failure means to the one that waits.
    let named: NamedGraph.Need

    /// Waits for a job of the graph.
    public init(_ name: String, onFailure policy: ChildFailurePolicy = .keepWaiting) {
        named = NamedGraph.Need(.named(name), onFailure: policy)
    }

    /// Waits for a job that is stored already, whoever waits for it besides. One that has completed is not waited for, and its
    /// result can be read; one that has failed is waited for until it is retried and completes, or is removed.
    public init(stored key: JobKey, onFailure policy: ChildFailurePolicy = .keepWaiting) {
        named = NamedGraph.Need(.stored(key), onFailure: policy)
    }

    /// Waits for the job of the graph that has this name.
    public init(stringLiteral name: String) { self.init(name) }
}

/// Reads the jobs of a graph as a list, with conditions and loops.
@resultBuilder
public enum GraphBuilder {
    /// One job.
    public static func buildExpression(_ node: Node) -> [Node] { [node] }
    /// Jobs that are made elsewhere.
    public static func buildExpression(_ nodes: [Node]) -> [Node] { nodes }
    /// Some after the others.
    public static func buildBlock(_ nodes: [Node]...) -> [Node] { nodes.flatMap(\.self) }
    /// Those of a condition that may not hold.
    public static func buildOptional(_ nodes: [Node]?) -> [Node] { nodes ?? [] }
    /// Those of a condition that holds.
    public static func buildEither(first nodes: [Node]) -> [Node] { nodes }
    /// Those of one that does not.
    public static func buildEither(second nodes: [Node]) -> [Node] { nodes }
    /// Those of a loop.
    public static func buildArray(_ nodes: [[Node]]) -> [Node] { nodes.flatMap(\.self) }
}
