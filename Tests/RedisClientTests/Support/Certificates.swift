import Foundation

/// Certificates for tests, made with the `openssl` program: an authority, a server for 127.0.0.1 and redis.test, one for
/// redis.test only, and a client; and an authority that nobody trusts.
struct Certificates {
    /// The program failed.
    struct Failed: Error {
        var arguments: [String]
    }

    let folder: URL

    init(in folder: URL) throws {
        self.folder = folder
        for authority in ["ca", "other"] {
            try openssl([
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=\(authority)", "-keyout", path("\(authority).key"), "-out", path("\(authority).pem"),
            ])
        }
        try issue("server", "subjectAltName=IP:127.0.0.1,DNS:redis.test")
        try issue("named", "subjectAltName=DNS:redis.test")
        try issue("client", "subjectAltName=DNS:client")
    }

    func path(_ name: String) -> String {
        folder.appending(path: name).path
    }

    /// The arguments that make a redis-server use them.
    func serverArguments(_ name: String = "server", wantsClients: Bool) -> [String] {
        [
            "--tls-cert-file", path("\(name).pem"), "--tls-key-file", path("\(name).key"), "--tls-ca-cert-file",
            path("ca.pem"), "--tls-auth-clients", wantsClients ? "yes" : "no",
        ]
    }

    private func issue(_ name: String, _ extensions: String) throws {
        try openssl([
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=\(name)",
            "-keyout", path("\(name).key"), "-out", path("\(name).csr"),
        ])
        try Data(extensions.utf8).write(to: folder.appending(path: "\(name).ext"))
        try openssl([
            "x509", "-req", "-in", path("\(name).csr"), "-CA", path("ca.pem"), "-CAkey", path("ca.key"),
            "-CAcreateserial", "-days", "2", "-extfile", path("\(name).ext"), "-out", path("\(name).pem"),
        ])
    }

    private func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(arguments: arguments) }
    }
}
