import DroverCore

/// Keeps of many jobs the few that come first.
struct FirstJobs {
    let limit: Int
    let sort: JobSort
    let isAscending: Bool
    /// The jobs behind this place only; nil for all.
    let after: SortedPlace?
    /// In order.
    private(set) var kept: [(place: SortedPlace, job: JobRecord)] = []
    /// Whether a job was left out because others come before it.
    private(set) var hasMore = false

    init(limit: Int, sort: JobSort, isAscending: Bool, after: SortedPlace?) {
        self.limit = limit
        self.sort = sort
        self.isAscending = isAscending
        self.after = after
    }

    private func precedes(_ left: SortedPlace, _ right: SortedPlace) -> Bool {
        isAscending ? left < right : right < left
    }

    /// Takes a job in, if it is one of the first.
    mutating func add(_ job: JobRecord) {
        guard let place = SortedPlace(job, by: sort) else { return }
        if let after, !precedes(after, place) { return }
        if kept.count == limit, let last = kept.last, !precedes(place, last.place) {
            hasMore = hasMore || place != last.place
            return
        }
        var low = 0
        var high = kept.count
        while low < high {
            let middle = (low + high) / 2
            if precedes(kept[middle].place, place) { low = middle + 1 } else { high = middle }
        }
        // A job that moved from one state to another meanwhile may come twice.
        if low < kept.count, kept[low].place == place { return }
        kept.insert((place, job), at: low)
        if kept.count > limit {
            kept.removeLast()
            hasMore = true
        }
    }

    /// Whether no job that comes with or behind this instant can be one of the first any more.
    func isClosed(at instant: Timestamp) -> Bool {
        guard kept.count == limit, let last = kept.last?.place.instant else { return false }
        return isAscending ? instant > last : instant < last
    }
}
