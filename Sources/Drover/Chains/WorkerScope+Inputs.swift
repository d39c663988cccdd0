import DroverCore

extension WorkerScope {
    /// What the handler of a claimed job is given; nil when it is the payload as it is stored.
    ///
    /// - Throws: as ``withInputs(_:_:)``.
    func prepared(_ job: JobRecord) async throws -> OpenedPayload? {
        let opened = try open(job)
        return job.options.inputs.isEmpty ? opened : try await withInputs(job, opened)
    }

    /// The payload of a job with inputs, made of the result of the one job that it waited for.
    ///
    /// - Parameter opened: the payload, where it is stored encrypted.
    /// - Throws: ``InputMapping/Problem``; ``UnreadableValue``; `StoreError` when the result can't be read now.
    func withInputs(_ job: JobRecord, _ opened: OpenedPayload?) async throws -> OpenedPayload {
        let child: ChildRecord
        if let source = InputSource.noted(with: job.steps) {
            child = try await self.child(source, of: job)
        } else {
            child = try await childBefore(job)
        }
        let result = try SealedResult.open(child.result ?? .null, of: nil, with: configuration.encryption?.keys)
        let payload = try InputMapping.apply(job.options.inputs, to: opened?.payload ?? job.payload, result: result)
        if let problem = configuration.payloadProblem(payload) {
            throw InputMapping.Problem(reason: "the payload with its inputs \(problem.problem)")
        }
        return OpenedPayload(payload, of: opened, source: InputSource(child.key))
    }

    private func childBefore(_ job: JobRecord) async throws -> ChildRecord {
        var found: [ChildRecord] = []
        var cursor: PageCursor?
        repeat {
            let after = cursor
            let page = try await patiently(for: HeldLeases.patience(options.lease)) { () throws(StoreError) in
                try await store.children(of: job.key, .processed, page: Page(limit: 2, after: after))
            }
            found += page.children
            cursor = page.next
        } while found.count < 2 && cursor != nil
        guard let child = found.first, found.count == 1 else {
            let count = found.isEmpty ? "no job" : "several jobs"
            throw InputMapping.Problem(
                reason: "its inputs can't be made: \(count) before it completed, and they come from the result of one")
        }
        return child
    }

    /// The child whose result the inputs were made of before the job was given others.
    private func child(_ source: InputSource, of job: JobRecord) async throws -> ChildRecord {
        var cursor: PageCursor?
        repeat {
            let after = cursor
            let page = try await patiently(for: HeldLeases.patience(options.lease)) { () throws(StoreError) in
                try await store.children(of: job.key, .processed, page: Page(limit: 1000, after: after))
            }
            if let child = page.children.first(where: { source == InputSource($0.key) }) { return child }
            cursor = page.next
        } while cursor != nil
        throw InputMapping.Problem(
            reason: "its inputs can't be made: the job \(source.queue):\(source.id) before it is no longer completed")
    }

    /// How an attempt ends whose inputs could not be made.
    static func exit(of error: any Error) -> AttemptExit {
        switch error {
        case let problem as InputMapping.Problem: .unmapped(problem)
        case let error as UnreadableValue: .unreadable(error)
        // The store could not be read now, and the handler has not begun: the job comes back, and nothing counts. What lasts
        // is a failure as any other.
        case let error as StoreError where error.isTransient: .snoozed(Snooze(for: .seconds(1)))
        default: .threw(error)
        }
    }
}
