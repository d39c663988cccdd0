import DroverCore

/// Short words for flows.
extension Bench {
    /// A job of a flow.
    func node(
        _ id: String?, start: NewJob.Start = .now, priority: Int = 0, parent: JobParent? = nil,
        _ children: [ChildJob] = []
    ) -> NewJob {
        NewJob(
            id: id.map(JobID.init(stored:)), name: "job", start: start, options: JobOptions(priority: priority),
            parent: parent, children: children)
    }

    /// A child in the case's first queue, or in another one.
    func child(
        _ id: String?, _ policy: ChildFailurePolicy = .keepWaiting, in other: QueueName? = nil,
        start: NewJob.Start = .now, priority: Int = 0, over children: [ChildJob] = []
    ) -> ChildJob {
        ChildJob(other ?? queue, node(id, start: start, priority: priority, children), onFailure: policy)
    }

    /// Stores a job with children, which must be stored.
    @discardableResult
    func addFlow(
        _ id: String, start: NewJob.Start = .now, priority: Int = 0, in other: QueueName? = nil, _ children: [ChildJob],
        file: String = #fileID, line: Int = #line
    ) async throws -> JobKey {
        try await add(node(id, start: start, priority: priority, children), in: other, file: file, line: line)
    }

    /// Adds one job, which must be refused for a reason about `field`.
    func expectRefused(
        _ job: NewJob, _ field: String, file: String = #fileID, line: Int = #line
    ) async throws {
        let results = try await store.enqueue(queue, [job])
        guard results.count == 1, case .refused(let problem) = results[0], problem.subject == field else {
            throw ConformanceFailure("expected a refusal for \(field), got \(results)", file: file, line: line)
        }
    }

    /// Claims the next job, which must be this one, and settles it.
    @discardableResult
    func settleNext(
        _ id: String, _ outcome: Outcome = .completed(.null), keeping retention: Retention = .keepAll,
        in other: QueueName? = nil, file: String = #fileID, line: Int = #line
    ) async throws -> ClaimedJob {
        let claimed = try await claimOne(in: other, file: file, line: line)
        try expect(claimed.job.key.id.text, is: id, "the next job", file: file, line: line)
        try await settle(claimed, outcome, keeping: retention, file: file, line: line)
        return claimed
    }

    func failure(_ reason: String = "no") -> Outcome { .failed(Failure(reason: reason)) }

    /// What a job knows of its children, by their ids: `pending`, `failed`, or the status with the result or the reason.
    func children(of key: JobKey, limit: Int = 100) async throws -> [String: String] {
        var found: [String: String] = [:]
        for status in ChildStatus.allCases {
            var cursor: PageCursor?
            var bound = PageBound()
            // A page may show some again.
            var seen: Set<JobKey> = []
            repeat {
                try bound.turn()
                let page = try await store.children(of: key, status, page: Page(limit: limit, after: cursor))
                for child in page.children {
                    try expect(child.status, is: status, "the status of a listed child")
                    let value = child.result?.text ?? child.reason
                    found[child.key.id.text] = value.map { "\(status.rawValue) \($0)" } ?? status.rawValue
                }
                seen.formUnion(page.children.map(\.key))
                cursor = page.next
                if cursor == nil { try expect(page.counts[status], is: seen.count, "the number of \(status) children") }
            } while cursor != nil
        }
        return found
    }

    /// What a job of the first queue knows of its children.
    func children(of id: String) async throws -> [String: String] { try await children(of: key(id)) }

    func state(_ id: String, in other: QueueName? = nil) async throws -> JobState? {
        try await find(key(id, in: other))?.state
    }

    /// Expects the states of jobs of the first queue; nil for one that is gone.
    func expectStates(
        _ states: [String: JobState?], in other: QueueName? = nil, file: String = #fileID, line: Int = #line
    ) async throws {
        for (id, state) in states.sorted(by: { $0.key < $1.key }) {
            try expect(await self.state(id, in: other), is: state, "the state of \(id)", file: file, line: line)
        }
    }

    /// Expects that a job is failed by whoever takes it next, because of a child.
    func expectMustFail(
        _ id: String, by child: String, file: String = #fileID, line: Int = #line
    ) async throws {
        let reason = try await job(id, file: file, line: line).deferredFailure ?? "none"
        try expect(reason, is: Failure.failedWith(child: key(child)), "why \(id) must fail", file: file, line: line)
    }
}
