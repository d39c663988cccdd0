package import DroverTesting
import Foundation
import Synchronization

/// A program that a test runs, talks to by lines, and ends.
package final class ChildProcess: Sendable {
    /// How a program ended.
    package struct End: Sendable, Hashable {
        /// Its exit code, or the number of the signal that ended it.
        package let code: Int32
        /// Whether a signal ended it.
        package let isSignal: Bool
        /// Whether it ended by itself and says that all went well.
        package var isSuccess: Bool { !isSignal && code == 0 }
    }

    /// The lines of its standard output so far, and a signal for each.
    package let lines = Probe<String>("lines of a program")
    /// The lines of its standard error.
    package let errors = Probe<String>("error lines of a program")
    private let ends = Probe<End>("end of a program")
    private let outputEnds = Probe<Void>("end of a program's output")
    private let input: FileHandle
    private let asked = Mutex(0)

    /// The number of the process.
    package let processID: Int32

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: the path of the program.
    ///   - arguments: what follows its name.
    ///   - environment: variables beside those of the test.
    ///   - heard: is given each line of its output as it comes, after ``lines`` has it.
    package init(
        _ program: String, _ arguments: [String], environment: [String: String] = [:],
        heard: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        let started = try Spawn.start(
            program, arguments, environment: ProcessInfo.processInfo.environment.merging(environment) { $1 })
        processID = started.processID
        input = started.input
        ProcessGuard.shared?.began(processID)
        Self.read(started.output, to: lines, end: outputEnds, heard)
        Self.read(started.errors, to: errors, end: outputEnds)
        Spawn.whenEnded(processID) { [processID, ends] status in
            ProcessGuard.shared?.ended(processID)
            let signal = status & 0x7F
            ends.signal(End(code: signal == 0 ? (status >> 8) & 0xFF : signal, isSignal: signal != 0))
        }
    }

    /// Reads lines on a thread of its own until they end.
    private static func read(
        _ pipe: FileHandle, to lines: Probe<String>, end: Probe<Void>,
        _ heard: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        Thread.detachNewThread {
            var rest: [UInt8] = []
            pipe.forEachChunk { chunk in
                rest.append(contentsOf: chunk)
                var parts = rest.split(separator: 0x0A, omittingEmptySubsequences: false)
                rest = Array(parts.removeLast())
                for line in parts {
                    let text = String(decoding: line, as: UTF8.self)
                    lines.signal(text)
                    heard(text)
                }
            }
            if !rest.isEmpty { lines.signal(String(decoding: rest, as: UTF8.self)) }
            end.signal()
        }
    }

    /// Writes a line to its standard input and waits for the next line of its output.
    ///
    /// The program must answer each line with exactly one, after one line of greeting.
    package func ask(_ line: String, timeout: Duration = .seconds(300)) async throws -> String {
        let number = asked.withLock {
            $0 += 1
            return $0
        }
        try send(line)
        return try await lines.wait(for: number + 1, timeout: timeout)[number]
    }

    /// Writes a line to its standard input.
    package func send(_ line: String) throws { try input.write(contentsOf: Data((line + "\n").utf8)) }

    /// Ends its standard input.
    package func closeInput() throws { try input.close() }

    /// Ends it at once, as a crash would.
    package func crash() { kill(processID, SIGKILL) }

    /// Waits until it has ended and all of its output has been read.
    @discardableResult
    package func end(timeout: Duration = .seconds(300)) async throws -> End {
        let end = try await ends.wait(for: 1, timeout: timeout)[0]
        try await outputEnds.wait(for: 2, timeout: timeout)
        return end
    }

    /// Runs a program to its end and returns the lines of its output.
    ///
    /// - Throws: ``Failed`` when its exit code is not 0.
    package static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], timeout: Duration = .seconds(300)
    ) async throws -> [String] {
        let child = try ChildProcess(program, arguments, environment: environment)
        try child.closeInput()
        let end = try await child.end(timeout: timeout)
        guard end.isSuccess else {
            throw Failed(
                program: program, end: end, output: child.lines.values.suffix(20) + child.errors.values.suffix(20))
        }
        return child.lines.values
    }

    /// A program ended otherwise than it should.
    package struct Failed: Error, CustomStringConvertible {
        let program: String
        let end: End
        let output: [String]

        package var description: String {
            "\(program) ended with \(end.isSignal ? "signal" : "code") \(end.code):\n" + output.joined(separator: "\n")
        }
    }
}
