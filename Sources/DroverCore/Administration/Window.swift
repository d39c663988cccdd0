/// A window in which the jobs that begin are counted: it begins with the first of them, and is over a span later.
///
/// One whose end lies further ahead than its span was counted before the clock was set back, and is over, too.
package struct Window: Hashable, Sendable {
    /// When it is over; nil for one that has not begun.
    package private(set) var end: Timestamp?
    /// How many jobs began in it.
    package private(set) var begun: Int

    /// A window from its parts.
    package init(end: Timestamp? = nil, begun: Int = 0) {
        self.end = end
        self.begun = begun
    }

    /// Whether it counts no more.
    ///
    /// - Parameters:
    ///   - span: how long it lasts; nil where whoever asks does not know.
    ///   - now: the instant.
    package func isOver(_ span: Duration?, at now: Timestamp) -> Bool {
        guard let end else { return true }
        return end <= now || span.map { end - now > $0 } ?? false
    }

    /// Counts jobs that begin. A window that is over begins anew.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - span: how long one lasts that begins now.
    ///   - isOwn: whether the present one was begun with that span, too.
    ///   - now: the instant.
    package mutating func begin(_ count: Int = 1, in span: Duration, isOwn: Bool = true, at now: Timestamp) {
        if begun == 0 || isOver(isOwn ? span : nil, at: now) { self = Window(end: now + span) }
        begun += count
    }
}
