import DroverCore

/// Carries what is reserved of allowances to another store, whatever the queue. The source keeps it until it counts no more.
struct AllowanceMover {
    let source: any JobStore
    let target: any JobStore
    /// What is there now, by key and id: a list may name some twice.
    private(set) var carried: Set<String> = []
    /// The keys of which the target had too much reserved already.
    private(set) var refused: Set<String> = []

    init(from source: any JobStore, to target: any JobStore) {
        self.source = source
        self.target = target
    }

    /// Reserves at the target what the source has, each for the time that is left to it. What is there already stays as it is,
    /// so that it may be repeated.
    mutating func carry() async throws {
        try await Self.each(of: source) { page in
            let answers = try await target.apply(
                page.map { reservation in
                    let allowance = Allowance(
                        reservation.key, max: Allowance.greatestMax, per: reservation.endsIn)
                    return .reserve(
                        id: reservation.id, [AllowanceShare(allowance, amount: reservation.amount)])
                })
            for (reservation, answer) in zip(page, answers) {
                if answer == .granted {
                    carried.insert(Self.name(reservation))
                } else {
                    refused.insert(reservation.key)
                }
            }
        }
    }

    /// How many reservations a store has that count.
    static func count(in store: any JobStore) async throws -> Int {
        var found: Set<String> = []
        try await each(of: store) { page in found.formUnion(page.map(name)) }
        return found.count
    }

    private static func name(_ reservation: AllowanceReservation) -> String {
        "\(reservation.key.utf8.count):\(reservation.key)\(reservation.id)"
    }

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
