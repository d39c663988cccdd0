import DroverCore
import Subprocess
import Synchronization

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// Hands every job to a program: the payload on its standard input, the last line it prints as the result.
///
/// The command is split into words and started as it is, never through a shell. The program runs in a process group of
/// its own. When the job is cancelled, takes too long or has lost its lease, the group gets SIGTERM, and after a grace
/// SIGKILL. What the program left running when it ended is ended as well.
struct ExecHandler: CommandHandler {
    /// The program and its arguments.
    var words: [String]
    /// Measures the grace.
    var clock: any Clock<Duration>
    /// How long the group may take to stop by itself.
    var grace: Duration = .seconds(5)

    /// How much of the standard error is kept for the job's trace.
    static let errorLimit = 4096

    /// What is known of a program that has ended.
    private struct Ended: Sendable {
        var output: OutputTail
        var errors: OutputTail
    }

    func run(_ attempt: HandledAttempt) async throws -> JSONText {
        ProcessGroup.ignoreBrokenPipes()
        let group = Mutex<ProcessGroup?>(nil)
        let outcome: Result<(TerminationStatus, Ended), any Error>
        do {
            let result = try await Subprocess.run(
                configuration(for: attempt), input: .inputWriter, output: .sequence, error: .sequence
            ) { execution in
                group.withLock { $0 = ProcessGroup(id: execution.processIdentifier.value) }
                async let written: Void = Self.feed(attempt.payload, to: execution.standardInputWriter)
                async let errors = Self.tail(of: execution.standardError, limit: Self.errorLimit)
                let output = try await Self.tail(of: execution.standardOutput, limit: OutsideResult.limit)
                await written
                return Ended(output: output, errors: try await errors)
            }
            outcome = .success((result.terminationStatus, result.closureResult))
        } catch {
            outcome = .failure(error)
        }
        await group.withLock { $0 }?.end(grace: grace, clock: clock)
        try Task.checkCancellation()
        switch outcome {
        case .success((let status, let ended)): return try result(of: ended, status: status)
        case .failure(let error): throw HandlerFailure("\(words[0]) can't be run: \(error)")
        }
    }

    private func configuration(for attempt: HandledAttempt) -> Configuration {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: grace)
        ]
        return Configuration(
            executable: words[0].contains("/") ? .path(FilePath(words[0])) : .name(words[0]),
            arguments: Arguments(Array(words.dropFirst())),
            environment: .inherit.updating([
                "DROVER_JOB_ID": attempt.key.id.text,
                "DROVER_QUEUE": attempt.key.queue.text,
                "DROVER_JOB_NAME": attempt.name.text,
                "DROVER_ATTEMPT": String(attempt.attempt),
                "DROVER_IDEMPOTENCY_KEY": attempt.idempotencyKey,
            ]),
            platformOptions: options)
    }

    /// A program need not read its input: one that closes it, or ends first, only does without the rest.
    private static func feed(_ payload: JSONText, to writer: StandardInputWriter) async {
        do {
            _ = try await writer.write(Array(payload.text.utf8))
            try await writer.finish()
        } catch {}
    }

    /// Reads to the end and keeps the last bytes: a program that writes without end is never blocked and never fills
    /// this process.
    private static func tail(of output: SubprocessOutputSequence, limit: Int) async throws -> OutputTail {
        var tail = OutputTail(limit: limit)
        for try await chunk in output { chunk.withUnsafeBytes { tail.append($0) } }
        return tail
    }

    private func result(of ended: Ended, status: TerminationStatus) throws -> JSONText {
        switch status {
        case .exited(0):
            return try ended.output.lastLine().map(OutsideResult.json) ?? .null
        case .exited(let code): throw failure("exit code \(code)", ended)
        case .signaled(let signal): throw failure("ended by signal \(signal)", ended)
        }
    }

    /// The last line of the standard error says most; the rest is the trace.
    private func failure(_ how: String, _ ended: Ended) -> HandlerFailure {
        let errors = ended.errors.text
        let last = errors.split(whereSeparator: \.isNewline).last { !$0.allSatisfy(\.isWhitespace) }
        return HandlerFailure(
            last.map { "\(how): \(Printable.cell(String($0)))" } ?? how, detail: errors.isEmpty ? nil : errors)
    }
}
