import DroverTesting
import NIOCore
import NIOPosix
import RedisTesting
import Testing

@Suite struct FaultProxyTests {
    @Test func bytesPassBothWaysUnchangedAndAreCounted() async throws {
        try await withProxy { proxy, _ in
            let client = try await LineClient.connect(to: proxy.port)
            try await client.send("ECHO hello\r\n")
            #expect(try await client.receive(11) == "$5\r\nhello\r\n")
            let counts = try await proxy.counts()
            #expect(counts.made == 1 && counts.open == 1)
            #expect(counts.forwarded == [.toServer: 12, .toClient: 11])
            try await client.close()
            try await proxy.closed.wait()
            #expect(try await proxy.counts().open == 0)
        }
    }

    @Test func aDelayHoldsBytesBackAtLeastSoLongAndInOrder() async throws {
        try await withProxy { proxy, _ in
            let client = try await LineClient.connect(to: proxy.port)
            try await proxy.setDelay(.milliseconds(30), .toServer)
            try await proxy.setDelay(.milliseconds(20), .toClient)
            let clock = ContinuousClock()
            let took = try await clock.measure {
                try await client.send("ECHO first\r\n")
                try await proxy.waitUntilReceived(12, .toServer)
                // Nothing overtakes, although the second would be due sooner.
                try await proxy.setDelay(.zero)
                try await client.send("ECHO second\r\n")
                #expect(try await client.receive(23) == "$5\r\nfirst\r\n$6\r\nsecond\r\n")
            }
            #expect(took >= .milliseconds(30))
        }
    }

    @Test(arguments: [1, 7, 100_000])
    func aReplyBreaksOffAfterExactlySoManyBytes(_ bytes: Int) async throws {
        try await withProxy { proxy, server in
            try await server.command("SET", "long", String(repeating: "x", count: 300_000))
            let client = try await LineClient.connect(to: proxy.port)
            try await proxy.opened.wait()
            try await proxy.cut(after: bytes, .toClient)
            try await client.send("GET long\r\n")
            let end = try await client.end()
            let whole = "$300000\r\n" + String(repeating: "x", count: 300_000)
            #expect(end.utf8.count == bytes)
            let isItsBeginning = end.utf8.elementsEqual(whole.utf8.prefix(bytes))
            #expect(isItsBeginning)
            try await proxy.closed.wait()
        }
    }

    @Test func aRequestArrivesWhoseReplyIsCut() async throws {
        try await withProxy { proxy, server in
            let prefix = RedisServer.freshPrefix()
            let request = "INCR \(prefix):n\r\n"
            try await proxy.cut(after: request.utf8.count, .toServer, of: .next)
            let client = try await LineClient.connect(to: proxy.port)
            try await client.send(request)
            #expect(try await client.end() == "")
            try await proxy.closed.wait()
            #expect(try await counted(server, "\(prefix):n") == "1")
        }
    }

    @Test func aRequestIsLostWhenItsConnectionIsCutBeforeTheFirstByte() async throws {
        try await withProxy { proxy, server in
            let prefix = RedisServer.freshPrefix()
            try await proxy.cut(after: 0, .toServer, of: .next)
            let client = try await LineClient.connect(to: proxy.port)
            try await client.send("INCR \(prefix):n\r\n")
            #expect(try await client.end() == "")
            #expect(try await proxy.counts().forwarded[.toServer] == 0)
            #expect(try await server.command("EXISTS", "\(prefix):n") == "0")
            // The cut was of one connection.
            let next = try await LineClient.connect(to: proxy.port)
            try await next.send("ECHO on\r\n")
            #expect(try await next.receive(8) == "$2\r\non\r\n")
        }
    }

    @Test func cuttingAllClosesEveryConnectionAndTakesNewOnes() async throws {
        try await withProxy { proxy, _ in
            let clients = [try await LineClient.connect(to: proxy.port), try await LineClient.connect(to: proxy.port)]
            try await proxy.opened.wait(for: 2)
            try await proxy.cutAll()
            for client in clients { #expect(try await client.end() == "") }
            try await proxy.closed.wait(for: 2)
            let next = try await LineClient.connect(to: proxy.port)
            try await next.send("ECHO on\r\n")
            #expect(try await next.receive(8) == "$2\r\non\r\n")
        }
    }

    @Test func aFrozenProxyKeepsWhatComesAndSendsItOnWhenItThaws() async throws {
        try await withProxy { proxy, server in
            let prefix = RedisServer.freshPrefix()
            let client = try await LineClient.connect(to: proxy.port)
            try await proxy.freeze()
            try await client.send("INCR \(prefix):n\r\n")
            let late = try await LineClient.connect(to: proxy.port)
            try await late.send("INCR \(prefix):n\r\n")
            try await proxy.waitUntilReceived(2 * "INCR \(prefix):n\r\n".utf8.count, .toServer)
            #expect(try await proxy.counts().forwarded[.toServer] == 0)
            #expect(try await server.command("EXISTS", "\(prefix):n") == "0")
            try await proxy.thaw()
            let answers = [try await client.receive(4), try await late.receive(4)]
            #expect(answers.sorted() == [":1\r\n", ":2\r\n"])
        }
    }

    @Test func aRefusingProxyKeepsItsConnectionsAndItsPort() async throws {
        try await withProxy { proxy, _ in
            let client = try await LineClient.connect(to: proxy.port)
            try await proxy.opened.wait()
            try await proxy.refuse()
            // A program that is being started holds the port for a moment, with all that this process has open.
            var isRefused = false
            for _ in 0..<10_000 where !isRefused {
                do { _ = try await LineClient.connect(to: proxy.port) } catch { isRefused = true }
            }
            #expect(isRefused)
            try await client.send("ECHO on\r\n")
            #expect(try await client.receive(8) == "$2\r\non\r\n")
            try await proxy.accept()
            let next = try await LineClient.connect(to: proxy.port)
            try await next.send("ECHO on\r\n")
            #expect(try await next.receive(8) == "$2\r\non\r\n")
        }
    }

    @Test func aClientIsClosedWhenItsServerCannotBeReached() async throws {
        let server = try await RedisServer.start()
        let proxy = try await FaultProxy.start(to: server.port)
        try await server.kill()
        let client = try await LineClient.connect(to: proxy.port)
        #expect(try await client.end() == "")
        try await proxy.closed.wait()
        try await proxy.stop()
        try await server.stop()
    }

    private func withProxy(_ body: (FaultProxy, RedisServer) async throws -> Void) async throws {
        let server = try await RedisServer.shared
        let proxy = try await FaultProxy.start(to: server.port)
        try await body(proxy, server)
        try await proxy.stop()
    }

    /// A counter once it is there: the command was sent before its connection was cut, and may not have run yet.
    private func counted(_ server: RedisServer, _ key: String) async throws -> String {
        for _ in 0..<1000 {
            let value = try await server.command("GET", key)
            if !value.isEmpty { return value }
        }
        return ""
    }
}
