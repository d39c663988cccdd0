public import DroverCore

extension SQLiteStore {
    /// Reads jobs by key, in one snapshot.
    public func jobs(_ keys: [JobKey]) async throws(StoreError) -> [JobRecord?] {
        if keys.isEmpty { return [] }
        return try await read("read \(keys.count) jobs") { session throws(StoreError) in
            var turns: [QueueName: QueueTurn] = [:]
            var records: [JobRecord?] = []
            for key in keys {
                if turns[key.queue] == nil { turns[key.queue] = try session.turn(key.queue) }
                guard let turn = turns[key.queue] else {
                    records.append(nil)
                    continue
                }
                records.append(try session.job(key, turn)?.record)
            }
            return records
        }
    }

    /// Lists jobs of one state, all or those that a search finds, or the one that holds a deduplication id; cursors hold a place in the order index.
    public func jobs(matching query: JobQuery, page: Page) async throws(StoreError) -> JobPage {
        let now = now
        return try await read("list jobs of \(query.queue)") { session throws(StoreError) in
            let state: JobState
            switch query.part {
            case .state(let asked): state = asked
            case .holding(let id): return try session.holder(of: id, in: query.queue, now: now)
            case .matching(let search):
                if let cursor = page.after { _ = try PlaceCursor(cursor) }
                guard let turn = try session.turn(query.queue) else { return JobPage(jobs: [], tally: SearchTally()) }
                return try session.search(search, page, turn)
            case .group(let name): return try session.jobs(inGroup: name, of: query.queue, page)
            case .groups: return try session.groups(of: query.queue, page)
            }
            if let cursor = page.after { _ = try PlaceCursor(cursor) }
            guard let turn = try session.turn(query.queue) else { return JobPage(jobs: [], next: nil) }
            let rows = try session.list(state, page, turn)
            let last = rows.count == page.limit ? rows.last : nil
            return JobPage(
                jobs: rows.map(\.record), next: last.map { PlaceCursor(rank: $0.rank, place: $0.place).page })
        }
    }

    /// Lists the queues, from counts that are kept with every change.
    public func queues() async throws(StoreError) -> [QueueSummary] {
        let now = now.milliseconds
        return try await read("list queues") { session throws(StoreError) in
            let row = try session.statement(SQL.listQueues)
            var queues: [QueueSummary] = []
            var limited: [(index: Int, number: Int64)] = []
            while try row.step() {
                var counts = JobCounts()
                for state in JobState.allCases where state != .waitingChildren && state != .grouped {
                    counts[state] = Int(row.count(Int32(StateCode.code(state)) + 2))
                }
                counts[.waitingChildren] = Int(row.count(11))
                counts[.grouped] = Int(row.count(12))
                if row.bool(9) { limited.append((queues.count, row.int(10))) }
                queues.append(
                    QueueSummary(
                        name: QueueName(stored: row.text(0)), isPaused: row.bool(1), counts: counts,
                        maxLength: row.optionalInt(8).map(Int.init)))
            }
            for (index, number) in limited {
                guard let limits = try QueueLimits.load(number, by: session.statement) else { continue }
                queues[index].concurrency = limits.concurrency.map { Int($0) }
                queues[index].rateLimit = limits.rate
                queues[index].limitedFor = limits.wait(at: now).map { .milliseconds($0) }
            }
            return queues
        }
    }

    /// Lists the living workers.
    public func workers() async throws(StoreError) -> [WorkerSummary] {
        let now = now
        return try await read("list workers") { session throws(StoreError) in
            let row = try session.statement(SQL.listWorkers)
            row.bind(1, now.milliseconds)
            var workers: [WorkerSummary] = []
            while try row.step() {
                let report = WorkerReport(
                    id: row.text(0), queue: QueueName(stored: row.text(1)), host: row.text(2),
                    process: Int(row.int(3)), concurrency: Int(row.int(4)), running: Int(row.int(5)),
                    validFor: .milliseconds(row.int(8)))
                workers.append(
                    WorkerSummary(
                        report: report, startedAt: Timestamp(milliseconds: row.int(6)),
                        seenAt: Timestamp(milliseconds: row.int(7))))
            }
            return workers
        }
    }

    /// Lists the children of a job, by queue and id.
    public func children(
        of key: JobKey, _ status: ChildStatus, page: Page
    ) async throws(StoreError) -> ChildPage {
        let place = try page.after.map(ChildCursor.init)
        return try await read("list the children of \(key)") { session throws(StoreError) in
            guard let turn = try session.turn(key.queue), let job = try session.job(key, turn), job.annexes.hasChildren
            else { return ChildPage() }
            let isAscending = page.order == .ascending
            let list = try session.statement(
                isAscending ? SQL.listChildrenAscending : SQL.listChildrenDescending)
            list.bind(1, job.seq)
            list.bind(2, ParentRow.code(status))
            list.bind(3, place?.queue ?? (isAscending ? "" : "\u{10FFFF}"))
            list.bind(4, place?.id ?? "")
            list.bind(5, Int64(page.limit))
            var found = ChildPage()
            while try list.step() { found.children.append(ParentRow.child(list, status)) }
            if found.children.count == page.limit, let last = found.children.last {
                found.next = PageCursor("\(last.key.queue):\(last.key.id)")
            }
            let count = try session.statement(SQL.countChildren)
            count.bind(1, job.seq)
            found.counts = try ParentRow.counts(count)
            return found
        }
    }

    /// Reads a part of the log of a job.
    public func logs(_ key: JobKey, page: Page) async throws(StoreError) -> LogPage {
        let isAscending = page.order == .ascending
        let after = try page.after.map(LineCursor.init)?.line ?? (isAscending ? 0 : .max)
        return try await read("read the log of \(key)") { session throws(StoreError) in
            guard let turn = try session.turn(key.queue), let job = try session.job(key, turn) else {
                return LogPage(lines: [], total: 0, next: nil)
            }
            let select = try session.statement(isAscending ? SQL.readLogsAscending : SQL.readLogsDescending)
            select.bind(1, job.seq)
            select.bind(2, after)
            select.bind(3, Int64(page.limit))
            var lines: [String] = []
            var last: Int64 = 0
            while try select.step() {
                last = select.int(0)
                lines.append(select.text(1))
            }
            let count = try session.statement(SQL.countLogs)
            count.bind(1, job.seq)
            _ = try count.step()
            let next = lines.count == page.limit ? PageCursor(String(last)) : nil
            return LogPage(lines: lines, total: Int(count.int(0)), next: next)
        }
    }
}

/// A place in a list of children, as text in cursors: queue and id.
private struct ChildCursor {
    var queue: String
    var id: String

    init(_ cursor: PageCursor) throws(StoreError) {
        let parts = cursor.text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else {
            throw StoreError(.invalid, "\"\(cursor.text)\" is not a cursor of this store; use one that a page returned")
        }
        (queue, id) = (String(parts[0]), String(parts[1]))
    }
}

/// A place in a log, as text in cursors: the number of a line.
private struct LineCursor {
    var line: Int64

    init(_ cursor: PageCursor) throws(StoreError) {
        guard let line = Int64(cursor.text) else {
            throw StoreError(.invalid, "\"\(cursor.text)\" is not a cursor of this store; use one that a page returned")
        }
        self.line = line
    }
}
