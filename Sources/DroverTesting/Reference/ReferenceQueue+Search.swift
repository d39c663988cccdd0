package import DroverCore

/// Searching, of the contract.
extension ReferenceQueue {
    package func search(_ search: JobSearch, _ page: Page) throws(StoreError) -> JobPage {
        let place = try page.after.map { cursor throws(StoreError) in try Place(cursor) }
        let line = line(search.state)
        let entries =
            switch page.order {
            case .ascending: line.ascending(after: place, limit: search.mostExamined)
            case .descending: line.descending(before: place, limit: search.mostExamined)
            }
        var found = JobPage(jobs: [])
        var tally = SearchTally()
        for entry in entries {
            tally.examined += 1
            found.next = entry.place.cursor
            guard let record = jobs[entry.value]?.record, search.filter.matches(record) else { continue }
            tally.matched += 1
            if search.answer == .count { continue }
            found.jobs.append(record)
            if found.jobs.count == page.limit { break }
        }
        if tally.examined == entries.count, entries.count < search.mostExamined, found.jobs.count < page.limit {
            found.next = nil
        }
        found.tally = tally
        return found
    }
}
