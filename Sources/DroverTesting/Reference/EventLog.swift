package import DroverCore

/// The events of one queue. Positions are whole numbers without holes.
package struct EventLog: Sendable {
    private struct Item: Sendable {
        var at: Timestamp
        var job: JobID?
        var kind: JobEvent.Kind
    }

    private var items: [Item] = []
    /// The last position that is not kept any more; 0 when nothing was dropped.
    package private(set) var floor: Int
    /// Older events go in steps of this many, so that the cost of each append stays flat.
    private static let trimStep = 1000

    /// An empty log whose first event has the position behind `floor`.
    package init(floor: Int = 0) { self.floor = floor }

    /// The position of the newest event.
    package var end: Int { floor + items.count }

    package mutating func append(_ kind: JobEvent.Kind, of job: JobID?, at now: Timestamp) {
        items.append(Item(at: now, job: job, kind: kind))
        if items.count >= EventPage.keptEvents + Self.trimStep {
            items.removeFirst(Self.trimStep)
            floor += Self.trimStep
        }
    }

    /// Reads up to `limit` events from `start`.
    ///
    /// - Throws: `invalid` for a position that no log of this kind made.
    package func page(from start: EventQuery.Start, limit: Int) throws(StoreError) -> EventPage {
        let asked: Int
        switch start {
        case .beginning: asked = floor
        case .end: asked = end
        case .after(let position):
            guard let number = Int(position.text), number >= 0 else {
                throw StoreError(.invalid, "reading events after an unknown position; read from the beginning")
            }
            asked = number
        }
        let first = min(max(asked, floor), end)
        let last = min(first + limit, end)
        let events = items[(first - floor)..<(last - floor)].enumerated().map { offset, item in
            JobEvent(
                position: EventPosition(String(first + offset + 1)), at: item.at, job: item.job, kind: item.kind)
        }
        return EventPage(events: events, next: EventPosition(String(last)), hasGap: asked < floor)
    }
}
