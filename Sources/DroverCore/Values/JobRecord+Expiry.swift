extension JobRecord {
    /// When the job expires (``JobOptions/expiresAfter``), by the store's clock; nil when it never does.
    public var expiresAt: Timestamp? {
        guard let span = options.expiresAfter else { return nil }
        switch options.start {
        case .now: return createdAt + span
        case .after(let delay): return createdAt + delay + span
        case .at(let instant): return max(instant, createdAt) + span
        }
    }

    /// Whether the job was last claimed after it had expired. Both instants are the store's, so no other clock has a say.
    public var isExpired: Bool {
        guard let claimed = processedAt, let end = expiresAt else { return false }
        return claimed > end
    }
}
