import DroverCore

/// What became of one job of a bulk operation.
enum BulkAnswer {
    /// The store was told to do it, and this is its answer.
    case settled(CommandResult)
    /// The job is already what it was to become, and the store was not asked.
    case unchanged(ValidationError)
    /// It would be done: this is a dry run.
    case onlyFound
}
