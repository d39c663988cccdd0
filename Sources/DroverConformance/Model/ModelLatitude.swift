/// What a model run leaves to each store, because the contract leaves it open and some store makes use of it.
///
/// The run then draws and compares such that only this is left out; all else stays compared.
public struct ModelLatitude: OptionSet, Sendable {
    /// The bits.
    public let rawValue: Int

    /// A latitude from its bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// The order of jobs that finish, and stay, in the same millisecond and the same state.
    ///
    /// At most one does in such a run: the clock moves a millisecond before each operation that may finish jobs, and of
    /// several that an operation finishes in one state all but one are removed at once. So lists, and what rules of
    /// retention and limits leave, are still compared.
    public static let orderOfEnds = ModelLatitude(rawValue: 1)
    /// What a page of ready, active or delayed jobs shows of jobs that came or left since the page before it.
    ///
    /// Pages between which other operations lie are then compared for finished jobs only, of the others only that they
    /// are answered. Lists that are read at once are compared in whole.
    public static let pagesAmidChanges = ModelLatitude(rawValue: 2)
    /// How long a deduplication id is still held, up to some seconds.
    ///
    /// Only times are drawn that end far from where the clock is moved to, and what remains of one is not compared.
    public static let timesOfHolds = ModelLatitude(rawValue: 4)
}
