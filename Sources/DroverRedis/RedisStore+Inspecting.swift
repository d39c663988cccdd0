public import DroverCore
import RedisClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension RedisStore {
    /// Reads jobs by key, in one script for each queue.
    public func jobs(_ keys: [JobKey]) async throws(StoreError) -> [JobRecord?] {
        try checkOpen()
        var places: [QueueName: [Int]] = [:]
        for (index, key) in keys.enumerated() { places[key.queue, default: []].append(index) }
        var records = [JobRecord?](repeating: nil, count: keys.count)
        for (queue, indices) in places {
            var arguments = RedisArguments(capacity: 64 + indices.count * 32)
            for index in indices { arguments.append(keys[index].id.text) }
            let answer = try await run(Scripts.jobs, queue, arguments, "read jobs of \(queue)")
            for (index, item) in zip(indices, answer.items ?? []) {
                guard let parts = item.items, parts.count == 3 else { continue }
                let state = parts[0].text.flatMap(JobState.init(rawValue:)) ?? .waiting
                records[index] = try withCoder { coder throws(StoreError) in
                    JobHash(parts[2]).record(keys[index], state: state, mark: parts[1].text, options: &coder)
                }
            }
        }
        return records
    }

    /// Lists jobs of one state, all or those that a search finds, or the one that holds a deduplication id.
    public func jobs(matching query: JobQuery, page: Page) async throws(StoreError) -> JobPage {
        try checkOpen()
        let state: JobState
        var group = ""
        switch query.part {
        case .state(let asked): state = asked
        case .holding(let id): return try await holder(of: id, in: query.queue)
        case .matching(let search): return try await self.search(search, in: query.queue, page)
        case .groups: return try await groups(of: query.queue, page)
        case .group(let name):
            state = .grouped
            group = name
        }
        var arguments = RedisArguments(capacity: 64)
        arguments.append(state.rawValue)
        arguments.append(page.order.rawValue)
        arguments.append(page.limit)
        arguments.append(try PlaceCursor(page.after, in: state).text)
        arguments.append(group)
        let items = try await run(Scripts.list, query.queue, arguments, "list jobs of \(query.queue)").items ?? []
        var jobs: [JobRecord] = []
        try withCoder { coder throws(StoreError) in
            for index in stride(from: 1, to: items.count - 2, by: 3) {
                let key = JobKey(queue: query.queue, id: JobID(stored: items[index].text ?? ""))
                jobs.append(
                    JobHash(items[index + 2]).record(
                        key, state: state, mark: items[index + 1].text, options: &coder))
            }
        }
        let next = items.first?.text ?? ""
        return JobPage(jobs: jobs, next: next.isEmpty ? nil : PageCursor(next))
    }

    private func holder(of id: String, in queue: QueueName) async throws(StoreError) -> JobPage {
        var arguments = RedisArguments(capacity: 64)
        arguments.append(id)
        let items =
            try await run(Scripts.holder, queue, arguments, "read who holds a deduplication id of \(queue)").items ?? []
        guard items.count >= 3, let holder = items[0].text.map(JobID.init(stored:)) else { return JobPage(jobs: []) }
        let remaining = items[1].int.flatMap { $0 < 0 ? nil : Duration.milliseconds($0) }
        let next = items[2].text.flatMap { $0.isEmpty ? nil : JobID(stored: $0) }
        var page = JobPage(jobs: [], hold: DeduplicationHold(holder: holder, remaining: remaining, next: next))
        guard items.count == 6 else { return page }
        let state = items[3].text.flatMap(JobState.init(rawValue:)) ?? .waiting
        page.jobs = [
            try withCoder { coder throws(StoreError) in
                JobHash(items[5]).record(
                    JobKey(queue: queue, id: holder), state: state, mark: items[4].text, options: &coder)
            }
        ]
        return page
    }

    /// Lists the queues: those that Drover has used, and those of BullMQ's clients that a search has found. It writes
    /// nothing: what was found is remembered by this store alone.
    public func queues() async throws(StoreError) -> [QueueSummary] {
        try await discoverQueues()
        let bases = try await send(.make("SMEMBERS", keys.queues), "list queues").items ?? []
        let used = bases.compactMap { $0.text.flatMap(keys.queue(ofBase:)) }
        let queues = discovered.union(used).sorted()
        let now = try await serverTime()
        var commands: [RedisCommand] = []
        for queue in queues {
            commands += LimitsReply.commands(queue, keys)
            commands.append(.make("EXISTS", keys.meta(queue)))
            commands.append(.make("HEXISTS", keys.meta(queue), "drover:groups"))
            // Those that wait in groups lie among those that wait for children.
            commands.append(.make("ZCOUNT", keys.base(queue) + "waiting-children", "-inf", "(0"))
            commands += keys.listed(queue).map(\.probe)
        }
        var rest = (await client.send(commands))[...]
        var summaries: [QueueSummary] = []
        for queue in queues {
            var isDamaged = false
            // A key that holds something else spoils what is told of its own queue alone.
            func next() throws(StoreError) -> RESPValue {
                do throws(RedisError) {
                    return try rest.popFirst()?.get() ?? .null
                } catch {
                    guard StoreError.isWrongType(error) else { throw .redis(error, "count the jobs of \(queue)") }
                    isDamaged = true
                    return .null
                }
            }
            let limits = try LimitsReply(next)
            let exists = try next().int == 1
            let isGrouped = try next().int == 1
            var counts = JobCounts()
            let grouped = Int(try next().int ?? 0)
            for key in keys.listed(queue) {
                let value = try next()
                if let state = key.state { counts[state] += Int(value.int ?? 0) }
            }
            counts[.waitingChildren] -= grouped
            counts[.grouped] = grouped
            // One that another client has obliterated is remembered and has nothing any more.
            guard exists || counts.total > 0 || isDamaged else { continue }
            var summary = limits.summary(queue, counts, now: now)
            if grouped > 0, !isGrouped, !isDamaged {
                // The mark that the queue has groups lies in what that client removed.
                summary.problem =
                    "another client has removed the queue and left \(grouped) jobs of groups, which nobody works; "
                    + "drover obliterate removes them, and the next job of a group takes them on"
            }
            if isDamaged { summary.problem = await damage(of: queue) ?? "a key of the queue holds something else" }
            summaries.append(summary)
        }
        return summaries
    }

    /// Looks for queues that other clients have made, by their settings. One call looks at a bounded part of the keys
    /// and the next goes on, so that millions of jobs do not hold it up.
    private func discoverQueues() async throws(StoreError) {
        var cursor = discovery ?? "0"
        for _ in 0..<configuration.discoverySteps {
            let scan = RedisCommand.make("SCAN", cursor, "MATCH", keys.metaPattern, "COUNT", "1000", "TYPE", "hash")
            let answer = try await send(scan, "look for queues")
            guard let parts = answer.items, parts.count == 2, let next = parts[0].text else { break }
            let found = (parts[1].items ?? []).compactMap { $0.text.flatMap(keys.queue(ofMeta:)) }
            remember(found)
            cursor = next
            if cursor == "0" { break }
        }
        discovery = cursor
    }

    /// Lists the living workers.
    public func workers() async throws(StoreError) -> [WorkerSummary] {
        let answers = try await send([.make("TIME"), .make("HGETALL", keys.workers)], "list workers")
        let seconds = answers[0].items?.first?.int ?? 0
        let micros = answers[0].items?.last?.int ?? 0
        let now = configuration.clock?.now ?? Timestamp(milliseconds: seconds * 1000 + micros / 1000)
        return (answers[1].fields ?? [:]).compactMap { id, report in report.text.flatMap { Self.worker(id, $0) } }
            .filter { $0.seenAt + $0.report.validFor > now }
            .sorted { ($0.report.queue.text, $0.report.id) < ($1.report.queue.text, $1.report.id) }
    }

    private static func worker(_ id: String, _ text: String) -> WorkerSummary? {
        // What is no report of ours is passed over: a list of the living must not fail by one of them.
        guard let parts = try? JSONDecoder().decode([String].self, from: Data(text.utf8)), parts.count == 8 else {
            return nil
        }
        let numbers = parts.map { Int64($0) ?? 0 }
        let report = WorkerReport(
            id: id, queue: QueueName(stored: parts[3]), host: parts[4], process: Int(numbers[5]),
            concurrency: Int(numbers[6]), running: Int(numbers[7]), validFor: .milliseconds(numbers[2]))
        return WorkerSummary(
            report: report, startedAt: Timestamp(milliseconds: numbers[0]),
            seenAt: Timestamp(milliseconds: numbers[1]))
    }

    /// Reads a part of the log of a job; cursors count lines from the side where reading began.
    public func logs(_ key: JobKey, page: Page) async throws(StoreError) -> LogPage {
        let after = page.after?.text ?? "0"
        guard let passed = UInt32(after).map(Int.init) else { throw PlaceCursor.unknown(PageCursor(after)) }
        let (first, last) =
            page.order == .ascending ? (passed, passed + page.limit - 1) : (-(passed + page.limit), -1 - passed)
        let log = keys.log(key)
        let answers = try await send(
            [.make("LLEN", log), .make("LRANGE", log, String(first), String(last))], "read the log of \(key)")
        var lines = (answers[1].items ?? []).map { $0.text ?? "" }
        if page.order == .descending { lines.reverse() }
        let next = lines.count == page.limit ? PageCursor(String(passed + lines.count)) : nil
        return LogPage(lines: lines, total: Int(answers[0].int ?? 0), next: next)
    }
}
