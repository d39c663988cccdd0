public import DroverCore
import RedisClient

extension RedisStore {
    /// Reads events; positions are the ids of their entries in the queue's stream.
    public func events(_ query: EventQuery, waitingAtMost wait: Duration) async throws(StoreError) -> EventPage {
        let page = try await events(query)
        if !page.events.isEmpty || page.hasGap || wait <= .zero { return page }
        try await followers.waitForEvent(of: query.queue, behind: page.next, atMost: wait)
        return try await events(EventQuery(queue: query.queue, start: .after(page.next), limit: query.limit))
    }

    private func events(_ query: EventQuery) async throws(StoreError) -> EventPage {
        var asked: StreamPosition?
        if case .after(let position) = query.start { asked = try StreamPosition(position) }
        let stream = keys.events(query.queue)
        let attempt = "read events of \(query.queue)"
        if query.start == .end {
            let newest = try await send(.make("XREVRANGE", stream, "+", "-", "COUNT", "1"), attempt)
            let end = newest.items?.first?.items?.first?.text
            return EventPage(events: [], next: EventPosition(end ?? StreamPosition.beginning.text), hasGap: false)
        }
        let start = asked ?? .beginning
        // What the position itself names is read too: if it is still there, nothing behind it is lost.
        let answers = try await send(
            [
                .make("XRANGE", stream, start.text, "+", "COUNT", String(query.limit + 1)),
                .make("XREVRANGE", stream, "+", "-", "COUNT", "1"),
            ], attempt)
        var entries = answers[0].items ?? []
        let isKept = entries.first?.items?.first?.text == start.text
        if isKept { entries.removeFirst() } else { entries = Array(entries.prefix(query.limit)) }
        var newest: StreamPosition?
        if let text = answers[1].items?.first?.items?.first?.text { newest = try StreamPosition(EventPosition(text)) }
        let events = entries.compactMap(EventFields.event)
        var next = start
        if let last = entries.last?.items?.first?.text {
            next = try StreamPosition(EventPosition(last))
        } else if let newest, newest < start {
            // A position beyond the end is of a stream that was removed: it must not hide what comes.
            next = newest
        } else if newest == nil {
            next = .beginning
        }
        var hasGap = false
        if asked != nil, !isKept, !entries.isEmpty { hasGap = try await isTrimmed(stream) }
        return EventPage(events: events, next: EventPosition(next.text), hasGap: hasGap)
    }

    /// Whether a stream has lost entries, so that some may be missing behind a position that is itself no longer kept.
    private func isTrimmed(_ stream: String) async throws(StoreError) -> Bool {
        let facts = try await send(.make("XINFO", "STREAM", stream), "read events").fields ?? [:]
        // Servers before 7.0 do not count what they have removed; there a gap is supposed.
        guard let added = facts["entries-added"]?.int, let length = facts["length"]?.int else { return true }
        return added > length
    }
}

/// The id of an entry in a stream: milliseconds and a number within them.
struct StreamPosition: Comparable {
    let milliseconds: UInt64
    let number: UInt64

    static let beginning = StreamPosition(milliseconds: 0, number: 0)

    private init(milliseconds: UInt64, number: UInt64) {
        self.milliseconds = milliseconds
        self.number = number
    }

    /// - Throws: ``StoreError`` with the code `invalid` for a text that is no id.
    init(_ position: EventPosition) throws(StoreError) {
        let parts = position.text.split(separator: "-", omittingEmptySubsequences: false).map { UInt64($0) }
        guard parts.count == 2, let milliseconds = parts[0], let number = parts[1] else {
            throw StoreError(
                .invalid,
                "\(ValidationError.quote(position.text)) is not a position of this store; use one that a page of "
                    + "events returned")
        }
        self.init(milliseconds: milliseconds, number: number)
    }

    var text: String { "\(milliseconds)-\(number)" }

    static func < (left: StreamPosition, right: StreamPosition) -> Bool {
        (left.milliseconds, left.number) < (right.milliseconds, right.number)
    }
}
