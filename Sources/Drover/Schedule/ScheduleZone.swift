public import DroverCore
// FoundationEssentials alone knows no zone but GMT on Linux (tried with Swift 6.3).
import Foundation

/// A time zone of the IANA database, by the name that is stored with a schedule.
///
/// It answers two questions: which offset holds at an instant, and when it changes. The data are Foundation's; dates
/// are computed from them without a calendar. Seconds here count from 1970-01-01 UTC, and local seconds are those of a
/// clock on the wall read as if it showed UTC.
public struct ScheduleZone: Hashable, Sendable, CustomStringConvertible {
    /// The zone's name, as in `America/Toronto`.
    public let identifier: String
    private let zone: TimeZone

    /// Coordinated universal time.
    public static let utc = ScheduleZone("UTC", .gmt)

    /// The zone of a name, spelled as in the IANA database.
    ///
    /// - Throws: `ValidationError` when there is none, with names that are near.
    public init(_ identifier: String) throws(ValidationError) {
        if identifier == "UTC" {
            self = .utc
            return
        }
        // Foundation also takes "GMT+5", under another name, and abbreviations such as "PST", which other clients on
        // the same queue may refuse or read as another zone.
        guard let zone = TimeZone(identifier: identifier), zone.identifier == identifier,
            identifier.count != 3 || Self.shortNames.contains(identifier)
        else { throw Self.unknown(identifier) }
        self.init(identifier, zone)
    }

    private init(_ identifier: String, _ zone: TimeZone) {
        self.identifier = identifier
        self.zone = zone
    }

    /// The zone's name.
    public var description: String { identifier }

    /// Those of three letters in the IANA database.
    private static let shortNames: Set = [
        "CET", "EET", "EST", "GMT", "HST", "MET", "MST", "PRC", "ROC", "ROK", "UCT", "WET",
    ]
}

extension ScheduleZone {
    /// How many seconds local time is ahead of UTC.
    func offset(at instant: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant))))
    }

    /// The first instant after `start` and up to `end` with another offset than `start` has.
    ///
    /// It looks every six days and then halves what lies between. No zone changes twice in six days: the shortest time
    /// between two changes from 1970 to 2042 is a week less an hour, Recife's summer of October 2000.
    func change(after start: Int64, through end: Int64) -> Int64? {
        let offset = offset(at: start)
        var low = start
        while low < end {
            var high = min(low + 6 * 86_400, end)
            if self.offset(at: high) != offset {
                while high - low > 1 {
                    let middle = low + (high - low) / 2
                    if self.offset(at: middle) == offset { low = middle } else { high = middle }
                }
                return high
            }
            low = high
        }
        return nil
    }

    /// The instant at which a clock on the wall first shows a local time; the instant after the gap when it never does.
    func firstInstant(of local: Int64) -> Int64 {
        // Offsets lie from −12 to +14 hours.
        let (low, high) = (local - 15 * 3600, local + 13 * 3600)
        let before = offset(at: low)
        guard offset(at: high) != before, let change = change(after: low, through: high) else { return local - before }
        if local - before < change { return local - before }
        return max(change, local - offset(at: change))
    }
}

extension ScheduleZone {
    private static func unknown(_ identifier: String) -> ValidationError {
        let near = near(identifier).prefix(3).map { "\"\($0)\"" }.joined(separator: " or ")
        let advice =
            near.isEmpty
            ? "give a name of the IANA database, as in \"Europe/Berlin\" or \"UTC\"" : "did you mean \(near)?"
        return ValidationError("time zone", "\(ValidationError.quote(identifier)) is not known; \(advice)")
    }

    /// Known zones whose place is the same but for case and spaces, or else begins alike and is about as long.
    private static func near(_ identifier: String) -> [String] {
        func place(_ name: String) -> String {
            let last = name.split(separator: "/").last ?? ""
            return last.lowercased().filter { $0 != " " && $0 != "_" && $0 != "-" }
        }
        let wanted = place(identifier)
        if wanted.isEmpty { return [] }
        let known = TimeZone.knownTimeZoneIdentifiers.map { (name: $0, place: place($0)) }
        let same = known.filter { $0.place == wanted }
        let alike = known.filter { $0.place.hasPrefix(wanted.prefix(4)) && abs($0.place.count - wanted.count) <= 2 }
        return (same.isEmpty ? alike : same).map(\.name)
    }
}
