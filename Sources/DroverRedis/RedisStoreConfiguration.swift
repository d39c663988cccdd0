public import DroverCore
public import RedisClient

/// How a store uses its server.
public struct RedisStoreConfiguration: Sendable {
    /// The server and how to connect to it.
    public var server: RedisConfiguration
    /// What all keys begin with; BullMQ's default is `bull`. On a server of a cluster it needs a hash tag, `{bull}`, so
    /// that all keys lie in one slot: they are changed together.
    public var prefix: String
    /// Of how many minutes the numbers of finished jobs are kept, as BullMQ's metrics; 0, the default, counts nothing.
    public var metricsPoints = 0
    /// The least time between two checks of jobs that other clients hold for lost locks; BullMQ's default is 30 s.
    ///
    /// A worker looks once in one and a quarter of its leases, 37.5 seconds unless told (`maintenanceInterval` of its
    /// options): with one worker a shorter time here has no effect.
    public var stalledInterval: Duration = .seconds(30)
    /// Shows this process in BullMQ's lists of workers, by one idle connection for each queue that it works.
    public var showsWorkersToBullMQ = false
    /// Works although the server may drop keys to save memory, and jobs with them.
    public var allowsEviction = false
    /// How many thousands of keys one call looks at for queues that other clients have made. Later calls go on; what
    /// asks only once looks at all.
    package var discoverySteps = 200
    /// For how long a process's round for parents of jobs that several wait for saves the others theirs; zero for never.
    package var releaseFreshness = ParentRelease.freshness
    /// Tells the time instead of the server, to tests.
    package var clock: (any WallClock)?
    /// Measures how long calls wait for work and events.
    package var timer: any Clock<Duration> = ContinuousClock()

    /// A configuration with every default.
    public init(server: RedisConfiguration = RedisConfiguration(), prefix: String = "bull") {
        self.server = server
        // What became of an attempt is stored whatever becomes of the task that ran it.
        self.server.withdrawsCancelled = false
        self.prefix = prefix
    }

    /// Reads a URL: `redis://[user:password@]host:port/db?prefix=bull`.
    ///
    /// - Throws: `StoreError` with the code `invalid`.
    public init(url: String) throws(StoreError) {
        let server: RedisConfiguration
        do { server = try RedisConfiguration(url: url) } catch {
            throw StoreError(.invalid, error.message, cause: error)
        }
        self.init(server: server)
        for (name, value) in server.unknown.sorted(by: { $0.key < $1.key }) { try set(name, to: value) }
        try checkPrefix()
    }

    private mutating func set(_ name: String, to value: String) throws(StoreError) {
        switch name {
        case "prefix": prefix = value
        case "metrics": metricsPoints = try Self.number(name, value)
        case "stalledInterval": stalledInterval = .seconds(try Self.number(name, value))
        case "bullmqWorkers": showsWorkersToBullMQ = try Self.number(name, value) != 0
        case "allowEviction": allowsEviction = try Self.number(name, value) != 0
        default:
            throw StoreError(
                .invalid,
                "\(Self.shown(name)) is not a setting of a Redis URL; there are prefix, db, name, timeout, "
                    + "connectTimeout, ca, cert, key, servername, verify, metrics, stalledInterval (s), bullmqWorkers "
                    + "and allowEviction")
        }
    }

    /// A name that may be repeated in messages: anything but a plain word could be a piece of a password.
    private static func shown(_ name: String) -> String {
        name.utf8.allSatisfy { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A } ? ValidationError.quote(name) : "a name in it"
    }

    private static func number(_ name: String, _ value: String) throws(StoreError) -> Int {
        guard let number = Int(value), (0...1_000_000).contains(number) else {
            throw StoreError(
                .invalid, "in a Redis URL \(name) takes a whole number from 0 to 1,000,000")
        }
        return number
    }

    private func checkPrefix() throws(StoreError) {
        if prefix.isEmpty || prefix.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw StoreError(.invalid, "the prefix must have at least one character and no control character")
        }
    }
}

extension RedisStoreConfiguration: CustomStringConvertible {
    /// The URL as it may be shown: scheme, host, port, database and prefix, without user, password and settings.
    public var description: String {
        let prefix = "prefix=\(Self.encoded(prefix))"
        switch server.address {
        case .host(let host, let port):
            let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : Self.encoded(host)
            return "\(server.tls == nil ? "redis" : "rediss")://\(name):\(port)/\(server.database)?\(prefix)"
        case .unixSocket(let path): return "unix://\(Self.encoded(path))?db=\(server.database)&\(prefix)"
        }
    }

    /// A part of a URL: what could be taken for a sign between parts is percent-encoded (RFC 3986, section 2).
    private static func encoded(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            let isPlain =
                scalar.value > 0x9F || scalar.properties.isAlphabetic
                || "0123456789-._~/{}:".contains(Character(scalar))
            return isPlain
                ? String(scalar) : "%\(scalar.value < 16 ? "0" : "")\(String(scalar.value, radix: 16, uppercase: true))"
        }.joined()
    }
}
