import DroverCore

extension Bench {
    /// The ids of the jobs of a state that a query finds, page by page.
    func search(
        _ query: String, in state: JobState = .waiting, _ order: Page.Order = .ascending, limit: Int = 100,
        mostExamined: Int = JobSearch.mostExamined, now: Timestamp = Timestamp(milliseconds: 0)
    ) async throws -> [String] {
        let search = JobSearch(try JobFilter(query, now: now), in: state, mostExamined: mostExamined)
        return try await self.search(search, order, limit: limit)
    }

    /// The ids of the jobs that a search finds, page by page.
    func search(_ search: JobSearch, _ order: Page.Order = .ascending, limit: Int = 100) async throws -> [String] {
        var ids: [String] = []
        var cursor: PageCursor?
        var bound = PageBound()
        repeat {
            try bound.turn()
            let found = try await store.jobs(
                matching: JobQuery(queue: queue, search), page: Page(limit: limit, after: cursor, order: order))
            let tally = try unwrap(found.tally, "what a search has cost")
            try expect(found.jobs.count <= limit, "a page holds no more than its limit")
            try expect(tally.examined <= search.mostExamined, "a call looks at no more jobs than it may")
            try expect(tally.matched, is: found.jobs.count, "the number of jobs that matched")
            try expect(found.jobs.allSatisfy(search.filter.matches), "what is found matches")
            ids += found.jobs.map(\.key.id.text)
            cursor = found.next
        } while cursor != nil
        return ids
    }

    /// How many jobs of a state a query finds.
    func count(
        _ query: String, in state: JobState = .waiting, mostExamined: Int = JobSearch.mostExamined
    ) async throws -> Int {
        let search = JobSearch(
            try JobFilter(query, now: Timestamp(milliseconds: 0)), in: state, answer: .count, mostExamined: mostExamined
        )
        var count = 0
        var cursor: PageCursor?
        var bound = PageBound()
        repeat {
            try bound.turn()
            let found = try await store.jobs(
                matching: JobQuery(queue: queue, search), page: Page(limit: 1, after: cursor))
            try expect(found.jobs, is: [], "a count shows no jobs")
            count += try unwrap(found.tally, "what a count has found").matched
            cursor = found.next
        } while cursor != nil
        return count
    }
}
