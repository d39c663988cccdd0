/// Looking at jobs and queues. Nothing here changes anything.
public protocol JobInspecting: Sendable {
    /// Reads jobs by key.
    ///
    /// - Returns: one record for each key, in its place; nil where there is no such job.
    func jobs(_ keys: [JobKey]) async throws(StoreError) -> [JobRecord?]

    /// Lists jobs of one state.
    func jobs(matching query: JobQuery, page: Page) async throws(StoreError) -> JobPage

    /// Lists the queues that hold jobs or settings, by name, with their counts.
    func queues() async throws(StoreError) -> [QueueSummary]

    /// Lists the living workers, by queue and id.
    func workers() async throws(StoreError) -> [WorkerSummary]

    /// Lists the children of a job, of one status, in no promised order.
    ///
    /// A page holds about as many as it asks for: a store whose lists are not sorted may give more, and then fewer. Children
    /// that come or leave between two pages may be shown or not. Empty for an unknown job and one without children.
    func children(of key: JobKey, _ status: ChildStatus, page: Page) async throws(StoreError) -> ChildPage

    /// Reads a job's log, oldest line first when ascending. Empty for an unknown job.
    func logs(_ key: JobKey, page: Page) async throws(StoreError) -> LogPage

    /// Reads a queue's events; when there are none, waits up to `wait` for the first.
    ///
    /// Returns early, and empty, when the task is cancelled.
    func events(_ query: EventQuery, waitingAtMost wait: Duration) async throws(StoreError) -> EventPage
}
