public import DroverCore

extension JobService {
    /// Does something to every job that a filter finds, in bounded steps.
    ///
    /// Each job is changed only while it is in the state in which it was found: one that a worker or somebody else has moved
    /// meanwhile is skipped, and counted. It looks at as many jobs of a state as there were when it began, so jobs that come in
    /// meanwhile, and retried ones that fail again, do not keep it going. After an error, or when the task is cancelled, what was
    /// done stays done, and the same call goes on with what is left.
    ///
    /// ```swift
    /// let report = try await jobs.apply(.retry(resetAttempts: true), matching: JobFilter(names: ["SendMail"], error: "timeout"))
    /// print("\(report.done) retried, \(report.skipped) had moved on")
    /// ```
    ///
    /// - Parameters:
    ///   - action: what is done.
    ///   - filter: to which jobs.
    ///   - queues: of which queues; nil for all that the store knows.
    ///   - isDryRun: whether the jobs are only counted: ``BulkReport/matched`` tells how many there are.
    ///   - step: how many jobs are changed in one step, 1 to 500.
    ///   - progress: is told after each step how far it has come; what it throws ends the operation.
    /// - Throws: `StoreError`; ``DroverError`` with the code `refused` for a priority that is out of range; `CancellationError` when
    ///   the task is cancelled between two steps; what `progress` throws.
    public func apply(
        _ action: BulkAction, matching filter: JobFilter, in queues: [QueueName]? = nil, dryRun isDryRun: Bool = false,
        step: Int = 200, progress: (BulkReport) async throws -> Void = { _ in }
    ) async throws -> BulkReport {
        if let problem = action.command(JobKey(queue: "check", id: JobID(stored: "1"))).problem {
            throw DroverError(.refused, "nothing was changed: \(problem)", cause: problem)
        }
        let names = try await searchedQueues(queues)
        return try await goOver(
            names, action.states(filter), action.filter(filter), dryRun: isDryRun, step: step, progress
        ) { jobs, state throws(StoreError) in
            try await self.store.apply(jobs.map { .when(state, action.command($0.key)) }).map { .settled($0) }
        }
    }

    /// Does something to the jobs of some states and queues that a filter finds, page by page.
    ///
    /// - Parameter act: does it to the jobs of one page, which were found in this state; one result for each.
    func goOver(
        _ names: [QueueName], _ states: [JobState], _ filter: JobFilter, dryRun isDryRun: Bool, step: Int,
        _ progress: (BulkReport) async throws -> Void,
        act: @escaping @Sendable ([JobRecord], JobState) async throws(StoreError) -> [BulkAnswer]
    ) async throws -> BulkReport {
        let counts = Dictionary(try await store.queues().map { ($0.name, $0.counts) }) { first, _ in first }
        var report = BulkReport()
        for queue in names { for state in states { report.total += counts[queue]?[state] ?? 0 } }
        for queue in names {
            for state in states {
                let line = BulkLine(queue: queue, state: state, filter: filter, act: act)
                try await go(
                    over: line, count: counts[queue]?[state] ?? 0, isDryRun, step: min(max(step, 1), 500), &report,
                    progress)
            }
        }
        return report
    }

    /// The jobs of one state of one queue, with what is done to them.
    private struct BulkLine {
        var queue: QueueName
        var state: JobState
        var filter: JobFilter
        var act: @Sendable ([JobRecord], JobState) async throws(StoreError) -> [BulkAnswer]

        func query(_ answer: JobSearch.Answer, mostExamined: Int) -> JobQuery {
            JobQuery(queue: queue, JobSearch(filter, in: state, answer: answer, mostExamined: mostExamined))
        }
    }

    private func go(
        over line: BulkLine, count: Int, _ isDryRun: Bool, step: Int, _ report: inout BulkReport,
        _ progress: (BulkReport) async throws -> Void
    ) async throws {
        var left = count
        var cursor: PageCursor?
        var found: [JobRecord] = []
        repeat {
            if left <= 0 { break }
            try Task.checkCancellation()
            let page = try await store.jobs(
                matching: line.query(isDryRun ? .count : .jobs, mostExamined: left),
                page: Page(limit: step, after: cursor))
            left -= page.tally?.examined ?? 0
            cursor = page.next
            report.examined += page.tally?.examined ?? 0
            report.matched += page.tally?.matched ?? 0
            // Those of the page before: the cursor of this one lies among jobs that are still there, so that the next page
            // begins behind them also where places are counted.
            try await apply(found, line, &report)
            found = page.jobs
            try await progress(report)
        } while cursor != nil
        if !found.isEmpty {
            try await apply(found, line, &report)
            try await progress(report)
        }
    }

    private func apply(_ jobs: [JobRecord], _ line: BulkLine, _ report: inout BulkReport) async throws(StoreError) {
        if jobs.isEmpty { return }
        let answers = try await line.act(jobs, line.state)
        for (job, answer) in zip(jobs, answers) { report.add(job.key, answer) }
    }
}

/// The bulk operations by their names.
extension JobService {
    /// Runs failed jobs again; see ``apply(_:matching:in:dryRun:step:progress:)``. Completed ones too where the filter speaks of states
    /// and allows it.
    public func retry(
        matching filter: JobFilter, in queues: [QueueName]? = nil, resetAttempts: Bool = false, dryRun: Bool = false,
        progress: (BulkReport) async throws -> Void = { _ in }
    ) async throws -> BulkReport {
        try await apply(
            .retry(resetAttempts: resetAttempts), matching: filter, in: queues, dryRun: dryRun, progress: progress)
    }

    /// Deletes jobs that are not active; see ``apply(_:matching:in:dryRun:step:progress:)``.
    public func remove(
        matching filter: JobFilter, in queues: [QueueName]? = nil, dryRun: Bool = false,
        progress: (BulkReport) async throws -> Void = { _ in }
    ) async throws -> BulkReport {
        try await apply(.remove, matching: filter, in: queues, dryRun: dryRun, progress: progress)
    }

    /// Lets delayed jobs run now; see ``apply(_:matching:in:dryRun:step:progress:)``.
    public func promote(
        matching filter: JobFilter, in queues: [QueueName]? = nil, dryRun: Bool = false,
        progress: (BulkReport) async throws -> Void = { _ in }
    ) async throws -> BulkReport {
        try await apply(.promote, matching: filter, in: queues, dryRun: dryRun, progress: progress)
    }

    /// Stops jobs that have not finished; see ``apply(_:matching:in:dryRun:step:progress:)``.
    public func cancel(
        matching filter: JobFilter, in queues: [QueueName]? = nil, dryRun: Bool = false,
        progress: (BulkReport) async throws -> Void = { _ in }
    ) async throws -> BulkReport {
        try await apply(.cancel, matching: filter, in: queues, dryRun: dryRun, progress: progress)
    }

    /// Gives jobs that wait another priority; see ``apply(_:matching:in:dryRun:step:progress:)``.
    public func setPriority(
        _ priority: Int, matching filter: JobFilter, in queues: [QueueName]? = nil, dryRun: Bool = false,
        progress: (BulkReport) async throws -> Void = { _ in }
    ) async throws -> BulkReport {
        try await apply(.setPriority(priority), matching: filter, in: queues, dryRun: dryRun, progress: progress)
    }
}
