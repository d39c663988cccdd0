import DroverCore

/// Which children are followed when a flow is gone through.
enum FollowedChildren {
    /// Whatever became of them.
    case all
    /// Those that their parent waits for.
    case pending
    /// Those of the pending ones that are neither active nor failed, and so may be removed unprocessed.
    case unprocessed

    var statuses: [ChildStatus] { self == .all ? ChildStatus.allCases : [.pending] }

    /// What lists them, with the inputs of `list-children-ascending.sql`.
    var sql: String { self == .unprocessed ? SQL.listUnprocessedChildren : SQL.listChildrenAscending }
}
