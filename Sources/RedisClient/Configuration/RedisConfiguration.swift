/// Where a Redis server is and how to talk to it.
public struct RedisConfiguration: Sendable, Hashable {
    /// Where a server listens.
    public enum Address: Sendable, Hashable {
        /// A name or IP address and a TCP port.
        case host(String, port: Int)
        /// The file of a Unix socket.
        case unixSocket(path: String)
    }

    /// How the connection is encrypted and who is trusted.
    public struct TLS: Sendable, Hashable {
        /// A PEM file with the authorities to trust; nil for those of the system.
        public var caFile: String?
        /// A PEM file with the client's certificate, and its chain; nil for none.
        public var certificateFile: String?
        /// A PEM file with the key of the client's certificate.
        public var keyFile: String?
        /// The name that the server's certificate must have, unless it has the IP address connected to; nil for the
        /// host connected to.
        public var serverName: String?
        /// Whether the server's certificate and name are checked; without that anybody can pose as the server.
        public var verifies: Bool

        /// Makes TLS settings; without any, the server must have a certificate of an authority the system trusts.
        public init(
            caFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil, serverName: String? = nil,
            verifies: Bool = true
        ) {
            self.caFile = caFile
            self.certificateFile = certificateFile
            self.keyFile = keyFile
            self.serverName = serverName
            self.verifies = verifies
        }
    }

    /// Where the server listens; 127.0.0.1:6379 unless told.
    public var address: Address
    /// The ACL user; nil is the server's user `default`.
    public var user: String?
    /// The password; nil sends none.
    public var password: String?
    /// The database to select, from 0.
    public var database: Int
    /// The name that `CLIENT LIST` shows, without spaces; nil for none.
    public var clientName: String?
    /// TLS, nil for a connection in the clear.
    public var tls: TLS?
    /// Time for one attempt to connect with TLS and greeting; 5 s unless told.
    public var connectTimeout: Duration
    /// Time from sending a command to its answer, and time it may wait unsent before; 5 s unless told.
    public var commandTimeout: Duration
    /// Time without traffic after which a PING is sent, which must be answered within `commandTimeout`; nil sends none.
    public var idleTimeout: Duration?
    /// The waits between attempts to connect.
    public var reconnect: ReconnectBackoff
    /// Commands that may be queued or unanswered at once; further ones fail with `.overloaded`. 100 000 unless told.
    public var maximumPending: Int
    /// Whether a command of a cancelled task that has not been sent is withdrawn; true unless told. Otherwise commands of
    /// cancelled tasks are sent like all others, for callers who must store what became of the work that was cancelled.
    public var withdrawsCancelled = true
    /// The query items of the URL that this client doesn't know, for the caller to use or refuse.
    public internal(set) var unknown: [String: String] = [:]

    /// Makes a configuration; everything has a default.
    public init(
        address: Address = .host("127.0.0.1", port: 6379), user: String? = nil, password: String? = nil,
        database: Int = 0, clientName: String? = nil, tls: TLS? = nil, connectTimeout: Duration = .seconds(5),
        commandTimeout: Duration = .seconds(5), idleTimeout: Duration? = nil,
        reconnect: ReconnectBackoff = ReconnectBackoff(), maximumPending: Int = 100_000
    ) {
        self.address = address
        self.user = user
        self.password = password
        self.database = database
        self.clientName = clientName
        self.tls = tls
        self.connectTimeout = connectTimeout
        self.commandTimeout = commandTimeout
        self.idleTimeout = idleTimeout
        self.reconnect = reconnect
        self.maximumPending = maximumPending
    }

    /// The server as messages name it: `host:port`, or the path of the socket.
    public var endpoint: String {
        switch address {
        case .host(let host, let port): host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unixSocket(let path): path
        }
    }
}
