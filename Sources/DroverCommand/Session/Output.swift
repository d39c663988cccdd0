/// Where a command writes: results to one place, everything said about them to another.
struct Output: Sendable {
    private let writeResult: @Sendable (String) -> Void
    private let writeNote: @Sendable (String) -> Void
    private let readFailure: @Sendable () -> String?
    /// Whether notes go to a terminal, so that progress may be drawn over itself.
    let notesGoToTerminal: Bool

    /// An output that hands its texts to closures; `failure` says why a result could not be written, nil while all
    /// could.
    init(
        notesGoToTerminal: Bool = false, result: @escaping @Sendable (String) -> Void,
        note: @escaping @Sendable (String) -> Void, failure: @escaping @Sendable () -> String? = { nil }
    ) {
        self.notesGoToTerminal = notesGoToTerminal
        writeResult = result
        writeNote = note
        readFailure = failure
    }

    /// The standard output and the standard error of this process.
    static let process = Output(
        results: DescriptorWriter(POSIX.standardOutput), notes: DescriptorWriter(POSIX.standardError),
        notesGoToTerminal: POSIX.isTerminal(POSIX.standardError))

    /// An output to descriptors.
    init(results: DescriptorWriter, notes: DescriptorWriter, notesGoToTerminal: Bool = false) {
        self.init(
            notesGoToTerminal: notesGoToTerminal, result: { results.write($0) }, note: { notes.write($0) },
            failure: { results.failure })
    }

    /// Why a result could not be written; nil while all could.
    var failure: String? { readFailure() }

    /// Prints a part of the results, which need not end a line.
    func part(_ text: String) { writeResult(text) }

    /// Prints a line of results.
    func line(_ text: String) { writeResult(text + "\n") }

    /// Says something to the person who looks on.
    func note(_ text: String) { writeNote(text + "\n") }

    /// Asks something and stays on the line.
    func ask(_ question: String) { writeNote(question) }

    /// Draws progress over the last progress; nothing where nobody looks on.
    func progress(_ text: String) {
        if notesGoToTerminal { writeNote("\r\u{1B}[K" + text) }
    }

    /// Takes the last progress away.
    func endProgress() {
        if notesGoToTerminal { writeNote("\r\u{1B}[K") }
    }
}
