import DroverCore

/// What a server has told of itself, and what follows from it.
struct ServerFacts: Sendable {
    private let info: [String: String]
    private let settings: [String: String]

    /// - Parameters:
    ///   - info: the answer to `INFO`: lines of names and values.
    ///   - settings: answers to `CONFIG GET`, as far as it is allowed.
    init(info text: String, settings: [String: String]) {
        var info: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { info[String(parts[0])] = String(parts[1]) }
        }
        self.info = info
        self.settings = settings
    }

    /// The oldest version of Redis that knows all commands of the scripts: `ZMSCORE`, `LPOS` and `RPOP` with a count.
    static let oldestVersion = (major: 6, minor: 2)

    /// Why the server can't be used, or nil.
    func problem(allowsEviction: Bool) -> (code: StoreError.Code, text: String)? {
        let version = info["redis_version"] ?? ""
        let numbers = version.split(separator: ".").compactMap { Int($0) }
        if numbers.count >= 2, (numbers[0], numbers[1]) < (Self.oldestVersion.major, Self.oldestVersion.minor) {
            let needed = "\(Self.oldestVersion.major).\(Self.oldestVersion.minor)"
            return (.incompatible, "is Redis \(version), and \(needed) or newer is needed")
        }
        if info["role"] == "slave" {
            return (.readOnly, "is a replica, which takes no writes; name its primary server")
        }
        if let policy, policy != "noeviction", !allowsEviction, maximumMemory > 0 {
            return (
                .incompatible,
                "drops keys when its memory is full (maxmemory-policy \(policy)), and jobs would be lost; set "
                    + "`maxmemory-policy noeviction`, or add allowEviction=1 to the URL to take the risk"
            )
        }
        return nil
    }

    private var policy: String? { settings["maxmemory-policy"] ?? info["maxmemory_policy"] }

    private var maximumMemory: Int {
        (settings["maxmemory"] ?? info["maxmemory"]).flatMap { Int($0) } ?? 0
    }

    /// What survives which accident: the setting of the append-only file, else of snapshots.
    var durability: String {
        switch (settings["appendonly"], settings["appendfsync"]) {
        case ("yes", let sync?): "AOF \(sync)"
        case ("yes", nil): "AOF"
        case (nil, _): "unknown"
        default: settings["save"].map { $0.isEmpty ? "none" : "snapshots" } ?? "unknown"
        }
    }
}
