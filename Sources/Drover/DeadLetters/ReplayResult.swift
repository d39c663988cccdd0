public import DroverCore

/// What became of one dead letter that was to be replayed.
public enum ReplayResult: Hashable, Sendable {
    /// The letter is gone, and its job waits again, under this key.
    case replayed(JobKey)
    /// There is no such letter.
    case notFound
    /// The letter is active: somebody works it.
    case wrongState(JobState)
    /// The job is no dead letter, or can't be run again by itself.
    case refused(ValidationError)
}
