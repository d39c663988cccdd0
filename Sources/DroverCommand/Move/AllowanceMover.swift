import DroverCore
import Foundation

/// Carries what is reserved of allowances to another store, whatever the queue. The source keeps it until it counts no more,
/// and notes by an ``AllowanceMark`` that it was carried.
struct AllowanceMover {
    let source: any JobStore
    let target: any JobStore
    private let place: String
    /// nil until there is something to carry.
    private var marks: AllowanceMark?
    /// What was carried, by key and id: a list may name some twice.
    private(set) var carried: Set<String> = []
    /// The keys of which the target had too much reserved already, when it was carried last.
    private(set) var refused: Set<String> = []

    /// - Parameter place: where the target is.
    init(from source: any JobStore, to target: any JobStore, at place: String) {
        self.source = source
        self.target = target
        self.place = place
    }

    /// Reserves at the target what the source has, each for the time that is left to it. What is there already stays as it is,
    /// and what was carried before is left out, so that it may be repeated.
    mutating func carry() async throws {
        refused = []
        guard let marks = try await marksOfTarget() else { return }
        let all = try await Self.marks(in: source)
        let known = Self.bySubject(all.filter(marks.holds))
        var there: Set<String> = []
        try await Self.each(of: source) { page in
            let page = page.filter { !AllowanceMark.isOwn($0) }
            there.formUnion(page.map(AllowanceMark.subject))
            try await carry(page.filter { !Self.isKnown($0, known) }, known, marks)
        }
        // What these speak of is gone: if it comes again it is another one.
        try await giveBack(all.filter { !there.contains(AllowanceMark.subject(of: $0)) })
    }

    private mutating func carry(
        _ page: [AllowanceReservation], _ known: [String: AllowanceReservation], _ marks: AllowanceMark
    ) async throws {
        let answers = try await target.apply(
            page.map { reservation in
                let allowance = Allowance(reservation.key, max: Allowance.greatestMax, per: reservation.endsIn)
                return .reserve(id: reservation.id, [AllowanceShare(allowance, amount: reservation.amount)])
            })
        var granted: [AllowanceReservation] = []
        for (reservation, answer) in zip(page, answers) {
            if answer == .granted { granted.append(reservation) } else { refused.insert(reservation.key) }
        }
        // Behind the target's answer: a run that dies between the two carries it once more. A mark that is not taken, where
        // there are 10,000 of a key, means the same. One of an earlier reservation would stay as it is.
        try await giveBack(granted.compactMap { known[AllowanceMark.subject(of: $0)] })
        _ = try await source.apply(granted.map(marks.command))
        carried.formUnion(granted.map(Self.name))
    }

    private func giveBack(_ marks: [AllowanceReservation]) async throws {
        for start in stride(from: 0, to: marks.count, by: Batch.size) {
            _ = try await source.apply(
                marks[start..<min(start + Batch.size, marks.count)].map { .refund(id: $0.id, keys: [$0.key]) })
        }
    }

    /// The marks of the target, which is given a name of its own if it has none; nil while there is nothing to carry.
    private mutating func marksOfTarget() async throws -> AllowanceMark? {
        if let marks { return marks }
        let first = try await source.apply([AllowanceCommand.list(after: nil, limit: 1)]).first
        if case .reservations(let page, nil)? = first, page.isEmpty { return nil }
        marks = AllowanceMark(place: place, store: try await Self.nameOfStore(target))
        return marks
    }

    /// What a store calls itself: a copy at another place has the same name, and a new store at the same place another one.
    private static func nameOfStore(_ store: any JobStore) async throws -> String {
        let name = UUID().uuidString
        // Only one is ever granted, also to two movers at once.
        let share = AllowanceShare(Allowance(AllowanceMark.storeKey, max: 1, per: nil))
        if try await store.apply([AllowanceCommand.reserve(id: name, [share])]) == [.granted] { return name }
        var found: String?
        try await each(of: store) { page in
            found = found ?? page.first { $0.key == AllowanceMark.storeKey }?.id
        }
        // One that was given back meanwhile: nothing is known of it, and all is carried.
        return found ?? name
    }

    /// How many reservations a store has that would be carried to a target, if the one that is there is still the same.
    static func count(in store: any JobStore, to place: String) async throws -> Int {
        let marks = AllowanceMark(place: place, store: nil)
        let known = bySubject(try await Self.marks(in: store).filter(marks.holds))
        var found: Set<String> = []
        try await each(of: store) { page in
            found.formUnion(page.filter { !AllowanceMark.isOwn($0) && !isKnown($0, known) }.map(name))
        }
        return found.count
    }

    /// The marks of all targets.
    private static func marks(in store: any JobStore) async throws -> [AllowanceReservation] {
        var found: [AllowanceReservation] = []
        try await each(of: store) { page in found += page.filter(AllowanceMark.isMark) }
        return found
    }

    private static func bySubject(_ marks: [AllowanceReservation]) -> [String: AllowanceReservation] {
        Dictionary(marks.map { (AllowanceMark.subject(of: $0), $0) }, uniquingKeysWith: { $1 })
    }

    /// Whether a mark speaks of a reservation.
    private static func isKnown(
        _ reservation: AllowanceReservation, _ known: [String: AllowanceReservation]
    ) -> Bool {
        known[AllowanceMark.subject(of: reservation)].map { AllowanceMark.isSame($0, as: reservation) } ?? false
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
