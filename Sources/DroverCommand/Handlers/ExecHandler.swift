import DroverCore
import Subprocess
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// Hands every job to a program: the payload on its standard input, the last line it prints as the result.
///
/// The command is split into words and started as it is, never through a shell. The program runs in a process group of
/// its own. When the job is cancelled, takes too long or has lost its lease, the group gets SIGTERM, and after a grace
/// SIGKILL. What the program left running when it ended is ended as well, and so is whatever still runs when the handler
/// is closed.
struct ExecHandler: CommandHandler {
    /// The program and its arguments.
    var words: [String]
    /// Measures the grace.
    var clock: any Clock<Duration>
    /// How long the group may take to stop by itself: less than the engine waits for a handler that it has cancelled.
    var grace: Duration = .seconds(3)
    private let running = RunningGroups()

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
        let watch = Stopwatch(clock)
        let cancelledAt = Mutex<Duration?>(nil)
        let outcome = await withTaskCancellationHandler {
            await self.outcome(of: attempt) { started in
                group.withLock { $0 = started }
                running.began(started)
            }
        } onCancel: {
            cancelledAt.withLock { $0 = watch.elapsed }
        }
        if let group = group.withLock({ $0 }) {
            // One grace from the cancellation on: the program may have used up a part of it before it ended.
            let used = cancelledAt.withLock { $0 }.map { watch.elapsed - $0 } ?? .zero
            await group.end(grace: grace - used, clock: clock)
            running.ended(group)
        }
        try Task.checkCancellation()
        switch outcome {
        case .success((let status, let ended)): return try result(of: ended, status: status)
        case .failure(let error): throw HandlerFailure("\(words[0]) can't be run: \(error)")
        }
    }

    func close() async { running.kill() }

    /// Runs the program to its end; `started` is told of its group first.
    private func outcome(
        of attempt: HandledAttempt, started: @Sendable (ProcessGroup) -> Void
    ) async -> Result<(TerminationStatus, Ended), any Error> {
        do {
            let result = try await Subprocess.run(
                configuration(for: attempt), input: .inputWriter, output: .sequence, error: .sequence
            ) { execution in
                started(ProcessGroup(id: execution.processIdentifier.value))
                async let written: Void = Self.feed(attempt.payload, to: execution.standardInputWriter)
                async let errors = Self.tail(of: execution.standardError, limit: Self.errorLimit)
                let output = try await Self.tail(of: execution.standardOutput, limit: OutsideResult.limit)
                await written
                return Ended(output: output, errors: try await errors)
            }
            return .success((result.terminationStatus, result.closureResult))
        } catch {
            return .failure(error)
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
            environment: .inherit.updating(Self.environment(of: attempt)), platformOptions: options)
    }

    private static func environment(of attempt: HandledAttempt) -> [Environment.Key: String?] {
        var variables: [Environment.Key: String?] = [
            "DROVER_JOB_ID": attempt.key.id.text,
            "DROVER_QUEUE": attempt.key.queue.text,
            "DROVER_JOB_NAME": attempt.name.text,
            "DROVER_ATTEMPT": String(attempt.attempt),
            "DROVER_IDEMPOTENCY_KEY": attempt.idempotencyKey,
        ]
        for secret in secrets { variables.updateValue(nil, forKey: secret) }
        return variables
    }

    /// What signs requests and opens payloads is none of the program's business: these variables it does not see.
    private static let secrets: [Environment.Key] = {
        let names = ProcessInfo.processInfo.environment.keys
        return (["DROVER_HTTP_SECRET"] + names.filter { $0.hasPrefix("DROVER_ENCRYPTION_KEYS") }).compactMap {
            Environment.Key(rawValue: $0)
        }
    }()

    /// A program need not read its input: one that closes it, or ends first, only does without the rest.
    private static func feed(_ payload: JSONText, to writer: StandardInputWriter) async {
        do {
            _ = try await writer.write(Array(payload.text.utf8))
            try await writer.finish()
        } catch {}  // the reason is the program's own
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
