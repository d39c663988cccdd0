import DroverTesting
import Synchronization
import Testing

/// Lets a test wait for what a command says.
final class NoteWatcher: Sendable {
    private struct State {
        var lines: [String] = []
        var waiting: [(text: String, probe: Probe<String>)] = []
        /// How many lines of each text were handed out.
        var seen: [String: Int] = [:]
    }

    private let state = Mutex(State())

    func add(_ line: String) {
        state.withLock { state in
            let line = String(line.drop { $0 == "\n" }.reversed().drop { $0 == "\n" }.reversed())
            state.lines.append(line)
            state.waiting.removeAll { waiter in
                guard line.contains(waiter.text) else { return false }
                waiter.probe.signal(line)
                return true
            }
        }
    }

    /// How many lines have the text.
    func count(of text: String) -> Int { state.withLock { $0.lines.count { $0.contains(text) } } }

    /// The first line that has the text and was not given for it before.
    @discardableResult
    func wait(for text: String) async throws -> String {
        let probe = Probe<String>("a line with \(text)")
        state.withLock { state in
            let count = state.seen[text, default: 0]
            state.seen[text] = count + 1
            let known = state.lines.filter { $0.contains(text) }
            if known.count > count { probe.signal(known[count]) } else { state.waiting.append((text, probe)) }
        }
        return try #require(try await probe.wait().first)
    }
}
