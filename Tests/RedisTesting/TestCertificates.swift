import Foundation
import ProcessTesting

/// Certificates of a test's own: an authority, and what it gave to a server and to a client.
package struct TestCertificates: Sendable {
    /// The folder in which they lie.
    package let folder: String
    /// The file of the authority's certificate.
    package var authority: String { folder + "/authority.pem" }
    /// The file of the server's certificate.
    package var certificate: String { folder + "/server.pem" }
    /// The file of the server's key.
    package var key: String { folder + "/server.key" }
    /// The file of the client's certificate.
    package var clientCertificate: String { folder + "/client.pem" }
    /// The file of the client's key.
    package var clientKey: String { folder + "/client.key" }

    /// Makes them with `openssl` in a folder that there is. Each call makes another authority, unknown to the others.
    ///
    /// - Parameter names: of the server, as a certificate lists them.
    package static func make(
        in folder: String, names: String = "DNS:localhost,IP:127.0.0.1"
    ) async throws -> TestCertificates {
        let made = TestCertificates(folder: folder)
        try await openssl(
            ["req", "-x509", "-days", "2", "-subj", "/CN=Drover test authority", "-out", made.authority]
                + newKey(folder + "/authority.key"))
        try await made.issue("server", names: names)
        try await made.issue("client", names: "DNS:client.test")
        return made
    }

    /// Has the authority give a certificate to a holder of these names.
    private func issue(_ holder: String, names: String) async throws {
        let file = folder + "/" + holder
        try await Self.openssl(["req", "-subj", "/CN=\(holder)", "-out", file + ".csr"] + Self.newKey(file + ".key"))
        try Data("subjectAltName=\(names)\n".utf8).write(to: URL(filePath: file + ".txt"))
        try await Self.openssl([
            "x509", "-req", "-days", "2", "-in", file + ".csr", "-CA", authority, "-CAkey", folder + "/authority.key",
            "-CAcreateserial", "-extfile", file + ".txt", "-out", file + ".pem",
        ])
    }

    private static func newKey(_ file: String) -> [String] {
        ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", file]
    }

    private static func openssl(_ arguments: [String]) async throws {
        _ = try await ChildProcess.run("/usr/bin/env", ["openssl"] + arguments)
    }
}
