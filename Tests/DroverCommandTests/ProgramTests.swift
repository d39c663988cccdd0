import Foundation
import Testing

@testable import DroverCommand

@Suite struct ProgramTests {
    private let folder: TemporaryFolder
    private var store: String { "sqlite:" + folder.path("jobs.sqlite") }

    init() throws { folder = try TemporaryFolder() }

    @Test("add --wait in one process prints what a worker in another process gave, and job tells the whole story")
    func echo() async throws {
        let (status, added) = try await Program.running(
            "work", "--store", store, "--queue", "q", "--handler", "echo"
        ) {
            try await Program.run(
                "add", "--store", store, "--queue", "q", "hello", "--data", "-", "--wait", "--wait-timeout", "60s",
                input: #"{"n":1}"#)
        }
        #expect(status == 0)
        #expect(added.status == 0, "\(added.errors)")
        #expect(added.output == "{\"n\":1}\n")
        let listed = try Parsed(
            await Program.run("jobs", "--store", store, "--queue", "q", "--state", "completed", "--json").output)
        let id = try #require(listed.objects("jobs").first?.string("id"))
        let job = try await Program.run("job", "--store", store, "--queue", "q", id)
        #expect(job.status == 0)
        for part in ["attempts  1 made, 1 started, 1 allowed", "created ", "started ", "finished ", "worker "] {
            #expect(job.output.contains(part), "\(job.output)")
        }
    }

    @Test("add --wait that is interrupted has told the id on standard error, and the job is stored: 143 in a shell")
    func interrupted() async throws {
        let script = #"""
            mkfifo "$3" && { "$1" add --store "$2" --queue q hello --wait 2>"$3" & }
            exec 3<"$3" && read -r line <&3 && kill -TERM $! ; wait $!; echo "$? $line"
            "$1" queues --store "$2" --json
            """#
        let ending = try await Program.script(script, [store, folder.path("notes")])
        #expect(ending.output.hasPrefix("143 added job "), "\(ending)")
        #expect(ending.output.contains(" to q; waiting for its result\n"), "\(ending)")
        #expect(ending.output.contains(#""waiting":1,"#), "\(ending)")
    }

    @Test("exec: hands the payload to a program and prints its last line")
    func exec() async throws {
        let (_, added) = try await Program.running(
            "work", "--store", store, "--queue", "q", "--handler", #"exec:sh -c "cat; echo; echo '[1, 2]'""#
        ) {
            try await Program.run(
                "add", "--store", store, "--queue", "q", "hello", "--wait", "--wait-timeout", "60s")
        }
        #expect(added.output == "[1, 2]\n", "\(added.errors)")
    }

    @Test("a second SIGTERM gives running jobs back at once, without counting an attempt")
    func secondSignal() async throws {
        // A job that is only claimed would be given back by the first one: its program tells that it runs.
        let pipe = try NamedPipe()
        let script = "echo up >\(pipe.path); exec sleep 600"
        #expect(try await Program.run("add", "--store", store, "--queue", "q", "hello").status == 0)
        let (status, line) = try await Program.running(
            "work", "--store", store, "--queue", "q", "--handler", "exec:sh -c \"\(script)\"", "--grace", "1h",
            stoppingTwice: true
        ) { try await pipe.firstLine() }
        #expect(line == "up")
        #expect(status == 1)
        let listed = try Parsed(await Program.run("jobs", "--store", store, "--queue", "q", "--json").output)
        #expect(listed.objects("jobs").first?.int("attemptsMade") == 0)
        #expect(listed.objects("jobs").first?.int("attemptsStarted") == 1)
    }

    @Test("a worker that ends leaves none of its programs behind, also what ignores SIGTERM")
    func nothingOutlives() async throws {
        let pipe = try NamedPipe()
        let script = "exec 3>\(pipe.path); trap 'exit 0' TERM; (trap '' TERM; echo up >&3; exec sleep 600) & wait"
        #expect(try await Program.run("add", "--store", store, "--queue", "q", "hello").status == 0)
        let (status, line) = try await Program.running(
            "work", "--store", store, "--queue", "q", "--handler", "exec:sh -c \"\(script)\"", "--grace", "0s"
        ) { try await pipe.firstLine() }
        #expect(line == "up")
        #expect(status == 0)
        try await pipe.end()
    }

    @Test(
        "a result that can't be written is told: exit 1", arguments: [["queues"], ["jobs", "--queue", "q", "--json"]])
    func fullOutput(arguments: [String]) async throws {
        _ = try await Program.run("add", "--store", store, "--queue", "q", "hello")
        let ending = try await Program.script(
            #"p=$1; shift; exec "$p" "$@" >/dev/full"#, arguments + ["--store", store])
        #expect(ending.status == 1)
        #expect(ending.errors.hasPrefix("drover: write the result: "), "\(ending.errors)")
    }

    @Test(
        "commands that only look do not make a store: exit 3",
        arguments: [
            ["queues"], ["jobs", "--queue", "q"], ["job", "--queue", "q", "1"], ["workers"],
            ["events", "--queue", "q"],
            ["doctor"], ["retry", "--queue", "q", "1"], ["pause", "--queue", "q"], ["drain", "--queue", "q", "--yes"],
        ])
    func missing(arguments: [String]) async throws {
        let transcript = Transcript()
        var session = Session.process
        session.output = transcript.output
        session.environment = ["DROVER_STORE": store]
        #expect(await DroverTool.run(arguments, in: session) == .storeUnreachable)
        #expect(transcript.notes.contains("there is no store at"))
        #expect(!FileManager.default.fileExists(atPath: folder.path("jobs.sqlite")))
    }

    @Test("a queue may be limited before its first job: the store is made")
    func limitFirst() async throws {
        let limited = try await Program.run("limit", "--store", store, "--queue", "q", "--max-length", "1")
        #expect(limited.status == 0 && limited.errors.contains("the queue \"q\" is new"), "\(limited.errors)")
        let added = try await Program.run("add", "--store", store, "--queue", "q", "n", "--count", "2")
        #expect(added.status == 1 && added.errors.contains("full"), "\(added.errors)")
    }

    @Test("bad input leaves no file behind: exit 2")
    func badInput() async throws {
        let ending = try await Program.run(
            "add", "--store", store, "--queue", "q", "hello", "--data", "-", input: "{\"a\":\"\0\"}")
        #expect(ending.status == 2)
        #expect(ending.output.isEmpty)
        #expect(ending.errors.hasPrefix("drover: add a job: the payload has a NUL byte"))
        #expect(!FileManager.default.fileExists(atPath: folder.path("jobs.sqlite")))
    }

    @Test("a reader that goes away early ends the program without a word")
    func brokenPipe() async throws {
        _ = try await Program.run("add", "--store", store, "--queue", "q", "hello", "--count", "1000")
        let ending = try await Program.script(
            #""$1" jobs --store "$2" --queue q --limit 1000 --json | head -n 1"#, [store])
        #expect(ending.status == 0)
        #expect(ending.errors.isEmpty)
    }
}
