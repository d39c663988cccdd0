import DroverCore

/// Carries what is reserved of allowances to another store, whatever the queue. The source keeps it until it counts no more,
/// and notes by an ``AllowanceMark`` that it was carried.
struct AllowanceMover {
    let source: any JobStore
    let target: any JobStore
    private let marks: AllowanceMark
    /// What was carried, by key and id: a list may name some twice.
    private(set) var carried: Set<String> = []
    /// The keys of which the target had too much reserved already, when it was carried last.
    private(set) var refused: Set<String> = []

    /// - Parameter name: what the target is called.
    init(from source: any JobStore, to target: any JobStore, named name: String) {
        self.source = source
        self.target = target
        marks = AllowanceMark(target: name)
    }

    /// Reserves at the target what the source has, each for the time that is left to it. What is there already stays as it is,
    /// and what was carried before is left out, so that it may be repeated.
    mutating func carry() async throws {
        refused = []
        let known = try await Self.marks(in: source)
        try await Self.each(of: source) { page in
            let page = page.filter { !Self.isKnown($0, known, marks) }
            let answers = try await target.apply(
                page.map { reservation in
                    let allowance = Allowance(
                        reservation.key, max: Allowance.greatestMax, per: reservation.endsIn)
                    return .reserve(
                        id: reservation.id, [AllowanceShare(allowance, amount: reservation.amount)])
                })
            var granted: [AllowanceReservation] = []
            for (reservation, answer) in zip(page, answers) {
                if answer == .granted { granted.append(reservation) } else { refused.insert(reservation.key) }
            }
            // Behind the target's answer: a run that dies between the two carries it once more. A mark that is not taken, where
            // there are 10,000 of a key, means the same.
            _ = try await source.apply(granted.map(marks.command))
            carried.formUnion(granted.map(Self.name))
        }
    }

    /// How many reservations a store has that would be carried to a target of this name.
    static func count(in store: any JobStore, to name: String) async throws -> Int {
        let marks = AllowanceMark(target: name)
        let known = try await Self.marks(in: store)
        var found: Set<String> = []
        try await each(of: store) { page in
            found.formUnion(page.filter { !isKnown($0, known, marks) }.map(Self.name))
        }
        return found.count
    }

    /// The marks of all targets, by their names.
    private static func marks(in store: any JobStore) async throws -> [String: AllowanceReservation] {
        var found: [String: AllowanceReservation] = [:]
        try await each(of: store) { page in
            for mark in page where AllowanceMark.isMark(mark) { found[name(mark)] = mark }
        }
        return found
    }

    /// Whether a reservation is nothing to carry: a mark itself, or what one speaks of.
    private static func isKnown(
        _ reservation: AllowanceReservation, _ known: [String: AllowanceReservation], _ marks: AllowanceMark
    ) -> Bool {
        if AllowanceMark.isMark(reservation) { return true }
        guard let mark = known[name(marks.key(of: reservation), reservation.id)] else { return false }
        return AllowanceMark.isSame(mark, as: reservation)
    }

    private static func name(_ reservation: AllowanceReservation) -> String { name(reservation.key, reservation.id) }

    private static func name(_ key: String, _ id: String) -> String { "\(key.utf8.count):\(key)\(id)" }

    private static func each(
        of store: any JobStore, _ body: ([AllowanceReservation]) async throws -> Void
    ) async throws {
        var cursor: PageCursor?
        repeat {
            let answer = try await store.apply([AllowanceCommand.list(after: cursor, limit: Batch.size)]).first
            guard case .reservations(let page, let next)? = answer else {
                throw StoreError(.corrupt, "a list of allowances was not answered")
            }
            if !page.isEmpty { try await body(page) }
            cursor = next
        } while cursor != nil
    }
}
