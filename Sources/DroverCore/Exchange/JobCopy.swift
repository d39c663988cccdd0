/// A new job that is made of a stored one: with its name and its payload as they are at that moment, byte for byte.
///
/// It is stored as by `enqueue`, without regard to the length of the queue; where a job has its id already, nothing is
/// stored.
public struct JobCopy: Hashable, Sendable {
    /// Where it goes: another queue than that of the job.
    public var queue: QueueName
    /// Its id, one that may be chosen.
    public var id: JobID
    /// How it is to be run. It has no deduplication.
    public var options: JobOptions

    /// A copy from its parts.
    public init(queue: QueueName, id: JobID, options: JobOptions = JobOptions()) {
        self.queue = queue
        self.id = id
        self.options = options
    }

    /// The first rule that a copy of a job of this queue breaks, or nil.
    public func problem(from queue: QueueName) -> ValidationError? {
        if self.queue == queue {
            return ValidationError("copy", "would go to the job's own queue \(queue); name another one")
        }
        if options.deduplication != nil {
            return ValidationError("copy", "has a deduplication, which only new jobs have; leave it out")
        }
        return id.problemAsCustom ?? job(name: "check", payload: .null).problem(in: self.queue)
    }

    /// Why the job that it is made of may not go: there is one under the copy's id, so that nothing would be stored for it.
    package var collision: ValidationError {
        ValidationError(
            "copy",
            "there is a job \(id) in queue \(queue) already, so that nothing would be stored; remove that one first")
    }

    /// The key of the new job.
    public var key: JobKey { JobKey(queue: queue, id: id) }

    /// The new job.
    package func job(name: JobName, payload: JSONText) -> NewJob {
        NewJob(id: id, name: name, payload: payload, options: options)
    }
}
