#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where a command writes: results to one place, everything said about them to another.
struct Output: Sendable {
    private let writeResult: @Sendable (String) -> Void
    private let writeNote: @Sendable (String) -> Void
    /// Whether notes go to a terminal, so that progress may be drawn over itself.
    let notesGoToTerminal: Bool

    /// An output that hands its texts to closures.
    init(
        notesGoToTerminal: Bool = false, result: @escaping @Sendable (String) -> Void,
        note: @escaping @Sendable (String) -> Void
    ) {
        self.notesGoToTerminal = notesGoToTerminal
        writeResult = result
        writeNote = note
    }

    /// The standard output and the standard error of this process.
    static let process = Output(
        notesGoToTerminal: isatty(STDERR_FILENO) == 1,
        result: { write($0, to: STDOUT_FILENO) }, note: { write($0, to: STDERR_FILENO) })

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

    /// Unbuffered, so that a reader of a pipe sees a line when it is printed and nothing is lost on exit.
    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { bytes in
                #if canImport(Glibc)
                Glibc.write(descriptor, bytes.baseAddress, bytes.count)
                #elseif canImport(Musl)
                Musl.write(descriptor, bytes.baseAddress, bytes.count)
                #else
                Darwin.write(descriptor, bytes.baseAddress, bytes.count)
                #endif
            }
            if count < 0 && errno == EINTR { continue }
            // The reader has gone; there is nobody left to tell.
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }
}
