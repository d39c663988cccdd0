import DroverCore

/// What is reserved of allowances.
extension WriteSession {
    /// How many reservations that count no more are removed, of whatever allowance, with each one that is made.
    private static let forgottenAtOnce: Int64 = 4

    func apply(_ commands: [AllowanceCommand]) throws(StoreError) -> [AllowanceResult] {
        var results: [AllowanceResult] = []
        for command in commands { results.append(try apply(command)) }
        return results
    }

    private func apply(_ command: AllowanceCommand) throws(StoreError) -> AllowanceResult {
        if let problem = command.problem { return .refused(problem) }
        switch command {
        case .reserve(let id, let shares): return try reserve(id, shares)
        case .refund(let id, let keys):
            var given = 0
            for key in keys { given += try refund(id, key) }
            return .refunded(given)
        case .look(let key): return .use(try reserved(key).use)
        case .reset(let key):
            let given = try used(key)
            let delete = try statement(SQL.deleteReservations)
            delete.bind(1, key)
            try delete.run()
            return .refunded(given)
        case .list(let cursor, let limit): return try list(after: cursor, limit)
        }
    }

    /// A cursor is the last key and id, with the length of the key in bytes before them.
    private func list(after cursor: PageCursor?, _ limit: Int) throws(StoreError) -> AllowanceResult {
        var (key, id) = ("", "")
        if let cursor {
            let bytes = cursor.text.utf8
            let length = Int(String(Substring(bytes.prefix { $0 != UInt8(ascii: ":") }))) ?? -1
            let rest = bytes.drop { $0 != UInt8(ascii: ":") }.dropFirst()
            guard length > 0, rest.count > length else {
                throw StoreError(
                    .invalid,
                    "\(ValidationError.quote(cursor.text)) is not a cursor of this store; use one that a page returned")
            }
            key = String(Substring(rest.prefix(length)))
            id = String(Substring(rest.dropFirst(length)))
        }
        let list = try statement(SQL.listAllReservations)
        list.bind(1, key)
        list.bind(2, id)
        list.bind(3, now)
        list.bind(4, Int64(limit))
        var found: [AllowanceReservation] = []
        while try list.step() {
            let end = list.int(3)
            found.append(
                AllowanceReservation(
                    key: list.text(0), id: list.text(1), amount: Int(list.int(2)),
                    endsIn: end == .max ? nil : .milliseconds(end - now)))
        }
        let last = found.count < limit ? nil : found.last
        return .reservations(found, next: last.map { PageCursor("\($0.key.utf8.count):\($0.key)\($0.id)") })
    }

    private func reserve(_ id: String, _ shares: [AllowanceShare]) throws(StoreError) -> AllowanceResult {
        var wanted: [AllowanceShare] = []
        for share in shares {
            let key = share.allowance.key
            if try amount(of: id, key) != nil { continue }
            let excess = try used(key) + share.amount - share.allowance.max
            if excess > 0 { return .spent(key: key, freeIn: try reserved(key).wait(for: excess)) }
            wanted.append(share)
        }
        if wanted.isEmpty { return .granted }
        let forget = try statement(SQL.forgetReservations)
        forget.bind(1, now)
        forget.bind(2, Self.forgottenAtOnce)
        try forget.run()
        for share in wanted {
            let save = try statement(SQL.saveReservation)
            save.bind(1, share.allowance.key)
            save.bind(2, id)
            save.bind(3, Int64(share.amount))
            save.bind(4, share.allowance.per.map { now + $0.wholeMilliseconds } ?? .max)
            try save.run()
        }
        return .granted
    }

    private func refund(_ id: String, _ key: String) throws(StoreError) -> Int {
        guard let amount = try amount(of: id, key) else { return 0 }
        let delete = try statement(SQL.deleteReservation)
        delete.bind(1, key)
        delete.bind(2, id)
        try delete.run()
        return amount
    }

    /// How much counts under an id now; nil where nothing does.
    private func amount(of id: String, _ key: String) throws(StoreError) -> Int? {
        let find = try statement(SQL.findReservation)
        find.bind(1, key)
        find.bind(2, id)
        find.bind(3, now)
        guard try find.step() else { return nil }
        let amount = Int(find.int(0))
        find.reset()
        return amount
    }

    /// How much counts of an allowance now.
    private func used(_ key: String) throws(StoreError) -> Int {
        let sum = try statement(SQL.sumReservations)
        sum.bind(1, key)
        sum.bind(2, now)
        guard try sum.step() else { return 0 }
        let used = Int(sum.int(0))
        sum.reset()
        return used
    }

    /// All that counts of an allowance now, one by one.
    private func reserved(_ key: String) throws(StoreError) -> Reserved {
        var reserved = Reserved(now: now)
        let list = try statement(SQL.listReservations)
        list.bind(1, key)
        list.bind(2, now)
        while try list.step() {
            reserved.add(Int(list.int(0)), until: list.int(1))
        }
        return reserved
    }
}

/// What counts of an allowance at an instant.
private struct Reserved {
    let now: Int64
    private var entries: [(amount: Int, end: Int64)] = []
    private(set) var used = 0

    init(now: Int64) { self.now = now }

    /// Adds a reservation; they come in the order of their ends.
    mutating func add(_ amount: Int, until end: Int64) {
        entries.append((amount, end))
        used += amount
    }

    var use: AllowanceUse { AllowanceUse(used: used, lessIn: wait(for: 1)) }

    /// In how long so much less will count; nil for never.
    func wait(for amount: Int) -> Duration? {
        var excess = amount
        let last = entries.first { entry in
            excess -= entry.amount
            return excess <= 0
        }
        guard let last, last.end < .max else { return nil }
        return .milliseconds(last.end - now)
    }
}
