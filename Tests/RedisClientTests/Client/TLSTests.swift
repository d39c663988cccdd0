import Foundation
import NIOCore
import Testing

@testable import RedisClient

@Suite("A client of a real server with TLS", .enabled(if: RealServer.isInstalled), .timeLimit(.minutes(3)))
struct TLSTests {
    private typealias TLS = RedisConfiguration.TLS

    private func outcome(_ server: RealServer, _ tls: TLS?, host: String = "127.0.0.1") async -> RedisError? {
        let client = server.client {
            $0.address = .host(host, port: server.port)
            $0.tls = tls
            $0.connectTimeout = .seconds(3)
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

    @Test("checks the server's certificate and name, and says what to do about a wrong one")
    func verification() async throws {
        let folder = try RealServer.makeFolder()
        let files = try Certificates(in: folder)
        let server = try await RealServer(
            folder: folder, tls: true, files.serverArguments(wantsClients: false))
        let ca = files.path("ca.pem")
        #expect(await outcome(server, TLS(caFile: ca)) == nil)
        #expect(await outcome(server, TLS(verifies: false)) == nil)
        let unknown = await outcome(server, TLS())
        #expect(unknown?.code == .tls)
        #expect(unknown?.message.contains("ca=") == true)
        let other = await outcome(server, TLS(caFile: files.path("other.pem")))
        #expect(other?.code == .tls)
        #expect(other?.message.contains("ca=") == true)
        #expect(other?.mayHaveRun == false)
        let named = try await RealServer(tls: true, files.serverArguments("named", wantsClients: false))
        #expect(await outcome(named, TLS(caFile: ca, serverName: "redis.test")) == nil)
        #expect(await outcome(named, TLS(verifies: false)) == nil)
        for (host, name) in [("127.0.0.1", nil), ("localhost", nil), ("localhost", "wrong.test")] {
            let misnamed = await outcome(named, TLS(caFile: ca, serverName: name), host: host)
            #expect(misnamed?.code == .tls)
            #expect(misnamed?.message.contains("servername=") == true)
        }
        try await named.stop()
        let missing = await outcome(server, TLS(caFile: files.path("none.pem")))
        #expect(missing?.code == .tls)
        #expect(missing?.message.contains("none.pem") == true)
        try await server.stop()
    }

    @Test("shows its certificate to a server that wants one, and says so when it has none or a wrong one")
    func clientCertificates() async throws {
        let folder = try RealServer.makeFolder()
        let files = try Certificates(in: folder)
        let server = try await RealServer(folder: folder, tls: true, files.serverArguments(wantsClients: true))
        let ca = files.path("ca.pem")
        let good = TLS(caFile: ca, certificateFile: files.path("client.pem"), keyFile: files.path("client.key"))
        #expect(await outcome(server, good) == nil)
        let none = await outcome(server, TLS(caFile: ca))
        #expect(none?.code == .tls)
        #expect(none?.message.contains("cert=") == true)
        let foreign = TLS(caFile: ca, certificateFile: files.path("other.pem"), keyFile: files.path("other.key"))
        let refused = await outcome(server, foreign)
        #expect(refused?.code == .tls)
        #expect(refused?.message.contains("cert=") == true)
        let mixed = TLS(caFile: ca, certificateFile: files.path("client.pem"), keyFile: files.path("other.key"))
        #expect(await outcome(server, mixed)?.code == .tls)
        try await server.stop()
    }

    @Test("says that one side speaks TLS and the other doesn't")
    func mixedUp() async throws {
        let folder = try RealServer.makeFolder()
        let files = try Certificates(in: folder)
        let encrypted = try await RealServer(folder: folder, tls: true, files.serverArguments(wantsClients: false))
        let plain = try await RealServer()
        for (server, tls) in [(encrypted, nil), (plain, TLS(caFile: files.path("ca.pem")))] {
            let client = server.client {
                $0.tls = tls
                $0.connectTimeout = .milliseconds(500)
            }
            let error = await #expect(throws: RedisError.self) { try await client.connect() }
            #expect(error?.message.contains("TLS") == true, "\(error as Any)")
            await client.close()
        }
        try await encrypted.stop()
        try await plain.stop()
    }
}
