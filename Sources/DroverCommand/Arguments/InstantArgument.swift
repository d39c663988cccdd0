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
        for fraction in [false, true] {
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: fraction)
            // Either style may be the one; only when neither reads it is the text wrong.
            guard let date = try? style.parse(text.uppercased()) else { continue }
            let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
            if abs(milliseconds) < 1e15 { return Timestamp(milliseconds: Int64(milliseconds)) }
        }
        throw ValidationError(
            "instant", "\"\(text.prefix(40))\" is not an RFC 3339 instant; write one like 2026-01-31T06:00:00Z")
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
