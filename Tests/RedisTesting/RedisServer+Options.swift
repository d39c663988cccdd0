extension RedisServer {
    /// How a server is configured.
    package struct Options: Sendable {
        /// When Redis's append-only file is written to disk.
        package enum AppendOnly: String, Sendable {
            /// There is no file: a server that ends forgets everything.
            case off
            /// About once a second.
            case everysec
            /// Before each answer.
            case always
        }

        /// The append-only file.
        package var appendOnly: AppendOnly
        /// At how many bytes the ``policy`` holds; nil for no bound.
        package var maxMemory: Int?
        /// What happens at ``maxMemory``.
        package var policy: String
        /// Whether it also listens on a Unix socket.
        package var unixSocket: Bool
        /// Users beside the default one, as `ACL SETUSER` takes them: `alice on >secret ~* +@all`.
        package var users: [String]
        /// With what it speaks TLS on a second port; nil for none.
        package var certificates: TestCertificates?
        /// Whether it takes over TLS only clients with a certificate of the authority of ``certificates``.
        package var asksForClientCertificates: Bool
        /// More lines of its configuration, such as `requirepass secret`.
        package var extra: [String]

        /// A server that keeps nothing, without bounds, unless said otherwise.
        package init(
            appendOnly: AppendOnly = .off, maxMemory: Int? = nil, policy: String = "noeviction",
            unixSocket: Bool = false, users: [String] = [], certificates: TestCertificates? = nil,
            asksForClientCertificates: Bool = false, extra: [String] = []
        ) {
            self.appendOnly = appendOnly
            self.maxMemory = maxMemory
            self.policy = policy
            self.unixSocket = unixSocket
            self.users = users
            self.certificates = certificates
            self.asksForClientCertificates = asksForClientCertificates
            self.extra = extra
        }
    }

    /// The user as whom tests give commands, whatever the default user may do.
    static let setUpUser = "drover-test-set-up"

    /// The text of its configuration file.
    var configuration: String {
        var lines = [
            "bind 127.0.0.1", "port \(port)", "dir \"\(folder)\"", "daemonize no", "loglevel notice", "save \"\"",
            "appendonly \(options.appendOnly == .off ? "no" : "yes")", "maxmemory-policy \(options.policy)",
            "user \(Self.setUpUser) on nopass ~* &* +@all",
        ]
        if options.appendOnly != .off { lines.append("appendfsync \(options.appendOnly)") }
        if let bytes = options.maxMemory { lines.append("maxmemory \(bytes)") }
        if let path = socketPath { lines += ["unixsocket \"\(path)\"", "unixsocketperm 700"] }
        if let tlsPort, let certificates = options.certificates {
            lines += [
                "tls-port \(tlsPort)", "tls-cert-file \"\(certificates.certificate)\"",
                "tls-key-file \"\(certificates.key)\"", "tls-ca-cert-file \"\(certificates.authority)\"",
                "tls-auth-clients \(options.asksForClientCertificates ? "yes" : "no")",
            ]
        }
        lines += options.users.map { "user \($0)" } + options.extra
        return lines.joined(separator: "\n") + "\n"
    }
}
