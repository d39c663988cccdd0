/// A failed attempt: the description becomes the job's failed reason, the debug description its trace.
struct HandlerFailure: Error, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    /// One line.
    var reason: String
    /// What the program or the server said; nil for nothing.
    var detail: String?

    /// A failure from its parts.
    init(_ reason: String, detail: String? = nil) {
        self.reason = reason
        self.detail = detail
    }

    var description: String { reason }
    var debugDescription: String { detail.map { "\(reason)\n\($0)" } ?? reason }
}
