import Crypto
import DroverCore
import Foundation

/// What a source notes of a reservation that was carried to a target: so that one that was given back there since is not
/// carried again by the next run.
///
/// It is a reservation itself, under the same id, of a key that nobody else uses; so it goes when what it speaks of counts no
/// more. It holds for one target: a move to another one carries everything.
struct AllowanceMark {
    /// What the keys of all marks begin with.
    private static let prefix = "drover:carried:"
    private let target: String

    /// The marks of moves to a target of this name.
    init(target: String) { self.target = target }

    /// Whether a reservation is a mark, of whatever target.
    static func isMark(_ reservation: AllowanceReservation) -> Bool { reservation.key.hasPrefix(prefix) }

    /// Whose mark it is: the first half of the key says which target's, the second which allowance's.
    func key(of reservation: AllowanceReservation) -> String {
        Self.prefix + Self.digest(target) + Self.digest(reservation.key)
    }

    /// What notes that a reservation was carried.
    func command(_ reservation: AllowanceReservation) -> AllowanceCommand {
        let allowance = Allowance(key(of: reservation), max: Allowance.greatestMax, per: reservation.endsIn)
        return .reserve(id: reservation.id, [AllowanceShare(allowance)])
    }

    /// Whether a mark, which was read before the reservation, speaks of this one and not of an earlier one of its id. It ends no
    /// earlier than what it was made for.
    static func isSame(_ mark: AllowanceReservation, as reservation: AllowanceReservation) -> Bool {
        switch (mark.endsIn, reservation.endsIn) {
        case (nil, nil): true
        case (let mark?, let left?): left <= mark
        default: false
        }
    }

    private static func digest(_ text: String) -> String {
        SHA256.hash(data: Data(text.utf8)).prefix(12).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
