import DroverCore

/// Doing operations that only read.
extension ModelSubject {
    mutating func look(_ operation: ModelOperation) async throws -> ModelAnswer {
        switch operation {
        case .look(let names):
            return .looked(try await store.jobs(names.map(key)).map { job in job.map { show($0) } })
        case .holder(let queue, let id):
            let query = JobQuery(queue: ModelQueues.name(queue), part: .holding(deduplication: id))
            let page = try await store.jobs(matching: query, page: Page())
            let hold = page.hold.map { hold in
                DeduplicationHold(holder: hold.holder, remaining: hold.remaining.map { show($0) }, next: hold.next)
            }
            return .held(hold, page.jobs.first.map { show($0) })
        case .list(let queue, let state, let limit, let order):
            return try await list(queue, .state(state), limit: limit, order)
        case .inGroup(let queue, let name, let limit, let order):
            return try await list(queue, .group(name), limit: limit, order)
        case .groups(let queue, let limit, let order): return try await groups(queue, limit: limit, order)
        case .children(let name, let status, let limit): return try await children(name, status, limit: limit)
        case .search(let queue, let filter, let state, let limit, let most, let order):
            return try await search(
                ModelQueues.name(queue), JobSearch(filter.moved(to: start), in: state, mostExamined: most),
                limit: limit, order)
        case .turnPage(let queue, let state, let limit, let order, let kept):
            let page = Page(limit: limit, after: keptCursors[kept], order: order)
            let found = try await store.jobs(
                matching: JobQuery(queue: ModelQueues.name(queue), state: state), page: page)
            keptCursors[kept] = found.next
            return .listed(found.jobs.map { show($0) }, goesOn: found.next != nil)
        case .queues: return .queues(try await store.queues())
        case .log(let name, let limit, let order): return try await log(name, limit: limit, order)
        case .events(let queue, let limit, let fromBeginning):
            return try await events(queue, limit: limit, fromBeginning: fromBeginning)
        case .schedules(let query, let limit, let order):
            return try await listSchedules(query, limit: limit, order)
        case .turnSchedules(let query, let limit, let order, let kept):
            return try await turnSchedules(query, limit: limit, order, kept: kept)
        default: return .nothing
        }
    }

    private func groups(_ queue: Int, limit: Int, _ order: Page.Order) async throws -> ModelAnswer {
        var groups: [GroupSummary] = []
        var every = GroupLimits()
        var cursor: PageCursor?
        var bound = PageBound()
        repeat {
            try bound.turn()
            let found = try await store.jobs(
                matching: JobQuery(queue: ModelQueues.name(queue), part: .groups),
                page: Page(limit: limit, after: cursor, order: order))
            groups += found.groups
            every = found.everyGroup
            cursor = found.next
        } while cursor != nil
        return .groups(groups, every)
    }

    private func list(
        _ queue: Int, _ part: JobQuery.Part, limit: Int, _ order: Page.Order
    ) async throws -> ModelAnswer {
        var jobs: [JobRecord] = []
        var cursor: PageCursor?
        var bound = PageBound()
        repeat {
            try bound.turn()
            let page = Page(limit: limit, after: cursor, order: order)
            let found = try await store.jobs(
                matching: JobQuery(queue: ModelQueues.name(queue), part: part), page: page)
            jobs += found.jobs.map { show($0) }
            cursor = found.next
        } while cursor != nil
        // Nothing is said of the order of those that came to wait for children in one millisecond.
        let isUnordered = part == .state(.active) || part == .state(.waitingChildren)
        if isUnordered && Set(jobs).count == jobs.count { return .gathered(Set(jobs)) }
        return .listed(jobs, goesOn: cursor != nil)
    }

    private func log(_ name: ModelJobName, limit: Int, _ order: Page.Order) async throws -> ModelAnswer {
        var lines: [String] = []
        var totals: Set<Int> = []
        var cursor: PageCursor?
        var bound = PageBound()
        repeat {
            try bound.turn()
            let page = try await store.logs(key(name), page: Page(limit: limit, after: cursor, order: order))
            lines += page.lines
            totals.insert(page.total)
            cursor = page.next
        } while cursor != nil
        return .log(lines, totals: totals)
    }

    private mutating func events(_ queue: Int, limit: Int, fromBeginning: Bool) async throws -> ModelAnswer {
        let name = ModelQueues.name(queue)
        var start: EventQuery.Start = .beginning
        if !fromBeginning, let position = followed[queue] { start = .after(position) }
        var events: [JobEvent] = []
        var hasGap = false
        var bound = PageBound()
        while true {
            try bound.turn()
            let query = EventQuery(queue: name, start: start, limit: limit)
            let page = try await store.events(query, waitingAtMost: .zero)
            hasGap = hasGap || page.hasGap
            events += page.events.map { show($0, of: name) }
            start = .after(page.next)
            if page.events.isEmpty {
                if !fromBeginning { followed[queue] = page.next }
                return .events(Self.inOrder(events), hasGap: hasGap)
            }
        }
    }
}
