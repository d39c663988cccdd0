import DroverCore

/// Results that are kept for other jobs.
extension WriteSession {
    /// How many that are over are removed when one is stored.
    private static let forgottenAtOnce: Int64 = 10

    /// Keeps a result.
    func keep(_ result: JSONText, as kept: KeptResult, _ queue: QueueName) throws(StoreError) {
        let save = try statement(SQL.saveResult)
        save.bind(1, queue.text)
        save.bind(2, kept.name.text)
        save.bind(3, kept.key)
        save.bind(4, now)
        save.bind(5, now + max(kept.lifetime.wholeMilliseconds, 0))
        save.bind(6, result.text)
        try save.run()
        let forget = try statement(SQL.forgetResults)
        forget.bind(1, now)
        forget.bind(2, Self.forgottenAtOnce)
        try forget.run()
    }

    /// The result that a claimed job may take; nil for none.
    func cachedResult(for job: JobRecord) throws(StoreError) -> JSONText? {
        guard let rule = job.options.resultCache else { return nil }
        let load = try statement(SQL.loadResult)
        load.bind(1, job.key.queue.text)
        load.bind(2, job.name.text)
        load.bind(3, rule.key)
        load.bind(4, now)
        guard try load.step() else { return nil }
        defer { load.reset() }
        if now - load.int(1) >= rule.lifetime.wholeMilliseconds { return nil }
        return JSONText(trusted: load.text(0))
    }

    /// Keeps a result no more, and tells whether it was kept.
    func forgetResult(_ queue: QueueName, _ name: JobName, _ key: String) throws(StoreError) -> Bool {
        let delete = try statement(SQL.deleteResult)
        delete.bind(1, queue.text)
        delete.bind(2, name.text)
        delete.bind(3, key)
        delete.bind(4, now)
        return try delete.run() > 0
    }
}
