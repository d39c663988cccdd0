import Drover
import DroverTesting
import Synchronization

/// A store whose readers of events can be watched and disturbed.
final class WatchedStore: ForwardingStore {
    let base: any JobStore
    private let hidden = Mutex<Set<JobID>>([])
    /// Signalled when somebody follows the events behind a place.
    let following = Probe<Void>("follows events")

    init(_ base: any JobStore) { self.base = base }

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
}
