package import DroverTesting
import Foundation
import ProcessTesting
import Synchronization

/// A Python program that a test talks to by lines of JSON: BullMQ's own client, or the executable model.
///
/// ```swift
/// let peer = try await PythonPeer.client(port: server.port, prefix: prefix)
/// let id = try await peer.ask("add", ["queue": "mail", "name": "welcome", "data": ["to": 17]])
/// ```
package final class PythonPeer: Sendable {
    /// What the peer told by itself, oldest first: objects with `event`.
    package let events: Probe<JSON>
    private let child: ChildProcess
    private let answers: Answers

    /// The number of its process.
    package var processID: Int32 { child.processID }

    private init(_ script: String, _ arguments: [String]) throws {
        guard FileManager.default.isExecutableFile(atPath: Self.python) else {
            throw Failed(description: "\(Self.python) is missing; run `make bootstrap`")
        }
        let events = Probe<JSON>("events of \(script)")
        let answers = Answers()
        self.events = events
        self.answers = answers
        child = try ChildProcess(
            Self.python, ["-B", Self.root + "/Tests/DroverRedisTests/Peers/" + script] + arguments,
            heard: { line in answers.hear(line, events) })
    }

    deinit { child.crash() }

    /// Starts BullMQ's own Python client (`peer.py`, which lists its operations).
    package static func client(port: Int, prefix: String) async throws -> PythonPeer {
        try await start("peer.py", [String(port), prefix])
    }

    /// Starts the executable model of the layout (`model_peer.py`).
    package static func model(port: Int) async throws -> PythonPeer { try await start("model_peer.py", [String(port)]) }

    /// Starts the model with Drover's deviations (`differential_peer.py`).
    package static func deviatingModel(port: Int) async throws -> PythonPeer {
        try await start("differential_peer.py", [String(port)])
    }

    private static func start(_ script: String, _ arguments: [String]) async throws -> PythonPeer {
        let peer = try PythonPeer(script, arguments)
        _ = try await peer.explained { try await peer.child.lines.wait(for: 1, timeout: .seconds(300)) }
        return peer
    }

    /// Asks for an operation and waits for its answer.
    ///
    /// - Throws: ``Failed`` with the peer's words when it refuses, and with its last lines when it does not answer.
    @discardableResult
    package func ask(
        _ operation: String, _ arguments: [String: JSON] = [:], timeout: Duration = .seconds(300)
    ) async throws -> JSON {
        let (id, answer) = answers.expect(operation)
        defer { answers.forget(id) }
        let request = arguments.merging(["id": .integer(id), "op": .string(operation)]) { $1 }
        let answered = try await explained {
            try child.send(try JSON.object(request).text)
            return try await answer.wait(for: 1, timeout: timeout)[0]
        }
        if let words = answered["error"].string { throw Failed(description: "\(operation): \(words)") }
        return answered["ok"]
    }

    /// Waits until it has told `count` events that `matches` accepts, those before the call included.
    package func wait(
        for count: Int = 1, timeout: Duration = .seconds(300), where matches: (JSON) -> Bool
    ) async throws -> [JSON] {
        var told = events.values
        while told.count(where: matches) < count {
            let seen = told.count
            told = try await explained { try await events.wait(for: seen + 1, timeout: timeout) }
        }
        return told.filter(matches)
    }

    /// Ends it at once, as a crash would, and waits for its end.
    package func kill() async throws {
        child.crash()
        try await child.end()
    }

    /// Stops it where it is: it keeps its connections and does nothing.
    package func pause() throws { try child.pause() }

    /// Lets it go on after ``pause()``.
    package func unpause() throws { try child.unpause() }

    /// Ends its input, upon which it ends without closing anything, and waits for its end.
    package func stop() async throws {
        try child.closeInput()
        try await child.end()
    }

    /// Adds the peer's last words to a wait in vain.
    private func explained<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let timeout as WaitTimeout {
            throw Failed(
                description: "\(timeout); it said:\n" + child.errors.values.suffix(20).joined(separator: "\n"))
        }
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    private static let python = root + "/.build/python-peers/bin/python"

    /// A peer refused, or did not answer.
    package struct Failed: Error, CustomStringConvertible {
        package let description: String
    }

    /// Who waits for which answer.
    private final class Answers: Sendable {
        private struct State: Sendable {
            var last = 0
            var awaited: [Int: Probe<JSON>] = [:]
        }

        private let state = Mutex(State())

        func expect(_ operation: String) -> (Int, Probe<JSON>) {
            let probe = Probe<JSON>("answers to \(operation)")
            return state.withLock { state in
                state.last += 1
                state.awaited[state.last] = probe
                return (state.last, probe)
            }
        }

        func forget(_ id: Int) { state.withLock { state in state.awaited[id] = nil } }

        func hear(_ line: String, _ events: Probe<JSON>) {
            // The greeting, and whatever else is no JSON, is among the lines of the program.
            guard let value = try? JSON(parsing: line) else { return }
            if let id = value["id"].integer {
                state.withLock { $0.awaited[id] }?.signal(value)
            } else {
                events.signal(value)
            }
        }
    }
}
