import DroverTesting
import ProcessTesting
import RedisTesting
import Testing

@testable import RedisClient

@Suite("A client of a real server with TLS", .timeLimit(.minutes(10)))
struct TLSTests {
    private typealias TLS = RedisConfiguration.TLS

    private func outcome(_ server: RedisServer, _ tls: TLS, host: String = "127.0.0.1") async throws -> RedisError? {
        let port = try #require(server.tlsPort)
        let client = server.client {
            $0.address = .host(host, port: port)
            $0.tls = tls
        }
        do throws(RedisError) {
            #expect(try await client.send(.make("PING")).text == "PONG")
            await client.close()
            return nil
        } catch {
            await client.close()
            return error
        }
    }

    /// Gives the certificates of an authority, and of another one whose server is `redis.test`.
    private func withCertificates(
        _ body: (_ files: TestCertificates, _ others: TestCertificates) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            try await withTemporaryFolder { other in
                try await body(
                    TestCertificates.make(in: folder.path),
                    TestCertificates.make(in: other.path, names: "DNS:redis.test"))
            }
        }
    }

    @Test("checks the server's certificate and name, and says what to do about a wrong one")
    func verification() async throws {
        try await withCertificates { files, others in
            let server = try await RedisServer.start(.init(certificates: files))
            #expect(try await outcome(server, TLS(caFile: files.authority)) == nil)
            #expect(try await outcome(server, TLS(verifies: false)) == nil)
            let unknown = try await outcome(server, TLS())
            #expect(unknown?.code == .tls)
            #expect(unknown?.message.contains("ca=") == true)
            let other = try await outcome(server, TLS(caFile: others.authority))
            #expect(other?.code == .tls)
            #expect(other?.message.contains("ca=") == true)
            #expect(other?.mayHaveRun == false)
            let missing = try await outcome(server, TLS(caFile: files.folder + "/none.pem"))
            #expect(missing?.code == .tls)
            #expect(missing?.message.contains("none.pem") == true)
            try await server.stop()

            let named = try await RedisServer.start(.init(certificates: others))
            #expect(try await outcome(named, TLS(caFile: others.authority, serverName: "redis.test")) == nil)
            #expect(try await outcome(named, TLS(verifies: false)) == nil)
            for (host, name) in [("127.0.0.1", nil), ("localhost", nil), ("localhost", "wrong.test")] {
                let misnamed = try await outcome(named, TLS(caFile: others.authority, serverName: name), host: host)
                #expect(misnamed?.code == .tls)
                #expect(misnamed?.message.contains("servername=") == true)
            }
            try await named.stop()
        }
    }

    @Test("shows its certificate to a server that wants one, and says so when it has none or a wrong one")
    func clientCertificates() async throws {
        try await withCertificates { files, others in
            let server = try await RedisServer.start(.init(certificates: files, asksForClientCertificates: true))
            func shown(_ certificate: String?, _ key: String?) -> TLS {
                TLS(caFile: files.authority, certificateFile: certificate, keyFile: key)
            }
            #expect(try await outcome(server, shown(files.clientCertificate, files.clientKey)) == nil)
            let none = try await outcome(server, shown(nil, nil))
            #expect(none?.code == .tls)
            #expect(none?.message.contains("cert=") == true)
            let foreign = try await outcome(server, shown(others.clientCertificate, others.clientKey))
            #expect(foreign?.code == .tls)
            #expect(foreign?.message.contains("cert=") == true)
            let mixed = try await outcome(server, shown(files.clientCertificate, others.clientKey))
            #expect(mixed?.code == .tls)
            try await server.stop()
        }
    }

    @Test("says that one side speaks TLS and the other doesn't")
    func mixedUp() async throws {
        try await withCertificates { files, _ in
            let server = try await RedisServer.start(.init(certificates: files))
            let encrypted = try #require(server.tlsPort)
            for (port, tls) in [(encrypted, nil), (server.port, TLS(caFile: files.authority))] {
                let client = server.client {
                    $0.address = .host("127.0.0.1", port: port)
                    $0.tls = tls
                    $0.connectTimeout = .milliseconds(500)
                }
                let error = await #expect(throws: RedisError.self) { try await client.connect() }
                #expect(error?.message.contains("TLS") == true, "\(error as Any)")
                await client.close()
            }
            try await server.stop()
        }
    }
}
