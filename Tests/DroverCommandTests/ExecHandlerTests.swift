import DroverCore
import DroverTesting
import Foundation
import Testing

@testable import DroverCommand

@Suite struct ExecHandlerTests {
    private func attempt(_ payload: String = "{}") throws -> HandledAttempt {
        HandledAttempt(
            key: JobKey(queue: "mail", id: try JobID("17")), name: "send it", payload: try JSONText(payload),
            attempt: 2, idempotencyKey: "mail:17:1")
    }

    private func handler(_ words: String...) -> ExecHandler {
        ExecHandler(words: words, clock: ContinuousClock(), grace: .milliseconds(300))
    }

    @Test("the payload arrives on standard input byte for byte, also when it is longer than a pipe")
    func payload() async throws {
        let payload = "[\"" + String(repeating: "é\\n ", count: 100_000) + "\", 9007199254740993]"
        #expect(try await handler("cat").run(try attempt(payload)).text == payload)
    }

    @Test("no word of the command is interpreted by a shell")
    func noShell() async throws {
        let words = ["$(id)", ";", "`id`", "*", "a b", ">x"]
        let handler = ExecHandler(words: ["printf", "%s|"] + words, clock: ContinuousClock())
        #expect(try await handler.run(try attempt()).text == JSONWriter.string(words.map { $0 + "|" }.joined()))
    }

    @Test("the program finds its job in the environment")
    func environment() async throws {
        let result = try await handler(
            "sh", "-c",
            "echo \"$DROVER_JOB_ID/$DROVER_QUEUE/$DROVER_JOB_NAME/$DROVER_ATTEMPT/$DROVER_IDEMPOTENCY_KEY\""
        ).run(try attempt())
        #expect(result.text == "\"17/mail/send it/2/mail:17:1\"")
    }

    @Test(
        "the last line that is not blank is the result",
        arguments: [
            (#"printf 'working\n{"done": true}\n\n  \n'"#, #"{"done": true}"#), ("printf plain", "\"plain\""),
            ("true", "null"), (#"printf '\n\n'"#, "null"), (#"printf '1\n2'"#, "2"),
        ])
    func result(script: String, result: String) async throws {
        #expect(try await handler("sh", "-c", script).run(try attempt()).text == result)
    }

    @Test("an exit code other than 0 fails the attempt with the last line of standard error")
    func exitCode() async throws {
        let failure = await #expect(throws: HandlerFailure.self) {
            try await handler("sh", "-c", "echo one >&2; echo two >&2; echo ignored; exit 7").run(try attempt())
        }
        #expect(failure?.reason == "exit code 7: two")
        #expect(failure?.detail == "one\ntwo\n")
    }

    @Test("only the end of standard error is kept")
    func boundedErrors() async throws {
        let failure = await #expect(throws: HandlerFailure.self) {
            try await handler("sh", "-c", "head -c 3000000 /dev/zero | tr '\\0' x >&2; echo >&2; echo end >&2; exit 1")
                .run(try attempt())
        }
        #expect(failure?.reason == "exit code 1: end")
        #expect(failure?.detail?.utf8.count == ExecHandler.errorLimit)
    }

    @Test("output beyond the limit is dropped and the last line is still the result")
    func boundedOutput() async throws {
        let result = try await handler(
            "sh", "-c",
            "head -c 5000000 /dev/zero | tr '\\0' '\\n'; head -c 3000000 /dev/zero | tr '\\0' x; echo; echo 42"
        ).run(try attempt())
        #expect(result.text == "42")
    }

    @Test("a result line beyond the limit fails the attempt clearly")
    func endlessLine() async throws {
        let failure = await #expect(throws: HandlerFailure.self) {
            try await handler("sh", "-c", "head -c 3000000 /dev/zero | tr '\\0' x").run(try attempt())
        }
        #expect(failure?.reason == "the program's last line is longer than \(OutsideResult.limit) bytes")
    }

    @Test("a program that does not read its input is neither blocked nor fatal")
    func unreadInput() async throws {
        let payload = "\"" + String(repeating: "x", count: 900_000) + "\""
        #expect(try await handler("sh", "-c", "exec <&-; echo 1").run(try attempt(payload)).text == "1")
        #expect(try await handler("echo", "2").run(try attempt(payload)).text == "2")
    }

    @Test("a program that can't be started fails the attempt and is named")
    func noProgram() async throws {
        for program in ["no-such-program-here", "/no/such/program"] {
            let failure = await #expect(throws: HandlerFailure.self) {
                try await handler(program).run(try attempt())
            }
            #expect(failure?.reason.contains(program) == true)
        }
    }

    @Test("a program that ends by a signal fails the attempt")
    func signal() async throws {
        let failure = await #expect(throws: HandlerFailure.self) {
            try await handler("sh", "-c", "kill -9 $$").run(try attempt())
        }
        #expect(failure?.reason == "ended by signal 9")
    }

    @Test(
        "cancelling ends the program and all it started, also what ignores SIGTERM",
        arguments: ["", "trap '' TERM; "])
    func cancel(trap: String) async throws {
        let pipe = try NamedPipe()
        // Every process of the group holds the pipe open for writing: its end is read when the last one is gone.
        let script = "exec 3>'\(pipe.path)'; \(trap)(echo up >&3; exec sleep 600) & sleep 600"
        let task = Task { [attempt = try attempt(), handler = handler("sh", "-c", script)] in
            try await handler.run(attempt)
        }
        #expect(try await pipe.firstLine() == "up")
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await pipe.end()
    }

    @Test("closing the handler kills what still runs, also while it is given its grace")
    func close() async throws {
        let pipe = try NamedPipe()
        let script = "exec 3>'\(pipe.path)'; trap 'exit 0' TERM; (trap '' TERM; echo up >&3; exec sleep 600) & wait"
        let handler = ExecHandler(words: ["sh", "-c", script], clock: ContinuousClock(), grace: .seconds(3600))
        let task = Task { [attempt = try attempt()] in try await handler.run(attempt) }
        #expect(try await pipe.firstLine() == "up")
        task.cancel()
        await handler.close()
        try await pipe.end()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("what is started after the handler was closed is killed")
    func closed() async throws {
        let handler = handler("sleep", "600")
        await handler.close()
        let failure = await #expect(throws: HandlerFailure.self) { try await handler.run(try attempt()) }
        #expect(failure?.reason == "ended by signal 9")
    }

    @Test(
        "what the program left running when it ended is ended too, and does not delay its result",
        arguments: ["", ">/dev/null 2>&1"])
    func leftBehind(redirection: String) async throws {
        let pipe = try NamedPipe()
        // The program ends only when what it leaves behind is up.
        let up = pipe.path + ".up"
        let child = "(echo up >&3; : >'\(up)'; exec sleep 600) \(redirection) &"
        let script = "exec 3>'\(pipe.path)'; \(child) until [ -e '\(up)' ]; do sleep 0.01; done; echo '\"done\"'"
        async let result = handler("sh", "-c", script).run(try attempt("\"go\""))
        #expect(try await pipe.firstLine() == "up")
        #expect(try await result.text == "\"done\"")
        try await pipe.end()
    }

    @Test("a job whose attempt takes longer than its timeout loses its program and all it started")
    func timeout() async throws {
        let store = ReferenceStore()
        let pipe = try NamedPipe()
        let script = "exec 3>'\(pipe.path)'; (echo up >&3; exec sleep 600) & sleep 600"
        let quoted = script.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        _ = await drover("add", "--queue", "q", "n", "--timeout", "1h", on: store)
        let clock = HourClock()
        var session = Transcript().session(on: store)
        session.clock = clock
        let working = Task { [session] in
            await DroverTool.run(
                ["work", "--queue", "q", "--handler", "exec:sh -c \"\(quoted)\"", "--limit", "1"], in: session)
        }
        // However long the program takes to begin, its time is up only then.
        #expect(try await pipe.firstLine() == "up")
        clock.hours.signal()
        #expect(await working.value == .done)
        try await pipe.end()
        let job = try await store.jobs(matching: JobQuery(queue: "q", state: .failed), page: Page()).jobs.first
        #expect(job?.failedReason?.hasPrefix("timed out") == true)
    }
}

/// The host's clock, but that an hour is over when a test says so.
private struct HourClock: Clock {
    let hours = Probe<Void>("hours that are over")
    private let host = ContinuousClock()

    var now: ContinuousClock.Instant { host.now }
    var minimumResolution: Duration { host.minimumResolution }

    func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
        if host.now.duration(to: deadline) < .seconds(1800) {
            return try await host.sleep(until: deadline, tolerance: tolerance)
        }
        try await hours.wait(timeout: .seconds(600))
    }
}
