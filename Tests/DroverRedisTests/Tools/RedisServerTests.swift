import DroverTesting
import Foundation
import ProcessTesting
import RedisTesting
import Testing

@Suite struct RedisServerTests {
    @Test(arguments: [RedisServer.Options.AppendOnly.everysec, .always])
    func aServerWithAnAppendOnlyFileKnowsAfterAKillWhatItKnewBefore(
        _ appendOnly: RedisServer.Options.AppendOnly
    ) async throws {
        let server = try await RedisServer.start(.init(appendOnly: appendOnly))
        try await server.command("SET", "key", "value")
        let first = server.processID
        try await server.kill()
        await #expect(throws: (any Error).self) { try await server.command("PING") }
        try await server.restart()
        #expect(try await server.command("GET", "key") == "value")
        #expect(server.processID != first)
        try await server.stop()
        #expect(!FileManager.default.fileExists(atPath: server.folder))
    }

    /// As a kill in the middle of a write to the file does, at times.
    @Test func ofAScriptWhoseWriteWasCutNothingIsRunByALaterStart() async throws {
        let server = try await RedisServer.start(.init(appendOnly: .always))
        let script = "redis.call('RPUSH', 'list', ARGV[1]) redis.call('SET', 'last', ARGV[1])"
        for word in ["first", "cut"] { try await server.command("EVAL", script, "0", word) }
        try await server.kill()
        let folder = URL(filePath: server.folder)
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        // Redis 7 has it in parts, of which the one that grows says so; Redis 6 has one.
        let file = try #require(
            files.compactMap { $0 as? URL }.first {
                $0.lastPathComponent == "appendonly.aof" && !$0.hasDirectoryPath || $0.path.hasSuffix(".incr.aof")
            })
        var bytes = try Data(contentsOf: file)
        let end = try #require(bytes.range(of: Data("last".utf8), options: .backwards))
        bytes.removeSubrange(end.upperBound...)
        try bytes.write(to: file)
        try await server.restart()
        try await server.command("EVAL", script, "0", "second")
        try await server.restart()
        let list = try await server.command("LRANGE", "list", "0", "-1")
        #expect(list == "first\nsecond", "\(server.log)")
        try await server.stop()
    }

    @Test func aServerWithoutAFileForgetsEverythingWhenItIsStartedAgain() async throws {
        let server = try await RedisServer.start()
        try await server.command("SET", "key", "value")
        try await server.restart()
        #expect(try await server.command("EXISTS", "key") == "0")
        try await server.stop()
    }

    @Test func aPausedServerAnswersNobodyAndGoesOnWhereItWas() async throws {
        let server = try await RedisServer.start()
        try await server.command("SET", "key", "value")
        try server.pause()
        try server.pause()
        await #expect(throws: RedisServer.Failed.self) {
            try await server.command(["GET", "key"], timeout: .milliseconds(100))
        }
        try server.unpause()
        #expect(try await server.command("GET", "key") == "value")
        try await server.stop()
    }

    @Test func aServerTakesItsBoundsAndItsUsers() async throws {
        let server = try await RedisServer.start(
            .init(
                maxMemory: 50_000_000, policy: "allkeys-lru", unixSocket: true,
                users: ["alice on >secret ~* +@all", "default off"]))
        #expect(try await server.command("CONFIG", "GET", "maxmemory*").contains("allkeys-lru"))
        #expect(try await server.command("ACL", "LIST").contains("alice on"))
        #expect(FileManager.default.fileExists(atPath: try #require(server.socketPath)))
        try await server.stop()
    }

    @Test func aServerSpeaksTLSWithTheCertificatesOfATest() async throws {
        try await withTemporaryFolder { folder in
            let certificates = try await TestCertificates.make(in: folder.path)
            let server = try await RedisServer.start(.init(certificates: certificates))
            let port = String(try #require(server.tlsPort))
            let output = try await ChildProcess.run(
                "/usr/bin/env", ["redis-cli", "-p", port, "--tls", "--cacert", certificates.authority, "PING"])
            #expect(output == ["PONG"])
            try await server.stop()
        }
    }

    @Test func aServerThatCannotStartSaysWhy() async throws {
        await #expect {
            try await RedisServer.start(.init(extra: ["nonsense 1"]))
        } throws: {
            "\($0)".contains("nonsense")
        }
    }

    @Test func everySharedPrefixIsAnotherAndFlushingOneLeavesTheOthers() async throws {
        let server = try await RedisServer.shared
        let (mine, other) = (RedisServer.freshPrefix(), RedisServer.freshPrefix())
        #expect(mine != other)
        try await server.command("SET", "\(mine):a", "1")
        try await server.command("SET", "\(mine)x:a", "1")
        try await server.command("SET", "\(other):a", "1")
        try await server.flush(prefix: mine)
        #expect(try await server.command("EXISTS", "\(mine):a", "\(mine)x:a", "\(other):a") == "2")
        #expect(server.url(prefix: mine) == "redis://127.0.0.1:\(server.port)/0?prefix=\(mine)")
    }

    @Test func aServerEndsWithTheProcessThatStartedIt() async throws {
        // A shell stands for the test: its child is told to end with it, as the servers of a test are.
        let parent = try ChildProcess(
            "/bin/sh", ["-c", "exec 3<&0; setpriv --pdeathsig KILL sh -c 'echo $$; exec cat' <&3 & wait"])
        let child = try #require(Int32(try await parent.lines.wait()[0]))
        #expect(kill(child, 0) == 0)
        parent.crash()
        // The end of the output, which the child had as well, is the end of both.
        try await parent.end()
    }
}
