import DroverTesting
import RedisTesting
import Testing

@testable import DroverCommand

@Suite struct RedisCommandTests {
    @Test("add --wait in one process prints what a worker in another process gave; neither tells the password")
    func echo() async throws {
        let server = try await RedisServer.start(.init(extra: ["requirepass s3cret"]))
        let store = server.url(prefix: "p").replacing("redis://", with: "redis://:s3cret@")
        let (status, added) = try await Program.running(
            "work", "--store", store, "--queue", "q", "--handler", "echo", "-v"
        ) {
            try await Program.run(
                "add", "--store", store, "--queue", "q", "hello", "--data", #"{"n":1}"#, "--wait", "--wait-timeout",
                "60s")
        }
        #expect(status == 0)
        #expect(added.status == 0, "\(added.errors)")
        #expect(added.output == "{\"n\":1}\n")
        let (listed, transcript) = await drover(["jobs", "--queue", "q", "--state", "completed", "--json"], url: store)
        #expect(listed == .done)
        #expect(try Parsed(transcript.results).objects("jobs").first?.int("attemptsMade") == 1)
        try await server.stop()
    }

    @Test("the log of a worker names its store without the password")
    func log() async throws {
        let server = try await RedisServer.start(.init(extra: ["requirepass s3cret"]))
        let store = server.url(prefix: "p").replacing("redis://", with: "redis://:s3cret@")
        #expect(await drover(["add", "--queue", "q", "hello"], url: store).status == .done)
        let ending = try await Program.run(
            "work", "--store", store, "--queue", "q", "--handler", "noop", "--limit", "1", "-v")
        #expect(ending.status == 0)
        #expect(ending.errors.contains("store=\(server.url(prefix: "p"))"), "\(ending.errors)")
        #expect(!ending.errors.contains("s3cret"), "\(ending.errors)")
        try await server.stop()
    }

    @Test("commands that only look leave no key behind, also where another client has made a queue")
    func lookingOnly() async throws {
        let server = try await RedisServer.shared
        let prefix = RedisServer.freshPrefix()
        try await server.command("HSET", "\(prefix):q:meta", "opts.maxLenEvents", "10000")
        try await server.command("ZADD", "\(prefix):q:completed", "1", "1")
        for arguments in lookingCommands {
            let (status, transcript) = await drover(arguments, url: server.url(prefix: prefix))
            #expect(status != .storeUnreachable, "\(arguments): \(transcript.notes)")
        }
        let (_, queues) = await drover(["queues", "--json"], url: server.url(prefix: prefix))
        #expect(try Parsed(queues.results).items.first?.string("name") == "q")
        let keys = try await server.command("KEYS", "\(prefix):*").split(separator: "\n").sorted()
        #expect(keys == ["\(prefix):q:completed", "\(prefix):q:meta"])
        try await server.flush(prefix: prefix)
    }

    @Test("a command finds the queues of other clients among any number of keys")
    func manyKeys() async throws {
        let server = try await RedisServer.start()
        let script = """
            for number = 1, 300000 do redis.call('SET', 'other:' .. number, '') end
            for number = 1, 20 do redis.call('HSET', 'p:q' .. number .. ':meta', 'opts.maxLenEvents', '10000') end
            """
        try await server.command("EVAL", script, "0")
        let (_, transcript) = await drover(["queues", "--json"], url: server.url(prefix: "p"))
        #expect(try Parsed(transcript.results).items.count == 20, "\(transcript.notes)")
        try await server.stop()
    }

    @Test("a schedule whose pattern BullMQ's workers read otherwise is stored with a warning, others without")
    func patterns() async throws {
        let server = try await RedisServer.shared
        let url = server.url(prefix: RedisServer.freshPrefix())
        for (pattern, isWarned) in [("0 6 * * FRI-MON", true), ("H 6 * * *", true), ("0 6 * * MON-FRI", false)] {
            let (status, transcript) = await drover(
                ["schedule", "put", "s", "--queue", "q", "--name", "n", "--cron", pattern], url: url)
            #expect(status == .done, "\(transcript.notes)")
            #expect(transcript.notes.contains("BullMQ's workers can't take this schedule on") == isWarned)
            #expect(transcript.notes.contains("reason=") == isWarned)
        }
        let store = ReferenceStore()
        let (_, transcript) = await drover(
            "schedule", "put", "s", "--queue", "q", "--name", "n", "--cron", "0 6 * * FRI-MON", on: store)
        #expect(transcript.notes.isEmpty)
    }

    @Test(
        "bench checks that each job was delivered once, names the durability, and removes its queue",
        arguments: BenchScenario.allCases)
    func bench(_ scenario: BenchScenario) async throws {
        let server = try await RedisServer.shared
        let url = server.url(prefix: RedisServer.freshPrefix())
        let (status, transcript) = await drover(
            ["bench", "--scenario", scenario.rawValue, "--jobs", "50", "--concurrency", "4", "--json"], url: url)
        #expect(status == .done, "\(transcript.notes)")
        let report = try Parsed(transcript.results)
        #expect(report.string("store") == "redis")
        #expect(report.string("durability") == "none")
        #expect(report.bool("exactlyOnce") == true)
        #expect(!transcript.results.contains("\"serverCpuMicrosPerJob\":null"))
        #expect(await drover(["queues", "--json"], url: url).transcript.results == "[]\n")
    }

    @Test("bench leaves a queue alone that holds jobs of another client, which Drover has never used")
    func foreignBench() async throws {
        let server = try await RedisServer.shared
        let prefix = RedisServer.freshPrefix()
        try await server.command("HSET", "\(prefix):bench:meta", "opts.maxLenEvents", "10000")
        try await server.command("LPUSH", "\(prefix):bench:wait", "1")
        let (status, transcript) = await drover(
            ["bench", "--scenario", "add", "--jobs", "5"], url: server.url(prefix: prefix))
        #expect(status == .failed)
        #expect(transcript.notes.contains("holds 1 job;"), "\(transcript.notes)")
        #expect(try await server.command("LLEN", "\(prefix):bench:wait") == "1")
        try await server.flush(prefix: prefix)
    }
}
