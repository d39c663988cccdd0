import Drover
import DroverTesting
import Synchronization

/// A store whose readers of events and renewals can be watched and disturbed.
final class WatchedStore: ForwardingStore {
    let base: any JobStore
    private let hidden = Mutex<Set<JobID>>([])
    private let renewing: @Sendable (any JobStore) async throws(StoreError) -> Void
    /// Signalled when somebody follows the events behind a place.
    let following = Probe<Void>("follows events")

    /// - Parameter renewing: called right before every renewal, by whoever renews.
    init(
        _ base: any JobStore,
        renewing: @escaping @Sendable (any JobStore) async throws(StoreError) -> Void = { _ in }
    ) {
        self.base = base
        self.renewing = renewing
    }

    /// Cuts the events of a job away; in their place the page has a gap.
    func hide(_ id: JobID) { hidden.withLock { _ = $0.insert(id) } }

    func events(_ query: EventQuery, waitingAtMost wait: Duration) async throws(StoreError) -> EventPage {
        if case .after = query.start { following.signal() }
        var page = try await base.events(query, waitingAtMost: wait)
        let hidden = hidden.withLock { $0 }
        let shown = page.events.filter { event in event.job.map { !hidden.contains($0) } ?? true }
        page.hasGap = page.hasGap || shown.count < page.events.count
        page.events = shown
        return page
    }

    func renew(_ leases: [Lease]) async throws(StoreError) -> [LeaseStatus] {
        try await renewing(base)
        return try await base.renew(leases)
    }
}
