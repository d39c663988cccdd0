import DroverCore

/// Results that are kept for other jobs of a queue.
struct KeptResults: Sendable {
    private struct Place: Hashable { let name, key: [UInt8] }

    private struct Kept: Sendable {
        let result: JSONText
        let storedAt, end: Timestamp
    }

    private var kept: [Place: Kept] = [:]

    private func place(_ name: JobName, _ key: String) -> Place {
        Place(name: Array(name.text.utf8), key: Array(key.utf8))
    }

    mutating func keep(_ result: JSONText, as place: KeptResult, now: Timestamp) {
        kept = kept.filter { $0.value.end > now }
        let end = now + .milliseconds(max(place.lifetime.wholeMilliseconds, 0))
        kept[self.place(place.name, place.key)] = Kept(result: result, storedAt: now, end: end)
    }

    /// The result that a job may take; nil for none.
    func result(for job: JobRecord, now: Timestamp) -> JSONText? {
        guard let rule = job.options.resultCache, let kept = kept[place(job.name, rule.key)], kept.end > now,
            now - kept.storedAt < .milliseconds(rule.lifetime.wholeMilliseconds)
        else { return nil }
        return kept.result
    }

    /// Tells whether it was kept.
    mutating func forget(_ name: JobName, _ key: String, now: Timestamp) -> Bool {
        guard let old = kept.removeValue(forKey: place(name, key)) else { return false }
        return old.end > now
    }
}
