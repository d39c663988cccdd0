/// The trace that a job belongs to, as all clients of BullMQ's layout keep it in the job's options.
///
/// It stays with the job through retries and puts the attempts of a worker in any language into the producer's trace.
public struct JobTelemetry: Hashable, Sendable {
    /// The trace context: the JSON text of an object of texts, `{"traceparent":"00-…","tracestate":"…"}`; nil for none.
    public var metadata: String?
    /// Whether the job stands outside of its producer's trace: none is written, and none is gone on with.
    public var omitContext: Bool

    /// A trace from its parts.
    public init(metadata: String? = nil, omitContext: Bool = false) {
        self.metadata = metadata
        self.omitContext = omitContext
    }

    /// The trace id of a W3C context: 32 hexadecimal digits; nil where there is none.
    public var traceID: String? { metadata.flatMap(Self.traceID) }

    /// The trace id in a text that has `"traceparent":"VERSION-TRACE-SPAN-FLAGS"`.
    private static func traceID(in metadata: String) -> String? {
        // Without reading it as JSON: no sign of a traceparent is ever escaped.
        guard let member = metadata.firstRange(of: "\"traceparent\"") else { return nil }
        let parts = metadata[member.upperBound...].drop { $0 == ":" || $0 == " " || $0 == "\"" }
            .prefix { $0 != "\"" }.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[1].utf8.count == 32, parts[1].allSatisfy(\.isHexDigit),
            parts[1].contains(where: { $0 != "0" })
        else { return nil }
        return String(parts[1])
    }
}
