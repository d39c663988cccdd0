import DroverCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Instants as they are written on a command line and shown to people: RFC 3339.
enum InstantArgument {
    /// Reads an instant, with or without a fraction of a second and with any offset.
    @Sendable static func parse(_ text: String) throws -> Timestamp {
        let upper = text.uppercased()
        let isReadable = isOnCalendar(upper)
        for fraction in [false, true] where isReadable {
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: fraction)
            // Either style may be the one; only when neither reads it is the text wrong.
            guard let date = try? style.parse(upper) else { continue }
            let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
            if abs(milliseconds) < 1e15 { return Timestamp(milliseconds: Int64(milliseconds)) }
        }
        throw ValidationError(
            "instant", "\"\(text.prefix(40))\" is not an RFC 3339 instant; write one like 2026-01-31T06:00:00Z")
    }

    /// Whether the date and the time, whatever their offset, exist: the parser moves the 31st of February to March.
    private static func isOnCalendar(_ text: String) -> Bool {
        let local = text.prefix(19) + "Z"
        let style = Date.ISO8601FormatStyle()
        // What can't be read is not on the calendar.
        guard let date = try? style.parse(String(local)) else { return false }
        return date.formatted(style) == local
    }

    /// Writes an instant in UTC, with milliseconds.
    static func text(_ instant: Timestamp) -> String {
        let (seconds, fraction) = instant.milliseconds.quotientAndRemainder(dividingBy: 1000)
        let whole = fraction < 0 ? seconds - 1 : seconds
        let rest = fraction < 0 ? fraction + 1000 : fraction
        let date = Date(timeIntervalSince1970: Double(whole)).formatted(Date.ISO8601FormatStyle())
        let digits = String(rest)
        return date.dropLast() + "." + String(repeating: "0", count: 3 - digits.count) + digits + "Z"
    }
}
