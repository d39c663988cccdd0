import Crypto
import DroverCore
import Foundation

/// What a source notes of a reservation that was carried to a target: so that one that was given back there since is not
/// carried again by the next run.
///
/// It is a reservation itself, under the same id and of the same amount, of a key that nobody else uses; so it goes when what it
/// speaks of counts no more, or is given back when that is gone. It holds for one target: a move to another one carries everything.
struct AllowanceMark {
    /// What the keys of all marks begin with.
    private static let prefix = "drover:carried:"
    /// The key of the one reservation by which a target is known again: its id is random.
    static let storeKey = "drover:store"
    private let place: String
    /// nil for any store at the place.
    private let store: String?

    /// The marks of moves to one target.
    ///
    /// - Parameters:
    ///   - place: where it is.
    ///   - store: what it calls itself: another store may be at the place now. Nil where it can't be asked.
    init(place: String, store: String?) {
        self.place = Self.digest(place)
        self.store = store.map(Self.digest)
    }

    /// Whether a reservation is one of `drover move` itself, which is nothing to carry.
    static func isOwn(_ reservation: AllowanceReservation) -> Bool {
        isMark(reservation) || reservation.key == storeKey
    }

    /// Whether a reservation is a mark, of whatever target.
    static func isMark(_ reservation: AllowanceReservation) -> Bool { reservation.key.hasPrefix(prefix) }

    /// Whether a mark is one of these.
    func holds(_ mark: AllowanceReservation) -> Bool { mark.key.hasPrefix(Self.prefix + place + (store ?? "")) }

    /// What a mark and the reservation of which it speaks have in common, the latter's key and id.
    static func subject(of reservation: AllowanceReservation) -> String {
        // The end of a mark's key says which allowance's it is.
        let key = isMark(reservation) ? String(reservation.key.suffix(digits)) : digest(reservation.key)
        return key + reservation.id
    }

    /// What notes that a reservation was carried.
    func command(_ reservation: AllowanceReservation) -> AllowanceCommand {
        let key = Self.prefix + place + (store ?? "") + Self.digest(reservation.key)
        let allowance = Allowance(key, max: Allowance.greatestMax, per: reservation.endsIn)
        return .reserve(id: reservation.id, [AllowanceShare(allowance, amount: reservation.amount)])
    }

    /// Whether a mark, which was read before the reservation, speaks of this one and not of an earlier one of its id. It is as
    /// much, and ends no earlier than what it was made for.
    static func isSame(_ mark: AllowanceReservation, as reservation: AllowanceReservation) -> Bool {
        if mark.amount != reservation.amount { return false }
        return switch (mark.endsIn, reservation.endsIn) {
        case (nil, nil): true
        case (let mark?, let left?): left <= mark
        default: false
        }
    }

    private static let digits = 24

    private static func digest(_ text: String) -> String {
        SHA256.hash(data: Data(text.utf8)).prefix(digits / 2).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
