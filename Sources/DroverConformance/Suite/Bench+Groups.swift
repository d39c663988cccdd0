import DroverCore

/// Groups.
extension Bench {
    /// Enqueues jobs with these ids into a group, in one call.
    func addAll(
        _ ids: [String], group: String, start: NewJob.Start = .now, priority: Int = 0, lifo: Bool = false,
        in other: QueueName? = nil
    ) async throws {
        let jobs = ids.map { grouped($0, group, start: start, priority: priority, lifo: lifo) }
        try expect(await store.enqueue(other ?? queue, jobs), is: jobs.compactMap(\.id).map { .added($0) }, "enqueue")
    }

    func grouped(
        _ id: String?, _ group: String, start: NewJob.Start = .now, priority: Int = 0, lifo: Bool = false
    ) -> NewJob {
        var options = JobOptions(priority: priority, lifo: lifo)
        options.group = group
        return NewJob(id: id.map(JobID.init(stored:)), name: "job", start: start, options: options)
    }

    /// Changes a setting of a group, or of all groups, which must be taken.
    func set(
        _ setting: GroupSetting, of group: String?, in other: QueueName? = nil, file: String = #fileID,
        line: Int = #line
    ) async throws {
        let results = try await store.configure([.group(other ?? queue, group, setting)])
        try expect(results, is: [.done], "setting \(setting)", file: file, line: line)
    }

    /// All groups, page by page.
    func groups(_ order: Page.Order = .ascending, limit: Int = 100) async throws -> [GroupSummary] {
        var groups: [GroupSummary] = []
        var cursor: PageCursor?
        var bound = PageBound()
        repeat {
            try bound.turn()
            let page = try await store.jobs(
                matching: JobQuery(queue: queue, part: .groups), page: Page(limit: limit, after: cursor, order: order))
            try expect(page.groups.count <= limit, "a page holds no more than its limit")
            groups += page.groups
            cursor = page.next
        } while cursor != nil
        return groups
    }

    func group(_ name: String, file: String = #fileID, line: Int = #line) async throws -> GroupSummary {
        try unwrap(await groups().first { $0.name == name }, "the group \(name)", file: file, line: line)
    }

    /// The ids of the jobs that wait in a group, page by page.
    func list(group: String, _ order: Page.Order = .ascending, limit: Int = 100) async throws -> [String] {
        var ids: [String] = []
        var cursor: PageCursor?
        var bound = PageBound()
        repeat {
            try bound.turn()
            let page = try await store.jobs(
                matching: JobQuery(queue: queue, part: .group(group)),
                page: Page(limit: limit, after: cursor, order: order))
            try expect(page.jobs.allSatisfy { $0.state == .grouped }, "the jobs of a group wait in it")
            ids += page.jobs.map(\.key.id.text)
            cursor = page.next
        } while cursor != nil
        return ids
    }

    /// Claims one job at a time, each completed before the next, and tells their ids.
    func work(_ count: Int) async throws -> [String] {
        var ids: [String] = []
        for _ in 0..<count {
            let claimed = try await claimOne()
            ids.append(claimed.job.key.id.text)
            try await settle(claimed, .completed(.null))
        }
        return ids
    }
}
