import ProcessTesting
import Subprocess
import SystemPackage

/// The built `drover`, run as a process of its own.
struct Program {
    /// What a run left.
    struct Ending {
        var status: Int32
        var output: String
        var errors: String
    }

    /// The program that was built together with the tests.
    static var path: String { get throws { try BuiltProducts.path(of: "drover") } }

    /// Runs it to its end.
    static func run(_ arguments: String..., input: String = "") async throws -> Ending {
        try await run(executable: try path, arguments, input: input)
    }

    /// Runs a shell script to its end; `$1` is the program, `$2` and so on the arguments.
    static func script(_ script: String, _ arguments: [String], wrapper: [String] = []) async throws -> Ending {
        let words = wrapper + ["sh", "-c", script, "sh", try path] + arguments
        return try await run(executable: "/usr/bin/env", words, input: "")
    }

    private static func run(executable: String, _ arguments: [String], input: String) async throws -> Ending {
        let result = try await Subprocess.run(
            .path(FilePath(executable)), arguments: Arguments(arguments), input: .string(input),
            output: .string(limit: 4 << 20), error: .string(limit: 4 << 20))
        return Ending(
            status: status(result.terminationStatus), output: result.standardOutput, errors: result.standardError)
    }

    /// Runs it while the body does something else, then sends it SIGTERM, and once more when it says that it stops.
    ///
    /// - Returns: its exit status, and what the body returned.
    static func running<Value: Sendable>(
        _ arguments: String..., stoppingTwice: Bool = false, _ body: () async throws -> Value
    ) async throws -> (status: Int32, value: Value) {
        let result = try await Subprocess.run(
            .path(FilePath(try path)), arguments: Arguments(arguments), input: .none, output: .discarded,
            error: .sequence
        ) { execution in
            let value: Value
            do { value = try await body() } catch {
                try execution.send(signal: .kill)
                throw error
            }
            try execution.send(signal: .terminate)
            // Signals of one kind that wait to be taken are one: the second goes out when the first has arrived.
            for try await line in execution.standardError.strings() where line.contains("stopping") && stoppingTwice {
                try execution.send(signal: .terminate)
            }
            return value
        }
        return (status(result.terminationStatus), result.closureResult)
    }

    private static func status(_ status: TerminationStatus) -> Int32 {
        switch status {
        case .exited(let code): code
        case .signaled(let signal): -signal
        }
    }
}
