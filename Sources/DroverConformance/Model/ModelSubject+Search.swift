import DroverCore

extension ModelSubject {
    /// Searches to the end, and counts, in calls that look at a few jobs each.
    func search(
        _ queue: QueueName, _ search: JobSearch, limit: Int, _ order: Page.Order
    ) async throws -> ModelAnswer {
        var jobs: [JobRecord] = []
        var count = 0
        for answer in [JobSearch.Answer.jobs, .count] {
            var search = search
            search.answer = answer
            var cursor: PageCursor?
            var bound = PageBound()
            repeat {
                try bound.turn()
                let found = try await store.jobs(
                    matching: JobQuery(queue: queue, search), page: Page(limit: limit, after: cursor, order: order))
                guard let tally = found.tally, tally.examined <= search.mostExamined, tally.matched <= tally.examined
                else {
                    throw ConformanceFailure("a search of \(search.mostExamined) jobs must tell its cost, got \(found)")
                }
                jobs += found.jobs.map { show($0) }
                if answer == .count { count += tally.matched }
                cursor = found.next
            } while cursor != nil
        }
        // Nothing is said of the order of those that came to wait for children in one millisecond.
        if search.state == .active || search.state == .waitingChildren { return .searched([], Set(jobs), count: count) }
        return .searched(jobs, [], count: count)
    }
}
