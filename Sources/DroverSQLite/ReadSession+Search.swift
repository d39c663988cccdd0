import DroverCore

extension ReadSession {
    /// Does a part of a search: goes along the order index, and asks each row only for what the filter wants to know.
    ///
    /// The index has the state and, for delayed and finished jobs, the instant, so what can't match by these is not read.
    func search(_ search: JobSearch, _ page: Page, _ turn: QueueTurn) throws(StoreError) -> JobPage {
        var found = JobPage(jobs: [])
        var tally = SearchTally()
        let isAscending = page.order == .ascending
        let window = search.window
        let start =
            try page.after.map(PlaceCursor.init)
            ?? (isAscending
                ? PlaceCursor(rank: window.first, place: .min) : PlaceCursor(rank: window.last, place: .max))
        if search.isVain {
            found.tally = tally
            return found
        }
        let select = try statement(isAscending ? SQL.listJobsAscending : SQL.listJobsDescending)
        select.bind(1, turn.number)
        select.bind(2, StateCode.code(search.state))
        select.bind(3, start.rank)
        select.bind(4, start.place)
        select.bind(5, Int64(search.mostExamined))
        defer { select.reset() }
        while try select.step() {
            let rank = select.int(4)
            if isAscending ? rank > window.last : rank < window.first {
                found.next = nil
                break
            }
            tally.examined += 1
            if search.filter.condition.holds(for: SearchedRow(row: select, state: search.state, session: self)) {
                tally.matched += 1
                if search.answer == .jobs {
                    var row = try JobRow(select, queue: turn.name, options: &options)
                    try fillSteps(of: &row)
                    found.jobs.append(row.record)
                }
            }
            let isFull = found.jobs.count == page.limit
            if isFull || tally.examined == search.mostExamined {
                found.next = PlaceCursor(rank: rank, place: select.int(22)).page
                break
            }
        }
        found.tally = tally
        return found
    }
}

/// A row of a list of jobs, of which only what is asked for is read.
private struct SearchedRow: SearchedJob {
    let row: Statement
    let state: JobState
    /// Knows the options that it has read before.
    let session: ReadSession

    private var options: JobOptions { session.options.options(row.optionalText(15)) ?? JobOptions() }

    func plainValue(of field: JobField) -> SearchValue? {
        switch field {
        case .state: .text(state.rawValue)
        case .id: .text(row.optionalText(1) ?? String(row.int(0)))
        case .name: .text(row.text(2))
        case .worker: row.optionalText(11).map { .text($0) }
        case .error: row.optionalText(19).map { .text($0) }
        case .priority: .number(DecimalNumber(Int(row.int(5))))
        case .attempts: .number(DecimalNumber(Int(row.count(6))))
        case .stalls: .number(DecimalNumber(Int(row.count(8))))
        case .created: .instant(Timestamp(milliseconds: row.int(9)))
        case .processed: row.optionalInt(10).map { .instant(Timestamp(milliseconds: $0)) }
        case .due: state == .delayed ? .instant(Timestamp(milliseconds: row.int(4))) : nil
        case .finished: state.isFinished ? .instant(Timestamp(milliseconds: row.int(4))) : nil
        case .group, .tenant, .correlationID, .metadata, .reason, .origin: options.searchValue(of: field)
        case .tag, .payload, .result, .progress: nil
        }
    }

    var searchedTags: [String] { options.tags }

    func withJSON<Result>(of field: JobField, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result? {
        switch field {
        case .payload: row.withText(16, body)
        case .progress: row.withText(17, body)
        case .result: row.withText(18, body)
        default: nil
        }
    }
}
