public import DroverCore

/// Dead letters: what jobs leave in another queue when they fail for good (`JobOptions.deadLetterQueue`).
extension JobService {
    /// Lists dead letters of a queue, the oldest first.
    ///
    /// ```swift
    /// for letter in try await jobs.deadLetters(in: "mail-dead").jobs {
    ///     print(letter.key.id, letter.options.deadLetter?.reason ?? "")
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - queue: the dead-letter queue.
    ///   - filter: which letters; without a word on states those that wait. `reason` and `origin` are fields of letters.
    ///   - page: how many at most, behind which place, and in which direction.
    /// - Returns: the letters as the jobs that they are, each with its history in `JobOptions.deadLetter`.
    /// - Throws: as ``searchPage(_:in:sortedBy:_:)``.
    public func deadLetters(
        in queue: QueueName, matching filter: JobFilter = .all, _ page: Page = Page()
    ) async throws -> JobSearchPage {
        try await searchPage(Self.letters(filter), in: [queue], page)
    }

    /// Reads one dead letter.
    ///
    /// - Returns: its job; nil where there is none, or it is no letter.
    /// - Throws: `StoreError`.
    public func deadLetter(_ key: JobKey) async throws(StoreError) -> JobRecord? {
        let job = try await store.jobs([key]).first ?? nil
        return job?.options.deadLetter == nil ? nil : job
    }

    /// Runs the jobs of dead letters again: each is stored anew in the queue where it failed, with its payload, its options and
    /// all of its attempts, and in the same step the letter goes.
    ///
    /// The new job waits at once, without its parent, its children and its deduplication. Its id follows from the letter's, so
    /// that a letter is replayed once however often the call is repeated. How often it has been replayed is in
    /// `JobOptions.replay`, and in the letter that it leaves if it fails again.
    ///
    /// - Parameter letters: their keys.
    /// - Returns: one result for each, in its place. One that is gone answers `notFound`, also where an earlier call whose answer
    ///   was lost has replayed it.
    /// - Throws: `StoreError`, after which any of them may have been replayed; the same call may be made again.
    @discardableResult
    public func replay(_ letters: [JobKey]) async throws(StoreError) -> [ReplayResult] {
        let found = try await store.jobs(letters)
        var results = [ReplayResult](repeating: .notFound, count: letters.count)
        var places: [Int] = []
        var copies: [JobCopy] = []
        for (place, letter) in found.enumerated() {
            guard let letter else { continue }
            do throws(DroverError) {
                copies.append(try JobCopy(replayOf: letter))
                places.append(place)
            } catch { results[place] = .refused(ValidationError("dead letter", error.message)) }
        }
        let answers = try await store.apply(
            zip(places, copies).map { place, copy in .copy(letters[place], as: copy, removesJob: true) })
        for ((place, copy), answer) in zip(zip(places, copies), answers) {
            switch answer {
            case .done, .requested: results[place] = .replayed(copy.key)
            case .notFound: break
            case .wrongState(let state): results[place] = .wrongState(state)
            case .refused(let problem): results[place] = .refused(problem)
            }
        }
        return results
    }

    /// Runs the jobs of all dead letters of a queue again that a filter finds, in bounded steps, as ``replay(_:)`` does and as
    /// ``apply(_:matching:in:dryRun:step:progress:)`` goes over them. It ends with the letters that were there when it began, so that
    /// jobs which fail at once again do not keep it going.
    ///
    /// ```swift
    /// let report = try await jobs.replayAll(in: "mail-dead", matching: try JobFilter("reason ~ timeout"))
    /// print("\(report.done) replayed")
    /// ```
    ///
    /// - Parameters:
    ///   - queue: the dead-letter queue.
    ///   - filter: which letters; without a word on states those that wait.
    ///   - isDryRun: whether they are only counted.
    ///   - step: how many letters are replayed in one step, 1 to 500.
    ///   - progress: is told after each step how far it has come; what it throws ends the operation.
    /// - Throws: as ``apply(_:matching:in:dryRun:step:progress:)``.
    public func replayAll(
        in queue: QueueName, matching filter: JobFilter = .all, dryRun isDryRun: Bool = false, step: Int = 200,
        progress: (BulkReport) async throws -> Void = { _ in }
    ) async throws -> BulkReport {
        let filter = Self.letters(filter)
        let states = JobState.allCases.filter { $0 != .active && filter.mayMatch(in: $0) }
        return try await goOver([queue], states, filter, dryRun: isDryRun, step: step, progress) {
            jobs, state throws(StoreError) in
            var results = [BulkAnswer](repeating: .settled(.notFound), count: jobs.count)
            var places: [Int] = []
            var commands: [JobCommand] = []
            for (place, letter) in jobs.enumerated() {
                do throws(DroverError) {
                    let copy = try JobCopy(replayOf: letter)
                    commands.append(.when(state, .copy(letter.key, as: copy, removesJob: true)))
                    places.append(place)
                } catch { results[place] = .settled(.refused(ValidationError("dead letter", error.message))) }
            }
            for (place, result) in zip(places, try await self.store.apply(commands)) {
                results[place] = .settled(result)
            }
            return results
        }
    }

    /// Deletes all dead letters of a queue that a filter finds, in bounded steps; see ``replayAll(in:matching:dryRun:step:progress:)``.
    /// One that is named by its key is deleted by `JobCommand.remove`.
    public func discardAll(
        in queue: QueueName, matching filter: JobFilter = .all, dryRun isDryRun: Bool = false,
        progress: (BulkReport) async throws -> Void = { _ in }
    ) async throws -> BulkReport {
        try await apply(
            .remove, matching: Self.letters(filter), in: [queue], dryRun: isDryRun, progress: progress)
    }

    /// A filter for letters, those that wait where it says nothing of states.
    private static func letters(_ filter: JobFilter) -> JobFilter {
        let letters = filter.and(.exists(.reason))
        return filter.namesStates
            ? letters : letters.and(.oneOf(.state, [.text(JobState.waiting.rawValue)]))
    }
}
