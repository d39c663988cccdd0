import DroverCore
import DroverTesting

/// A store to which somebody else does something just before a call.
struct BusyStore: ForwardingStore {
    /// What somebody else does.
    typealias Meanwhile = @Sendable () async throws -> Void

    let base: any JobStore
    private let beforeJobs: Meanwhile
    private let beforeEvents: Meanwhile

    /// - Parameters:
    ///   - beforeJobs: done before jobs are listed.
    ///   - beforeEvents: done before events are read.
    init(_ base: any JobStore, beforeJobs: @escaping Meanwhile = {}, beforeEvents: @escaping Meanwhile = {}) {
        self.base = base
        self.beforeJobs = beforeJobs
        self.beforeEvents = beforeEvents
    }

    func jobs(matching query: JobQuery, page: Page) async throws(StoreError) -> JobPage {
        try await perform(beforeJobs)
        return try await base.jobs(matching: query, page: page)
    }

    func events(_ query: EventQuery, waitingAtMost wait: Duration) async throws(StoreError) -> EventPage {
        try await perform(beforeEvents)
        return try await base.events(query, waitingAtMost: wait)
    }

    private func perform(_ action: Meanwhile) async throws(StoreError) {
        do { try await action() } catch { throw StoreError(.unreachable, "the test failed: \(error)") }
    }
}
