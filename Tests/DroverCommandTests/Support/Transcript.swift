import DroverCore
import DroverTesting
import Synchronization

@testable import DroverCommand

/// What a command printed, and the session that it printed to.
final class Transcript: Sendable {
    private let texts = Mutex((results: "", notes: ""))

    var results: String { texts.withLock { $0.results } }
    var notes: String { texts.withLock { $0.notes } }
    /// Both, as a person would see them.
    var all: String { notes.isEmpty ? results : results + "--- notes\n" + notes }

    /// Where a session prints to be read here.
    var output: Output {
        Output(
            result: { [self] text in texts.withLock { $0.results += text } },
            note: { [self] text in texts.withLock { $0.notes += text } })
    }

    /// A session on a store, with nobody at the terminal unless an answer is given.
    func session(
        on store: any JobStore, answer: String? = nil, input: String = "", environment: [String: String] = [:],
        wallClock: any WallClock = ManualWallClock()
    ) -> Session {
        Session(
            output: output,
            input: Input(
                isTerminal: answer != nil, readAll: { Array(input.utf8.prefix($0)) }, readAnswer: { answer }),
            environment: environment, makeStore: { _, _, _ in Lent(store) }, clock: ContinuousClock(),
            wallClock: wallClock, stopRequests: { StopRequests.never() })
    }
}

/// Runs a command on a store and gives its exit status and what it printed.
func drover(
    _ arguments: String..., on store: any JobStore, answer: String? = nil, input: String = ""
) async -> (status: ExitStatus, transcript: Transcript) {
    await drover(arguments, on: store, answer: answer, input: input)
}

/// The same with arguments in a list.
func drover(
    _ arguments: [String], on store: any JobStore, answer: String? = nil, input: String = ""
) async -> (status: ExitStatus, transcript: Transcript) {
    let transcript = Transcript()
    let session = transcript.session(on: store, answer: answer, input: input)
    return (await DroverTool.run(arguments, in: session), transcript)
}
