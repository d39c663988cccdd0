import DroverCore

/// Letters and copies.
extension ModelGenerator {
    /// As what a result is kept.
    mutating func keptResult() -> KeptResult {
        KeptResult(name: pick(["mail", "resize"]), key: pick(ModelValues.deduplications), lifetime: lifetime())
    }

    /// How long results are good for. Where the server's own clock ends that, a slow run would meet the end on one store
    /// alone.
    mutating func lifetime() -> Duration {
        latitude.contains(.timesOfHolds) ? .seconds(10_000_000) : .seconds(pick([5, 20, 60, 300]))
    }

    /// A copy that goes, mostly, to another queue than this one.
    mutating func copy(of queue: Int) -> JobCopy {
        let other = one(12) ? queue : (queue + 1 + below(ModelQueues.count - 1)) % ModelQueues.count
        var options = pick(ModelValues.options)
        options.priority = pick([0, 0, 0, 1, 2])
        options.lifo = one(6)
        if one(2) {
            options.deadLetter = DeadLetter(
                job: JobKey(queue: ModelQueues.name(queue), id: JobID(stored: pick(ModelValues.ids))),
                createdAt: Timestamp(milliseconds: 1_700_000_000_000), attempts: 1 + below(3),
                reason: pick(["no", "nö"]), traces: one(2) ? ["at 1"] : [])
        }
        return JobCopy(
            queue: ModelQueues.name(other), id: JobID(stored: pick(ModelValues.ids)), options: options)
    }
}
