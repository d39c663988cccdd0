/// What a store is, for those who choose defaults by it or show it to people.
public struct StoreTraits: Hashable, Sendable {
    /// The kind of store, for example `sqlite`.
    public var name: String
    /// What survives which accident, in a word: for example `FULL`, or `none` for a store in memory.
    public var durability: String
    /// Whether other processes can work on the same jobs.
    public var isShared: Bool
    /// Whether BullMQ's clients may work the same queues, and take their schedules on.
    public var isSharedWithBullMQ: Bool
    /// What is kept of completed jobs where neither job nor worker says.
    public var completedRetention: Retention
    /// What is kept of failed jobs where neither job nor worker says.
    public var failedRetention: Retention

    /// Traits from their parts. Completed jobs are kept for 24 hours and failed ones for 7 days by default.
    public init(
        name: String, durability: String, isShared: Bool, isSharedWithBullMQ: Bool = false,
        completedRetention: Retention = .keep(for: .seconds(86_400)),
        failedRetention: Retention = .keep(for: .seconds(7 * 86_400))
    ) {
        self.name = name
        self.durability = durability
        self.isShared = isShared
        self.isSharedWithBullMQ = isSharedWithBullMQ
        self.completedRetention = completedRetention
        self.failedRetention = failedRetention
    }
}
