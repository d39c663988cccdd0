public import DroverCore

/// Children of the job that runs.
extension JobContext {
    /// Adds a job that this one waits for when it says so by ``waitForChildren()``.
    ///
    /// An attempt that runs again adds the child again, unless it has an `id` of its own or is added in a
    /// ``step(_:_:)``.
    ///
    /// - Parameters:
    ///   - payload: what the child's handler is given.
    ///   - id: an id of the program's own.
    ///   - delay: how long the child waits before it may be claimed.
    ///   - options: how it is run; nil takes the type's.
    ///   - policy: what it means to this job when the child fails for good.
    ///   - children: what the child waits for itself.
    /// - Returns: the child's key.
    /// - Throws: ``DroverError`` with the code `refused`, `payloadTooLarge` or `queueFull`, or, in a job with inputs, `leaseLost`;
    ///   `StoreError`.
    @discardableResult
    public func addChild<P: JobPayload>(
        _ payload: P, id: JobID? = nil, delay: Duration? = nil, options: JobOptions? = nil,
        onFailure policy: ChildFailurePolicy = .keepWaiting, @FlowBuilder children: () -> [Child] = { [] }
    ) async throws -> JobKey {
        let child = Child(payload, id: id, delay: delay, options: options, onFailure: policy, children: children)
        var job = try child.make(worker.configuration).job
        job.parent = JobParent(key, onFailure: policy)
        try await noteInputSource()
        let jobs = [job]
        guard let tracing = worker.tracing else {
            return try job.key(in: P.queue, try await worker.store.enqueue(P.queue, jobs))
        }
        let results = try await tracing.enqueue(P.queue, jobs) { try await worker.store.enqueue(P.queue, $0) }
        return try job.key(in: P.queue, results)
    }

    /// Goes on when no child is pending any more; else ends the attempt, and the handler runs anew when they are done.
    ///
    /// The attempt does not count. What was done before is done again, unless it is in a ``step(_:_:)``.
    ///
    /// - Throws: ``WaitForChildren``, which the handler passes on; `StoreError`.
    public func waitForChildren() async throws {
        let counts = try await worker.store.children(of: key, .pending, page: Page(limit: 1)).counts
        if counts.pending > 0 { throw WaitForChildren() }
    }

    /// The results of the children that have completed, by their keys.
    ///
    /// - Throws: ``DroverError`` with the code `undecodable` or `unreadable` when a result is not what `type` asks for, or
    ///   can't be opened here; `StoreError`.
    public func childResults<Value: Decodable>(as type: Value.Type = Value.self) async throws -> [JobKey: Value] {
        var results: [JobKey: Value] = [:]
        for child in try await children(.processed) {
            let result: JSONText
            do throws(UnreadableValue) {
                result = try SealedResult.open(
                    child.result ?? .null, of: nil, with: worker.configuration.encryption?.keys)
            } catch {
                throw DroverError(.unreadable, "the result of the child \(child.key): \(error.reason)", cause: error)
            }
            do throws(UndecodablePayload) {
                results[child.key] = try PayloadCoding().decode(type, from: result, as: "the result of a child")
            } catch {
                throw DroverError(.undecodable, "the child \(child.key): \(error.reason)", cause: error)
            }
        }
        return results
    }

    /// Why children have failed without which this job goes on, by their keys.
    ///
    /// - Throws: `StoreError`.
    public func ignoredFailures() async throws -> [JobKey: String] {
        var reasons: [JobKey: String] = [:]
        for child in try await children(.ignored) { reasons[child.key] = child.reason ?? "" }
        return reasons
    }

    /// The children of one status.
    ///
    /// - Throws: `StoreError`.
    public func children(_ status: ChildStatus) async throws -> [ChildRecord] {
        var found: [ChildRecord] = []
        var seen: Set<JobKey> = []
        var cursor: PageCursor?
        repeat {
            let page = try await worker.store.children(of: key, status, page: Page(limit: 1000, after: cursor))
            found += page.children.filter { seen.insert($0.key).inserted }
            cursor = page.next
        } while cursor != nil
        return found
    }

    /// Removes the children that are still pending, with what they wait for, but what is active or has failed.
    ///
    /// A job that runs because a child failed under the policy `continueParent` must do so before it completes.
    ///
    /// - Throws: `StoreError`.
    public func removePendingChildren() async throws {
        _ = try await worker.store.apply([JobCommand.removeUnprocessedChildren(key)])
    }
}
