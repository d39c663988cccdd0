/// What one step of ``JobMaintaining/releaseParents(after:limit:)`` did.
public struct ParentRelease: Hashable, Sendable {
    /// Of how many jobs parents were told how they ended.
    public var told: Int
    /// Where the next step begins; nil when there is none.
    public var next: PageCursor?

    /// A report from its parts.
    public init(told: Int = 0, next: PageCursor? = nil) {
        self.told = told
        self.next = next
    }
}
