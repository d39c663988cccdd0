import DroverTesting
import RedisTesting
import Testing

@testable import DroverCommand

@Suite struct RedisServerTroubleTests {
    @Test("a server that is not there is told with advice: exit 3", arguments: lookingCommands)
    func absent(_ arguments: [String]) async throws {
        let port = try FreePort.next()
        let (status, transcript) = await drover(arguments, url: "redis://:s3cret@127.0.0.1:\(port)")
        #expect(status == .storeUnreachable)
        #expect(transcript.results.isEmpty)
        #expect(transcript.notes.contains("127.0.0.1:\(port)"), "\(transcript.notes)")
        #expect(transcript.notes.contains("Check the address"), "\(transcript.notes)")
        #expect(!transcript.notes.contains("s3cret"))
    }

    @Test("a socket that is not there is told: exit 3")
    func absentSocket() async throws {
        let folder = try TemporaryFolder()
        let (status, transcript) = await drover(["queues"], url: "unix://\(folder.path("none.sock"))")
        #expect(status == .storeUnreachable)
        #expect(transcript.notes.contains("none.sock"), "\(transcript.notes)")
    }

    @Test("a Unix socket carries a store")
    func socket() async throws {
        let server = try await RedisServer.start(.init(unixSocket: true))
        let path = try #require(server.socketPath)
        #expect(await drover(["add", "--queue", "q", "hello"], url: "unix://\(path)").status == .done)
        #expect(try await server.command("LLEN", "bull:q:wait") == "1")
        try await server.stop()
    }

    @Test("a wrong password is told and not repeated: exit 3", arguments: lookingCommands)
    func wrongPassword(_ arguments: [String]) async throws {
        let server = try await RedisServer.shared
        let (status, transcript) = await drover(arguments, url: "redis://alice:s3cret@127.0.0.1:\(server.port)")
        #expect(status == .storeUnreachable)
        #expect(transcript.notes.contains("with the password given"), "\(transcript.notes)")
        #expect(!transcript.notes.contains("s3cret"))
    }

    @Test("a server that asks for a password, and a database that it has not, are told: exit 3")
    func refusals() async throws {
        let server = try await RedisServer.start(.init(extra: ["requirepass s3cret"]))
        let asked = await drover(["queues"], url: server.url())
        #expect(asked.status == .storeUnreachable)
        #expect(asked.transcript.notes.contains("asks for a password"), "\(asked.transcript.notes)")
        let far = await drover(["queues"], url: "redis://:s3cret@127.0.0.1:\(server.port)/999")
        #expect(far.status == .storeUnreachable)
        #expect(far.transcript.notes.contains("no database 999"), "\(far.transcript.notes)")
        try await server.stop()
    }

    @Test("a server that may drop jobs is refused, and taken when the URL allows it; doctor still warns of it")
    func evicting() async throws {
        let server = try await RedisServer.start(.init(maxMemory: 100 << 20, policy: "allkeys-lru"))
        let (status, transcript) = await drover(["add", "--queue", "q", "hello"], url: server.url())
        #expect(status == .storeUnreachable)
        #expect(transcript.notes.contains("set `maxmemory-policy noeviction`"), "\(transcript.notes)")
        let allowed = server.url(prefix: "p") + "&allowEviction=1"
        #expect(await drover(["add", "--queue", "q", "hello"], url: allowed).status == .done)
        let (_, doctor) = await drover(["doctor", "--json"], url: allowed)
        let codes = try Parsed(doctor.results).objects("findings").compactMap { $0.string("code") }
        #expect(codes == ["not-durable", "may-evict", "no-worker"])
        try await server.stop()
    }

    @Test("a replica is refused, and its primary asked for: exit 3")
    func replica() async throws {
        let server = try await RedisServer.start(.init(extra: ["replicaof 127.0.0.1 \(try FreePort.next())"]))
        let (status, transcript) = await drover(["queues"], url: server.url())
        #expect(status == .storeUnreachable)
        #expect(transcript.notes.contains("name its primary server"), "\(transcript.notes)")
        try await server.stop()
    }

    @Test("a user who may do too little is told what is missing: exit 3")
    func narrow() async throws {
        let server = try await RedisServer.start(.init(users: ["alice on >s3cret ~* +@connection"]))
        let (status, transcript) = await drover(
            ["queues"], url: "redis://alice:s3cret@127.0.0.1:\(server.port)")
        #expect(status == .storeUnreachable)
        #expect(transcript.notes.contains("NOPERM"), "\(transcript.notes)")
        #expect(transcript.notes.contains("rights"), "\(transcript.notes)")
        #expect(!transcript.notes.contains("s3cret"))
        try await server.stop()
    }

    @Test(
        "a user of another prefix, and a worker without its channels or queue, are told what to do: exit 3",
        arguments: [
            (["work", "--queue", "q", "--handler", "noop"], "~other:* &p:*", #""p:""#),
            (["add", "--queue", "q", "hello"], "~other:* &p:*", #""p:""#),
            (["work", "--queue", "q", "--handler", "noop"], "~p:* &other:*", "p:q:drover:cancellations"),
            (["work", "--queue", "q", "--handler", "noop"], "~p:drover-* ~p:r:* &p:*", "look for work of q"),
        ])
    func otherPrefix(_ arguments: [String], _ keys: String, _ told: String) async throws {
        let server = try await RedisServer.start(.init(users: ["alice on >s3cret resetchannels \(keys) +@all"]))
        let url = server.url(prefix: "p").replacing("redis://", with: "redis://alice:s3cret@")
        let (status, transcript) = await drover(arguments, url: url)
        #expect(status == .storeUnreachable)
        for words in ["NOPERM", "give a user with the rights that docs/redis.md lists", told] {
            #expect(transcript.notes.contains(words), "\(transcript.notes)")
        }
        #expect(!transcript.notes.contains("s3cret"))
        try await server.stop()
    }

    @Test(
        "doctor tells what each setting of durability can lose, and warns where a crash of the server loses jobs",
        arguments: [
            (RedisServer.Options.AppendOnly.always, "AOF always", "nothing that was answered is lost", true),
            (.everysec, "AOF everysec", "the last one or two seconds", true),
            (.off, "none", "set appendonly yes", false),
        ])
    func durability(
        _ setting: RedisServer.Options.AppendOnly, _ name: String, _ words: String, _ isHealthy: Bool
    ) async throws {
        let server = try await RedisServer.start(.init(appendOnly: setting))
        let (status, transcript) = await drover(["doctor"], url: server.url(prefix: "p"))
        #expect(status == (isHealthy ? .done : .failed), "\(transcript.notes)")
        let text = transcript.results
        #expect(text.contains("store        redis://127.0.0.1:\(server.port)/0?prefix=p\n"), "\(text)")
        #expect(text.contains("server       Redis "), "\(text)")
        #expect(text.contains("durability   \(name), shared by processes\n"), "\(text)")
        #expect(text.contains(words), "\(text)")
        #expect(text.contains(" MiB, no limit, noeviction\n"), "\(text)")
        try await server.stop()
    }

    @Test("doctor tells programs of the server as a member of its object")
    func object() async throws {
        let server = try await RedisServer.start(.init(appendOnly: .everysec))
        let (status, transcript) = await drover(["doctor", "--json"], url: server.url())
        #expect(status == .done)
        for part in [
            #""server":{"product":"Redis","version":"#, #""possibleLoss":"a crash"#, #""connections":"#,
            #""usedMemoryBytes":"#, #""maxMemoryBytes":0,"evictionPolicy":"noeviction","replicas":0}"#,
        ] {
            #expect(transcript.results.contains(part), "\(transcript.results)")
        }
        try await server.stop()
    }
}
