public import DroverCore

extension SQLiteStore {
    /// Reads events; positions count from 1 in each queue.
    public func events(
        _ query: EventQuery, waitingAtMost wait: Duration
    ) async throws(StoreError) -> EventPage {
        let page = try await events(query)
        if !page.events.isEmpty || page.hasGap || wait <= .zero { return page }
        let end = try Self.position(page.next)
        await hub.waitForEvent(of: query.queue, behind: end, atMost: wait, timer: timer, registered: try lookNow())
        return try await events(EventQuery(queue: query.queue, start: .after(page.next), limit: query.limit))
    }

    private func events(_ query: EventQuery) async throws(StoreError) -> EventPage {
        let asked: Int64? =
            switch query.start {
            case .beginning: 0
            case .end: nil
            case .after(let position): try Self.position(position)
            }
        return try await read("read events of \(query.queue)") { session throws(StoreError) in
            let end = try session.row(query.queue)
            // A position beyond the end is of a file that was replaced: it must not hide what comes.
            let start = min(asked ?? .max, end?.lastEvent ?? 0)
            guard let turn = end else { return EventPage(events: [], next: Self.position(start), hasGap: false) }
            return try session.events(turn, behind: start, query)
        }
    }

    private static func position(_ position: EventPosition) throws(StoreError) -> Int64 {
        guard let number = Int64(position.text), number >= 0 else {
            throw StoreError(
                .invalid, "\"\(position.text)\" is not a position of this store; use one that a page of events returned"
            )
        }
        return number
    }

    fileprivate static func position(_ number: Int64) -> EventPosition { EventPosition(String(number)) }
}

extension ReadSession {
    /// The events behind a position, from as many rows as the page needs.
    fileprivate func events(_ turn: QueueTurn, behind start: Int64, _ query: EventQuery) throws(StoreError) -> EventPage
    {
        let select = try statement(SQL.readEvents)
        select.bind(1, turn.number)
        select.bind(2, start)
        select.bind(3, Int64(query.limit))
        var events: [JobEvent] = []
        var first: Int64?
        while events.count < query.limit, try select.step() {
            let before = select.count(0) - select.count(1)
            if first == nil { first = before }
            let instant = Timestamp(milliseconds: select.int(3))
            for (offset, event) in try EventReader.events(in: select.blob(2)).enumerated() {
                let position = before + Int64(offset) + 1
                if position <= start { continue }
                if events.count == query.limit { break }
                events.append(
                    JobEvent(
                        position: SQLiteStore.position(position), at: instant, job: event.job, kind: event.kind))
            }
        }
        let hasGap = query.start != .beginning && (first.map { $0 > start } ?? (turn.lastEvent > start))
        return EventPage(
            events: events, next: events.last?.position ?? SQLiteStore.position(max(start, turn.lastEvent)),
            hasGap: hasGap)
    }
}
