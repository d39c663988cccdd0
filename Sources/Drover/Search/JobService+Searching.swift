public import DroverCore

extension JobService {
    /// In which order the states of a queue are searched: what runs and what will, then what has ended.
    static let searchedStates: [JobState] = {
        let first: [JobState] = [
            .active, .waiting, .prioritized, .grouped, .delayed, .waitingChildren, .failed, .completed,
        ]
        return first + JobState.allCases.filter { !first.contains($0) }
    }()

    /// Goes over the jobs that a filter finds, one after the other, in the order of their places.
    ///
    /// ```swift
    /// for try await job in jobs.search(try JobFilter("state = failed and payload.userId = \"42\""), in: ["mail"]) {
    ///     print(job.key, job.failedReason ?? "")
    /// }
    /// ```
    ///
    /// The store is read in bounded steps, and none of them holds up workers. What is encrypted is not seen: a condition on
    /// the payload or the result finds only what is stored in plain.
    ///
    /// - Parameters:
    ///   - filter: which jobs.
    ///   - queues: of which queues; nil for all that the store knows.
    public func search(_ filter: JobFilter, in queues: [QueueName]? = nil) -> JobSearchResults {
        JobSearchResults(service: self, filter: filter, queues: queues)
    }

    /// Reads a page of the jobs that a filter finds.
    ///
    /// - Parameters:
    ///   - filter: which jobs.
    ///   - queues: of which queues; nil for all that the store knows.
    ///   - sort: in which order; ``JobSort/place`` is the cheapest.
    ///   - page: how many jobs at most, behind which place, and in which direction. A sorted page is full where there are
    ///     enough jobs, and so is one that is not sorted.
    /// - Throws: `StoreError`; ``DroverError`` with the code `refused` for a cursor that no such search gave; `CancellationError`
    ///   when the task is cancelled between two steps.
    public func searchPage(
        _ filter: JobFilter, in queues: [QueueName]? = nil, sortedBy sort: JobSort = .place, _ page: Page = Page()
    ) async throws -> JobSearchPage {
        let names = try await searchedQueues(queues)
        return sort == .place
            ? try await placedPage(filter, names, page) : try await sortedPage(filter, names, sort, page)
    }

    /// Counts the jobs that a filter finds, in bounded steps.
    ///
    /// - Parameters:
    ///   - filter: which jobs.
    ///   - queues: of which queues; nil for all that the store knows.
    ///   - progress: is told after each step how many were looked at and found so far.
    /// - Throws: `StoreError`; `CancellationError` when the task is cancelled between two steps.
    public func count(
        _ filter: JobFilter, in queues: [QueueName]? = nil, progress: (SearchTally) -> Void = { _ in }
    ) async throws -> SearchTally {
        var total = SearchTally()
        for queue in try await searchedQueues(queues) {
            for state in Self.searchedStates where filter.mayMatch(in: state) {
                var cursor: PageCursor?
                repeat {
                    try Task.checkCancellation()
                    let query = JobQuery(queue: queue, JobSearch(filter, in: state, answer: .count))
                    let found = try await store.jobs(matching: query, page: Page(after: cursor))
                    total.examined += found.tally?.examined ?? 0
                    total.matched += found.tally?.matched ?? 0
                    cursor = found.next
                    progress(total)
                } while cursor != nil
            }
        }
        return total
    }

    func searchedQueues(_ queues: [QueueName]?) async throws(StoreError) -> [QueueName] {
        // By name, so that a cursor says which queues are done.
        if let queues { return Set(queues).sorted() }
        return try await store.queues().map(\.name).sorted()
    }

    // MARK: By place

    private func placedPage(_ filter: JobFilter, _ queues: [QueueName], _ page: Page) async throws -> JobSearchPage {
        var result = JobSearchPage(jobs: [], next: nil, examined: 0)
        let isAscending = page.order == .ascending
        var places = queues.flatMap { queue in
            Self.searchedStates.filter(filter.mayMatch).map { SearchPlace(queue: queue, state: $0) }
        }
        if !isAscending { places.reverse() }
        if let cursor = page.after {
            let place = try SearchPlace(cursor)
            let states = isAscending ? Self.searchedStates : Self.searchedStates.reversed()
            places = Array(
                places.drop { other in
                    if other.queue != place.queue { return isAscending == (other.queue < place.queue) }
                    let (left, right) = (states.firstIndex(of: other.state), states.firstIndex(of: place.state))
                    return (left ?? 0) < (right ?? 0)
                })
            if let first = places.first, first.queue == place.queue, first.state == place.state { places[0] = place }
        }
        for var place in places {
            repeat {
                try Task.checkCancellation()
                let left = page.limit - result.jobs.count
                if left == 0 {
                    result.next = place.cursor
                    return result
                }
                let found = try await store.jobs(
                    matching: JobQuery(queue: place.queue, JobSearch(filter, in: place.state)),
                    page: Page(limit: left, after: place.inner, order: page.order))
                result.jobs += found.jobs
                result.examined += found.tally?.examined ?? 0
                place.inner = found.next
            } while place.inner != nil
        }
        return result
    }

    // MARK: Sorted

    private func sortedPage(
        _ filter: JobFilter, _ queues: [QueueName], _ sort: JobSort, _ page: Page
    ) async throws -> JobSearchPage {
        let isAscending = page.order == .ascending
        let after = try page.after.map { cursor throws(DroverError) in try SortedPlace(cursor) }
        var filter = filter
        if let field = sort.field {
            filter = filter.and(.exists(field))
            if let after {
                filter = filter.and(.compares(field, isAscending ? .atLeast : .atMost, .instant(after.instant)))
            }
        }
        var first = FirstJobs(limit: page.limit, sort: sort, isAscending: isAscending, after: after)
        var examined = 0
        for queue in queues {
            for state in Self.searchedStates where filter.mayMatch(in: state) {
                // One more than are shown tells that a list in the order of the page is read far enough.
                let limit = sort.isOrder(of: state) ? page.limit + 1 : 1000
                var cursor: PageCursor?
                repeat {
                    try Task.checkCancellation()
                    let found = try await store.jobs(
                        matching: JobQuery(queue: queue, JobSearch(filter, in: state)),
                        page: Page(limit: limit, after: cursor, order: page.order))
                    examined += found.tally?.examined ?? 0
                    for job in found.jobs { first.add(job) }
                    cursor = found.next
                    // Behind the last of them come no earlier ones.
                    if sort.isOrder(of: state), let last = found.jobs.last, let instant = sort.instant(of: last),
                        first.isClosed(at: instant)
                    {
                        cursor = nil
                    }
                } while cursor != nil
            }
        }
        return JobSearchPage(
            jobs: first.kept.map(\.job), next: first.hasMore ? first.kept.last?.place.cursor : nil, examined: examined)
    }
}
