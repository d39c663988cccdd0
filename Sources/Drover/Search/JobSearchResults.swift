public import DroverCore

/// The jobs that a search finds, read from the store page by page as they are asked for.
///
/// Jobs that move while it is read may be shown or not. An error of the store ends it.
public struct JobSearchResults: AsyncSequence, Sendable {
    let service: JobService
    let filter: JobFilter
    let queues: [QueueName]?

    /// Reads from the first job on.
    public func makeAsyncIterator() -> Iterator { Iterator(results: self) }

    /// Goes over the jobs.
    public struct Iterator: AsyncIteratorProtocol {
        private let results: JobSearchResults
        private var jobs: [JobRecord] = []
        private var at = 0
        private var cursor: PageCursor?
        private var isAtEnd = false

        init(results: JobSearchResults) { self.results = results }

        /// The next job; nil at the end.
        ///
        /// - Throws: `StoreError`, or `CancellationError` when the task is cancelled between two pages.
        public mutating func next() async throws -> JobRecord? {
            while at == jobs.count {
                if isAtEnd { return nil }
                let page = try await results.service.searchPage(
                    results.filter, in: results.queues, Page(limit: 200, after: cursor))
                jobs = page.jobs
                at = 0
                cursor = page.next
                isAtEnd = page.next == nil
            }
            at += 1
            return jobs[at - 1]
        }
    }
}
