public import DroverCore

extension JobService {
    /// Stores letters of jobs that have failed already, in bounded steps: of those that a worker of another client failed, or that
    /// failed before there was a dead-letter queue. The jobs stay as they are. Jobs that somebody cancelled have none.
    ///
    /// A job whose last attempt has left a letter, by whomever, gets no second one: two would run it twice when both are
    /// replayed. That holds for letters in the target, and for those that are in any other queue when the call begins, but not for what
    /// is stored in others meanwhile, by workers or by calls with other targets. Such a job is counted by
    /// ``BulkReport/unchanged``, and where its letter is, is told. One whose letter was replayed or discarded gets one anew, as long
    /// as the job is kept. Two calls for the same jobs with the same target at once store one letter of each, and may both count it.
    ///
    /// - Parameters:
    ///   - queue: whose failed jobs.
    ///   - target: the dead-letter queue.
    ///   - filter: which of them.
    ///   - isDryRun: whether nothing is stored: of ``BulkReport/matched`` jobs all but ``BulkReport/unchanged`` would be routed.
    ///   - progress: is told after each step how far it has come; what it throws ends the operation.
    /// - Throws: ``DroverError`` with the code `refused` when both queues are the same; as
    ///   ``apply(_:matching:in:dryRun:step:progress:)``.
    public func routeFailed(
        of queue: QueueName, to target: QueueName, matching filter: JobFilter = .all, dryRun isDryRun: Bool = false,
        progress: (BulkReport) async throws -> Void = { _ in }
    ) async throws -> BulkReport {
        if queue == target {
            throw DroverError(.refused, "\(queue) can't be its own dead-letter queue; name another one")
        }
        // Neither letters, nor what somebody cancelled.
        let filter = filter.and(.not(.exists(.reason)))
            .and(.not(.oneOf(.error, [.text(Failure.cancelledReason)])))
        var places = [target]
        for other in try await store.queues() where other.name != queue && other.name != target {
            if try await mayHoldLetters(other) { places.append(other.name) }
        }
        let queues = places
        // A dry run goes over the jobs themselves: those that have a letter are not counted with the others.
        return try await goOver([queue], [.failed], filter, dryRun: false, step: 200, progress) {
            jobs, state throws(StoreError) in
            let copies = jobs.map { job in
                JobCopy(
                    letterOf: job, reason: job.failedReason ?? "", traces: job.stacktrace, attempts: job.attemptsMade,
                    to: target, mark: job.markOfAttempt)
            }
            let known = try await self.letters(of: zip(jobs, copies).map { ($0.key, $1.key.id) }, in: queues)
            var answers = known.map { letter -> BulkAnswer in
                letter.map { .unchanged(ValidationError("letter", "there is one in the queue \($0.queue) already")) }
                    ?? .onlyFound
            }
            if isDryRun { return answers }
            let free = jobs.indices.filter { known[$0] == nil }
            let results = try await self.store.apply(
                free.map { .when(state, .copy(jobs[$0].key, as: copies[$0], removesJob: false)) })
            for (place, result) in zip(free, results) { answers[place] = .settled(result) }
            return answers
        }
    }

    /// Finds the letters of jobs in some queues.
    ///
    /// - Parameter jobs: the jobs, each with the id that its letter has.
    /// - Returns: for each the letter that was found first, or nil.
    private func letters(of jobs: [(job: JobKey, id: JobID)], in queues: [QueueName]) async throws(StoreError)
        -> [JobKey?]
    {
        var found = [JobKey?](repeating: nil, count: jobs.count)
        var rest = queues[...]
        while !rest.isEmpty {
            let open = jobs.indices.filter { found[$0] == nil }
            if open.isEmpty { break }
            let some = rest.prefix(max(1, Self.keysAtOnce / open.count))
            rest = rest.dropFirst(some.count)
            let keys = some.flatMap { queue in open.map { JobKey(queue: queue, id: jobs[$0].id) } }
            for (index, record) in try await store.jobs(keys).enumerated() {
                let place = open[index % open.count]
                if found[place] == nil, record?.options.deadLetter?.job == jobs[place].job {
                    found[place] = record?.key
                }
            }
        }
        return found
    }

    /// How many letters are asked for in one call. Few of them are there.
    private static let keysAtOnce = 1000

    /// Whether a queue has letters, or is too long to tell by a short look.
    private func mayHoldLetters(_ queue: QueueSummary) async throws(StoreError) -> Bool {
        for state in JobState.allCases where queue.counts[state] > 0 {
            let search = JobSearch(JobFilter(.exists(.reason)), in: state, mostExamined: 1000)
            let page = try await store.jobs(matching: JobQuery(queue: queue.name, search), page: Page(limit: 1))
            if !page.jobs.isEmpty || page.next != nil { return true }
        }
        return false
    }
}
