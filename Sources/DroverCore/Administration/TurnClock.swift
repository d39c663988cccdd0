/// Whose turn it is among the groups of a queue: a clock of virtual time, which moves by what is handed out.
///
/// Each group that may run stands at an instant of it; the earliest has the turn, and stands a ``stride(ofWeight:)`` later
/// after it. So in any stretch of that time each group has about as many turns as its weight, and one that comes neither waits
/// for the others' past nor has saved up turns. Jobs without a group are together one more member, of weight 1.
package struct TurnClock: Hashable, Sendable {
    /// The instant of the turn that was had last.
    package private(set) var now: Int64
    /// Where the jobs without a group stand, unless that is past.
    package private(set) var plain: Int64

    /// A clock from its parts.
    package init(now: Int64 = 0, plain: Int64 = 0) {
        self.now = now
        self.plain = plain
    }

    /// The stride of weight 1: a multiple of 1 to 10, and small enough for a double to count the turns of years.
    package static let round: Int64 = 5040

    /// How far a turn takes a member of a weight.
    package static func stride(ofWeight weight: Int64) -> Int64 { round / min(max(weight, 1), 100) }

    /// Where a group enters: behind those who stand where the clock is.
    package func entry(ofWeight weight: Int64) -> Int64 { now + Self.stride(ofWeight: weight) }

    /// Whether jobs without a group have the turn before a group that stands there.
    package func isPlainFirst(before turn: Int64) -> Bool { max(plain, now) <= turn }

    /// A job without a group has its turn.
    package mutating func passPlain() {
        now = max(plain, now)
        plain = now + Self.round
    }

    /// A group has its turn; where it stands then.
    package mutating func pass(_ turn: Int64, weight: Int64) -> Int64 {
        now = turn
        return turn + Self.stride(ofWeight: weight)
    }
}
