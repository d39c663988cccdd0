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

    /// The queues that are named, or all, as they are now.
    ///
    /// - Parameters:
    ///   - names: the queues; nil for all.
    ///   - place: the store's name, for messages.
    /// - Throws: ``CommandFailure`` for one that is unknown or damaged, `StoreError` when the store can't be read.
    func summaries(of names: [QueueName]?, in place: String) async throws -> [QueueSummary] {
        let present = try await queues()
        for queue in names ?? [] where !present.contains(where: { $0.name == queue }) {
            throw CommandFailure(
                .notFound, "there is no queue \(ValidationError.quote(queue.text)) in \(place)",
                advice: "see drover queues")
        }
        let chosen = present.filter { names?.contains($0.name) ?? true }
        for queue in chosen {
            if let problem = queue.problem {
                throw CommandFailure(
                    .failed, "queue \"\(queue.name)\": \(problem)", advice: "drover doctor says what to do")
            }
        }
        return chosen
    }
}
