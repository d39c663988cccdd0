import DroverCore
import RedisClient

extension RedisStore {
    /// How many ids are read at once, at most.
    private static let searchStep = 1000

    /// Does a part of a search: reads ids of the state in order, asks for the fields of their hashes that the filter looks at,
    /// all commands of a step at once, and compares here. No script runs longer than it takes to read 1,000 ids.
    ///
    /// - Complexity: commands: one for 1,000 jobs and one for each job; of delayed and finished jobs only for those among
    ///   the instants that the filter leaves.
    func search(_ search: JobSearch, in queue: QueueName, _ page: Page) async throws(StoreError) -> JobPage {
        let given = try PlaceCursor(page.after, in: search.state)
        var tally = SearchTally()
        var found: [JobKey] = []
        var cursor: String? = given.text
        if search.isVain { cursor = nil }
        let bounds = ScoreBounds(search, page.order)
        if cursor == "" { cursor = bounds.start }
        var step = search.answer == .count ? Self.searchStep : min(max(page.limit, 100), Self.searchStep)
        while let from = cursor, tally.examined < search.mostExamined, found.count < page.limit {
            let ids = try await searchIDs(
                search, in: queue, page.order, limit: min(step, search.mostExamined - tally.examined), after: from,
                bounds)
            let jobs = try await searchFields(search, ids)
            var last: Int?
            for (index, job) in jobs.enumerated() {
                tally.examined += 1
                last = index
                guard let job, search.filter.matches(job) else { continue }
                tally.matched += 1
                if search.answer == .count { continue }
                found.append(job.key)
                if found.count == page.limit { break }
            }
            let isRead = last.map { $0 + 1 == ids.keys.count } ?? true
            cursor = isRead && ids.isLast ? nil : last.map { ids.cursor(behind: $0) }
            step = Self.searchStep
        }
        // What has changed since is looked at again as a whole.
        var records: [JobRecord] = []
        if !found.isEmpty {
            for case let record? in try await jobs(found)
            where record.state == search.state && search.filter.matches(record) { records.append(record) }
            tally.matched = records.count
        }
        return JobPage(jobs: records, next: cursor.map { PageCursor($0) }, tally: tally)
    }

    private func searchIDs(
        _ search: JobSearch, in queue: QueueName, _ order: Page.Order, limit: Int, after cursor: String,
        _ bounds: ScoreBounds
    ) async throws(StoreError) -> SearchedIDs {
        var arguments = RedisArguments(capacity: 128)
        arguments.append(search.state.rawValue)
        arguments.append(order.rawValue)
        arguments.append(limit)
        arguments.append(cursor)
        arguments.append("")
        arguments.append("ids")
        arguments.append(bounds.end)
        let items = try await run(Scripts.list, queue, arguments, "search the jobs of \(queue)").items ?? []
        var ids = SearchedIDs(state: search.state, passed: items.first?.int ?? 0)
        for index in stride(from: 1, to: items.count - 1, by: 2) {
            ids.keys.append(JobKey(queue: queue, id: JobID(stored: items[index].text ?? "")))
            ids.scores.append(items[index + 1].text ?? "")
        }
        ids.isLast = ids.keys.count < limit
        return ids
    }

    /// The jobs with the fields that the filter looks at; nil for one that is gone.
    private func searchFields(_ search: JobSearch, _ ids: SearchedIDs) async throws(StoreError) -> [JobRecord?] {
        let fields = JobHash.fields(for: search.filter)
        try checkOpen()
        let answers = await client.send(
            ids.keys.map { key in
                var command = RedisCommand.make("HMGET", keys.base(key.queue) + key.id.text)
                for field in fields { command.append(field) }
                return command
            })
        var jobs: [JobRecord?] = []
        jobs.reserveCapacity(answers.count)
        for (index, answer) in answers.enumerated() {
            let values: [RESPValue]
            do throws(RedisError) { values = try answer.get().items ?? [] } catch {
                // Under the name of a job lies something else: it is none.
                guard StoreError.isWrongType(error) else {
                    throw .redis(error, "search the jobs of \(ids.keys[index].queue)")
                }
                values = []
            }
            guard values.count == fields.count, values.contains(where: { $0.text != nil }) else {
                jobs.append(nil)
                continue
            }
            jobs.append(
                try withCoder { coder throws(StoreError) in
                    JobHash(names: fields, values: values).record(
                        ids.keys[index], state: search.state, mark: ids.scores[index], options: &coder)
                })
        }
        return jobs
    }
}

/// Ids of jobs in one state as the script `list` answers them.
private struct SearchedIDs {
    let state: JobState
    /// How many entries of a list lie before them.
    let passed: Int64
    var keys: [JobKey] = []
    var scores: [String] = []
    /// Whether nothing lies behind them.
    var isLast = false

    init(state: JobState, passed: Int64) {
        self.state = state
        self.passed = passed
    }

    /// The cursor behind one of them, as the script writes and reads it.
    func cursor(behind index: Int) -> String {
        switch state {
        case .waiting, .active:
            let near = (max(0, index - 19)...index).reversed().map { keys[$0].id.text }
            return ([String(passed + Int64(index) + 1)] + near).joined(separator: "\t")
        default: return "\(scores[index])\t\(keys[index].id.text)"
        }
    }
}

/// Between which scores of a sorted set the jobs lie that may match.
private struct ScoreBounds {
    /// A cursor before the first of them; empty at the beginning of the set.
    var start = ""
    /// The score behind which none lies.
    var end: String

    init(_ search: JobSearch, _ order: Page.Order) {
        let window = search.window
        // The due time is 12 bits above the end of a score (PROTOCOL 7.2). What lies beyond is no bound.
        let scale: Int64 = search.state == .delayed ? 4096 : 1
        let (first, last) = (Self.score(window.first, scale, 0), Self.score(window.last, scale, scale - 1))
        switch order {
        case .ascending:
            if let first { start = "\(first)\t" }
            end = last.map { String($0) } ?? "+inf"
        case .descending:
            // Behind every id of that score.
            if let last { start = "\(last)\t\u{10FFFF}" }
            end = first.map { String($0) } ?? "-inf"
        }
    }

    private static func score(_ instant: Int64, _ scale: Int64, _ rest: Int64) -> Int64? {
        guard abs(Double(instant)) < 0x1p50 else { return nil }
        return instant * scale + rest
    }
}
