import DroverCore

/// Shows how far a long command has come: on a terminal a line that is drawn over itself, elsewhere a line every few
/// seconds. A command that ends soon shows nothing.
struct ProgressLine {
    private static let barWidth = 24
    private static let pause: (terminal: Duration, elsewhere: Duration) = (.milliseconds(200), .seconds(5))

    private let output: Output
    private let stopwatch: Stopwatch
    private let noun: String
    private let verb: String
    private var next: Duration

    /// How long it has gone on.
    var elapsed: Duration { stopwatch.elapsed }

    /// A line about things of one kind: `120 jobs moved`.
    init(_ noun: String, _ verb: String, in session: Session) {
        output = session.output
        stopwatch = Stopwatch(session.clock)
        self.noun = noun
        self.verb = verb
        next = session.output.notesGoToTerminal ? .zero : Self.pause.elsewhere
    }

    /// Shows how many were done, where it is time to.
    ///
    /// - Parameter total: of how many; nil where nobody knows.
    mutating func show(_ count: Int, of total: Int? = nil) {
        let elapsed = stopwatch.elapsed
        guard elapsed >= next else { return }
        let text = Self.text(count, of: total, after: elapsed, noun, verb)
        if output.notesGoToTerminal {
            next = elapsed + Self.pause.terminal
            output.progress(Self.bar(count, of: total) + text)
        } else {
            next = elapsed + Self.pause.elsewhere
            output.note(text)
        }
    }

    /// Takes the line away.
    func end() { output.endProgress() }

    /// The line in words.
    static func text(_ count: Int, of total: Int?, after elapsed: Duration, _ noun: String, _ verb: String) -> String {
        let rate = elapsed > .zero ? Double(count) / elapsed.seconds : 0
        guard let total, total >= count, total > 0 else {
            return "\(Counted.text(count, noun)) \(verb), \(Int(rate))/s"
        }
        let left = rate > 0 ? ", about \(Int((Double(total - count) / rate).rounded(.up))) s left" : ""
        return "\(count) of \(Counted.text(total, noun)) \(verb) (\(count * 100 / total)%), \(Int(rate))/s\(left)"
    }

    /// A bar, where it is known how long it is.
    static func bar(_ count: Int, of total: Int?) -> String {
        guard let total, total >= count, total > 0 else { return "" }
        let full = count * barWidth / total
        return "[" + String(repeating: "#", count: full) + String(repeating: "-", count: barWidth - full) + "] "
    }
}
