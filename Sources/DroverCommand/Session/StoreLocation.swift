import DroverCore
import DroverRedis
import DroverSQLite
import Logging

/// Where jobs are kept. The only place that turns a URL into a store.
enum StoreLocation: Hashable, Sendable, CustomStringConvertible {
    /// A SQLite file.
    case sqliteFile(path: String)
    /// A SQLite database in this process's memory.
    case sqliteMemory
    /// A Redis server.
    case redis(RedisURL)

    /// The file that is used where nothing else is named.
    static let standard = StoreLocation.sqliteFile(path: "drover.sqlite")

    /// Reads a store's URL.
    ///
    /// - Throws: ``CommandFailure`` that names the forms this build knows. The message holds no more than the URL's
    ///   scheme, because the rest may hold a password.
    init(_ url: String) throws(CommandFailure) {
        guard let colon = url.firstIndex(of: ":") else {
            throw .usage("a store's URL has a scheme before a colon", advice: "give \(Self.forms)")
        }
        let scheme = url[..<colon].lowercased()
        let rest = String(url[url.index(after: colon)...])
        switch scheme {
        case "sqlite" where rest == ":memory:": self = .sqliteMemory
        case "sqlite" where rest.isEmpty: throw .usage("the store's URL names no file", advice: "give \(Self.forms)")
        case "sqlite" where rest.utf8.contains(0): throw .usage("the store's path contains a NUL byte")
        case "sqlite": self = .sqliteFile(path: rest)
        case "redis", "rediss", "unix":
            guard rest.hasPrefix("//") else {
                throw .usage("the store's URL has no // after \(scheme):", advice: "give \(Self.forms)")
            }
            self = .redis(try RedisURL(url))
        case "redis+sentinel", "redis+cluster", "postgres", "postgresql":
            throw .usage("this build has no store for \(scheme): URLs", advice: "give \(Self.forms)")
        default:
            throw .usage("\"\(scheme.prefix(32)):\" is not the scheme of a store", advice: "give \(Self.forms)")
        }
    }

    private static let forms = "sqlite:PATH, sqlite::memory:, redis://HOST:PORT, rediss://HOST:PORT or unix:///SOCKET"

    /// The store itself, not yet opened.
    ///
    /// - Parameter logger: is told of a server that goes away and comes back.
    /// - Throws: ``CommandFailure`` when the path leads to a folder, of which SQLite only says that it can't be opened.
    func makeStore(access: Session.Access, logger: Logger) throws -> any JobStore {
        switch self {
        case .sqliteFile(let path):
            if POSIX.isFolder(path) {
                throw CommandFailure(
                    .storeUnreachable, "\(path) is a folder",
                    advice: "name a file in it: sqlite:\(path)\(path.hasSuffix("/") ? "" : "/")drover.sqlite")
            }
            return SQLiteStore(path: path, mustExist: access == .existing)
        case .sqliteMemory: return SQLiteStore(path: ":memory:")
        case .redis(let url): return RedisStore(try url.configuration(looksOnce: access != .serve), logger: logger)
        }
    }

    /// Whether both lead to the same store, as far as their names tell.
    func isSame(as other: StoreLocation) -> Bool {
        switch (self, other) {
        case (.sqliteFile(let mine), .sqliteFile(let others)): POSIX.realPath(mine) == POSIX.realPath(others)
        case (.redis(let mine), .redis(let others)): mine.description == others.description
        default: false
        }
    }

    /// What tells the store from others as far as names do, from whatever folder it is named.
    var place: String {
        switch self {
        case .sqliteFile(let path): "sqlite:\(POSIX.realPath(path))"
        case .sqliteMemory, .redis: description
        }
    }

    /// The URL, without what may be secret in it.
    var description: String {
        switch self {
        case .sqliteFile(let path): "sqlite:\(path)"
        case .sqliteMemory: "sqlite::memory:"
        case .redis(let url): url.description
        }
    }
}
