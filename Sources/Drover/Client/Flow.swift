public import DroverCore

/// A tree of jobs: each waits until those below it are done, and can then read their results.
///
/// ```swift
/// let report = Flow(MakeReport(month: 5)) {
///     Child(FetchSales(month: 5))
///     Child(FetchCosts(month: 5), onFailure: .ignore)
/// }
/// try await jobs.add(report)
/// ```
///
/// The jobs may be of several queues. They are stored together or not at all, at most 20,000 of them.
public struct Flow: Sendable {
    /// The queue of the first job.
    let queue: QueueName
    private let root: Child

    /// A flow whose first job waits for the children.
    ///
    /// - Parameters:
    ///   - payload: what the first job's handler is given.
    ///   - id: an id of the program's own, with which repeating the call after an error is safe; nil as in
    ///     ``JobService/add(_:id:delay:runAt:options:whenFull:)``.
    ///   - delay: how long the first job waits once its children are done.
    ///   - options: how it is run; nil takes the type's.
    ///   - children: what it waits for.
    public init<P: JobPayload>(
        _ payload: P, id: JobID? = nil, delay: Duration? = nil, options: JobOptions? = nil,
        @FlowBuilder children: () -> [Child]
    ) {
        queue = P.queue
        root = Child(payload, id: id, delay: delay, options: options, children: children)
    }

    /// The job to store, with its children.
    func job(_ service: ServiceConfiguration) throws -> NewJob { try root.make(service).job }
}

/// A job of a flow that another one waits for.
public struct Child: Sendable {
    /// The child as it is stored.
    let make: @Sendable (ServiceConfiguration) throws -> ChildJob

    /// A child, with the children that it waits for itself.
    ///
    /// - Parameters:
    ///   - payload: what its handler is given.
    ///   - id: an id of the program's own. A job that exists under it becomes the child, if it is nobody else's.
    ///   - delay: how long it waits before it may be claimed, or once its own children are done.
    ///   - options: how it is run; nil takes the type's.
    ///   - policy: what it means to the parent when it fails for good.
    ///   - children: what it waits for itself.
    public init<P: JobPayload>(
        _ payload: P, id: JobID? = nil, delay: Duration? = nil, options: JobOptions? = nil,
        onFailure policy: ChildFailurePolicy = .keepWaiting, @FlowBuilder children: () -> [Child] = { [] }
    ) {
        let children = children()
        make = { service in
            var job = try service.newJob(payload, id: id, delay: delay, runAt: nil, options: options)
            job.children = try children.map { try $0.make(service) }
            return ChildJob(P.queue, job, onFailure: policy)
        }
    }
}

/// Reads the children of a flow as a list, with conditions and loops.
@resultBuilder
public enum FlowBuilder {
    /// One child.
    public static func buildExpression(_ child: Child) -> [Child] { [child] }
    /// Children that are made elsewhere.
    public static func buildExpression(_ children: [Child]) -> [Child] { children }
    /// Some after the others.
    public static func buildBlock(_ children: [Child]...) -> [Child] { children.flatMap(\.self) }
    /// Those of a condition that may not hold.
    public static func buildOptional(_ children: [Child]?) -> [Child] { children ?? [] }
    /// Those of a condition that holds.
    public static func buildEither(first children: [Child]) -> [Child] { children }
    /// Those of one that does not.
    public static func buildEither(second children: [Child]) -> [Child] { children }
    /// Those of a loop.
    public static func buildArray(_ children: [[Child]]) -> [Child] { children.flatMap(\.self) }
}
