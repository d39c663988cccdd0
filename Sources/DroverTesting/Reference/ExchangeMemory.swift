import DroverCore

/// What was answered to recent exchanges, so that a repeated one gets the same answer.
struct ExchangeMemory: Sendable {
    struct Answer: Sendable {
        var statuses: [SettlementStatus]
        var claimed: [JobID]
    }

    private var answers: [ExchangeID: (answer: Answer, end: Place)] = [:]
    private var ends = Line<ExchangeID>()
    private var entries: Int64 = 0

    /// Keeps an answer until, and not including, `end`.
    mutating func remember(_ id: ExchangeID, _ answer: Answer, until end: Timestamp) {
        entries += 1
        let place = Place(rank: end.milliseconds, order: entries)
        if let old = answers.updateValue((answer, place), forKey: id) { ends.remove(at: old.end) }
        ends.insert(id, at: place)
    }

    /// The answer to an exchange, if its time has not passed. Drops those whose time has.
    mutating func recall(_ id: ExchangeID, now: Timestamp) -> Answer? {
        while let oldest = ends.first, oldest.place.rank <= now.milliseconds {
            ends.remove(at: oldest.place)
            answers[oldest.value] = nil
        }
        return answers[id]?.answer
    }
}
