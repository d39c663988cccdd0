/// An instant of a store's clock: whole milliseconds since 1970-01-01 UTC.
///
/// Instants of a store are shown to people and compared with each other,
/// never with a client's own clock; what a client waits for is a `Duration`.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Milliseconds since the Unix epoch.
    public let milliseconds: Int64

    /// The instant `milliseconds` after the Unix epoch.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Orders by time.
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    /// The instant `span` later. It stops at the largest instant and does not trap.
    public static func + (start: Timestamp, span: Duration) -> Timestamp {
        let (sum, overflow) = start.milliseconds.addingReportingOverflow(span.wholeMilliseconds)
        if overflow { return Timestamp(milliseconds: span < .zero ? .min : .max) }
        return Timestamp(milliseconds: sum)
    }

    /// The span from `right` to `left`; negative when `left` is earlier.
    public static func - (left: Timestamp, right: Timestamp) -> Duration {
        let (span, overflow) = left.milliseconds.subtractingReportingOverflow(right.milliseconds)
        return .milliseconds(overflow ? (left < right ? .min : .max) : span)
    }

    /// The number of milliseconds.
    public var description: String { String(milliseconds) }
}

extension Duration {
    /// The span in milliseconds, rounded up, so that nothing is due too early.
    /// Spans beyond the range of `Int64` stop at its ends.
    public var wholeMilliseconds: Int64 {
        // `components` itself stops the program beyond the range of its seconds.
        if self >= .milliseconds(Int64.max) { return .max }
        if self <= .milliseconds(Int64.min) { return .min }
        let (seconds, attoseconds) = components
        let fraction = attoseconds / 1_000_000_000_000_000
        let partial: Int64 = attoseconds % 1_000_000_000_000_000 > 0 ? 1 : 0
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, carry) = product.addingReportingOverflow(fraction + partial)
        return carry ? (seconds < 0 ? .min : .max) : sum
    }
}
