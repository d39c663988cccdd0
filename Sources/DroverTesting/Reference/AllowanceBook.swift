import DroverCore

/// What the reference store has reserved, by the keys of allowances.
struct AllowanceBook: Sendable {
    private struct Entry: Sendable {
        var id: [UInt8]
        var amount: Int
        /// When it counts no more; nil for never.
        var end: Timestamp?
    }

    /// The reservations of each key, as bytes.
    private var entries: [[UInt8]: [Entry]] = [:]

    mutating func apply(_ command: AllowanceCommand, now: Timestamp) -> AllowanceResult {
        if let problem = command.problem { return .refused(problem) }
        switch command {
        case .reserve(let id, let shares): return reserve(id, shares, now)
        case .refund(let id, let keys):
            var given = 0
            for key in keys {
                given += counting(key, now).first { $0.id == Array(id.utf8) }?.amount ?? 0
                entries[Array(key.utf8)]?.removeAll { $0.id == Array(id.utf8) }
            }
            return .refunded(given)
        case .look(let key):
            let counting = counting(key, now)
            return .use(AllowanceUse(used: amount(counting), lessIn: wait(for: 1, counting, now)))
        case .reset(let key):
            let counting = counting(key, now)
            entries[Array(key.utf8)] = nil
            return .refunded(amount(counting))
        }
    }

    private mutating func reserve(_ id: String, _ shares: [AllowanceShare], _ now: Timestamp) -> AllowanceResult {
        var wanted: [AllowanceShare] = []
        for share in shares {
            let counting = counting(share.allowance.key, now)
            if counting.contains(where: { $0.id == Array(id.utf8) }) { continue }
            let excess = amount(counting) + share.amount - share.allowance.max
            if excess > 0 {
                return .spent(key: share.allowance.key, freeIn: wait(for: excess, counting, now))
            }
            wanted.append(share)
        }
        for share in wanted {
            let end = share.allowance.per.map { now + $0 }
            let entry = Entry(id: Array(id.utf8), amount: share.amount, end: end)
            entries[Array(share.allowance.key.utf8)] = counting(share.allowance.key, now) + [entry]
        }
        return .granted
    }

    /// What counts of a key at an instant.
    private func counting(_ key: String, _ now: Timestamp) -> [Entry] {
        (entries[Array(key.utf8)] ?? []).filter { entry in entry.end.map { $0 > now } ?? true }
    }

    private func amount(_ entries: [Entry]) -> Int { entries.reduce(0) { $0 + $1.amount } }

    /// In how long so much less counts; nil for never.
    private func wait(for amount: Int, _ counting: [Entry], _ now: Timestamp) -> Duration? {
        var excess = amount
        for (end, amount) in counting.compactMap({ entry in entry.end.map { ($0, entry.amount) } }).sorted(by: <) {
            excess -= amount
            if excess <= 0 { return end - now }
        }
        return nil
    }
}
