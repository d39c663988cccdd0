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
        case .list(let cursor, let limit): return list(after: cursor, limit, now)
        }
    }

    /// By the bytes of key and id; a cursor is both, with the length of the key before them.
    private func list(after cursor: PageCursor?, _ limit: Int, _ now: Timestamp) -> AllowanceResult {
        func place(_ key: [UInt8], _ id: [UInt8]) -> String {
            "\(key.count):" + String(decoding: key + id, as: UTF8.self)
        }
        var all: [(place: String, reservation: AllowanceReservation)] = []
        for key in entries.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let text = String(decoding: key, as: UTF8.self)
            for entry in counting(text, now).sorted(by: { $0.id.lexicographicallyPrecedes($1.id) }) {
                let reservation = AllowanceReservation(
                    key: text, id: String(decoding: entry.id, as: UTF8.self), amount: entry.amount,
                    endsIn: entry.end.map { $0 - now })
                all.append((place(key, entry.id), reservation))
            }
        }
        if let cursor {
            guard let last = all.firstIndex(where: { $0.place == cursor.text }) else {
                return .refused(ValidationError("cursor", "there is no such place; list from the beginning"))
            }
            all.removeFirst(last + 1)
        }
        let page = all.prefix(limit)
        let next = page.count < limit ? nil : page.last.map { PageCursor($0.place) }
        return .reservations(page.map(\.reservation), next: next)
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
