import DroverCore

/// How many jobs a command moves in one call of the store: many, and few enough that workers hardly notice it.
enum Batch {
    static let size = 1000
}

extension JobStore {
    /// A queue as it is now; nil when it does not exist.
    func queue(_ name: QueueName) async throws(StoreError) -> QueueSummary? {
        try await queues().first { $0.name == name }
    }

    /// A queue as it is now.
    ///
    /// - Throws: ``CommandFailure`` when it does not exist, `StoreError` when the store can't be read.
    func summary(of name: QueueName) async throws -> QueueSummary {
        guard let found = try await queue(name) else {
            throw CommandFailure(
                .notFound, "there is no queue \(ValidationError.quote(name.text))", advice: "see drover queues")
        }
        return found
    }
}
