import Foundation
import ProcessTesting

/// Certificates of a test's own: an authority, and what it gave to a server on this host.
package struct TestCertificates: Sendable {
    /// The folder in which they lie.
    package let folder: String
    /// The file of the authority's certificate.
    package var authority: String { folder + "/authority.pem" }
    /// The file of the server's certificate, for `localhost` and 127.0.0.1.
    package var certificate: String { folder + "/server.pem" }
    /// The file of the server's key.
    package var key: String { folder + "/server.key" }

    /// Makes them with `openssl` in a folder that there is. Each call makes another authority, unknown to the others.
    package static func make(in folder: String) async throws -> TestCertificates {
        let made = TestCertificates(folder: folder)
        let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        try await openssl(
            ["req", "-x509", "-days", "2", "-subj", "/CN=Drover test authority", "-out", made.authority]
                + newKey + ["-keyout", folder + "/authority.key"])
        try await openssl(
            ["req", "-subj", "/CN=localhost", "-out", folder + "/server.csr"] + newKey + ["-keyout", made.key])
        try Data("subjectAltName=DNS:localhost,IP:127.0.0.1\n".utf8).write(to: URL(filePath: folder + "/names.txt"))
        try await openssl([
            "x509", "-req", "-days", "2", "-in", folder + "/server.csr", "-CA", made.authority,
            "-CAkey", folder + "/authority.key", "-CAcreateserial", "-extfile", folder + "/names.txt",
            "-out", made.certificate,
        ])
        return made
    }

    private static func openssl(_ arguments: [String]) async throws {
        _ = try await ChildProcess.run("/usr/bin/env", ["openssl"] + arguments)
    }
}
