/// Names one job everywhere: its queue and its id.
public struct JobKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The queue that holds the job.
    public let queue: QueueName
    /// The job's id in that queue.
    public let id: JobID

    /// Names the job `id` of `queue`.
    public init(queue: QueueName, id: JobID) {
        self.queue = queue
        self.id = id
    }

    /// `queue/id`, for people.
    public var description: String { "\(queue)/\(id)" }

    /// Orders by queue, then id.
    public static func < (left: JobKey, right: JobKey) -> Bool { (left.queue, left.id) < (right.queue, right.id) }
}
