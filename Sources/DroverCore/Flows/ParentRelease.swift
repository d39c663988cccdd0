/// What one step of ``JobMaintaining/releaseParents(after:limit:)`` did.
public struct ParentRelease: Hashable, Sendable {
    /// Of how many jobs parents were told how they ended.
    public var told: Int
    /// Where the next step begins; nil when there is none.
    public var next: PageCursor?
    /// Whether nothing was looked at, because another process began a whole round less than ``freshness`` ago. Who looks
    /// again after some time knows of each end within that time and the span.
    public var isLeft: Bool

    /// A report from its parts.
    public init(told: Int = 0, next: PageCursor? = nil, isLeft: Bool = false) {
        self.told = told
        self.next = next
        self.isLeft = isLeft
    }

    /// How long a round of one process saves the others theirs, counted from its beginning: 1.225 s, half of the time between two
    /// looks of a process that knows of such jobs.
    public static let freshness: Duration = .milliseconds(1225)
}
