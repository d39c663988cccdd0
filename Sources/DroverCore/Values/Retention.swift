/// How many finished jobs of one kind (completed, or failed) a queue keeps, and for how long.
///
/// A rule is sent with each settlement and speaks of all finished jobs of the
/// queue that ended the same way, as in BullMQ: settling a job with
/// `.keep(100)` removes completed jobs beyond the newest hundred.
public struct Retention: Hashable, Sendable {
    /// Keep at most this many, the newest; nil for no bound. 0 removes the job itself at once.
    public var count: Int?
    /// Keep a job for this long after it finished; nil for no bound.
    public var age: Duration?

    /// A rule with either bound, both or none.
    public init(count: Int? = nil, age: Duration? = nil) {
        self.count = count
        self.age = age
    }

    /// Keep everything.
    public static let keepAll = Retention()
    /// Remove the job as soon as it has finished. Its result is only in its event.
    public static let removeAtOnce = Retention(count: 0)
    /// Keep the newest `count` jobs.
    public static func keep(_ count: Int) -> Retention { Retention(count: count) }
    /// Keep each job for `age` after it finished.
    public static func keep(for age: Duration) -> Retention { Retention(age: age) }

    /// Whether the job is removed by the settlement that finishes it.
    public var removesAtOnce: Bool { count == 0 }

    /// How many finished jobs one exchange removes at most, so that its cost stays flat (rule 10).
    public static let removalsPerExchange = 1000
}
