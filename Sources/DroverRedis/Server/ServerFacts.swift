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

    /// A value of `INFO`.
    subscript(name: String) -> String? { info[name] }

    /// The oldest version of Redis that knows all commands of the scripts: `LPOS` and `RPOP` with a count.
    static let oldestVersion = (major: 6, minor: 2)

    /// Why the server can't be used for keys of this prefix, or nil.
    func problem(prefix: String, allowsEviction: Bool) -> (code: StoreError.Code, text: String)? {
        let version = info["redis_version"] ?? ""
        let numbers = version.split(separator: ".").compactMap { Int($0) }
        if numbers.count >= 2, (numbers[0], numbers[1]) < (Self.oldestVersion.major, Self.oldestVersion.minor) {
            let needed = "\(Self.oldestVersion.major).\(Self.oldestVersion.minor)"
            return (.incompatible, "is Redis \(version), and \(needed) or newer is needed")
        }
        if info["role"] == "slave" {
            return (.readOnly, "is a replica, which takes no writes; name its primary server")
        }
        // Jobs, queues and what all queues share are changed together, and so must lie in one slot.
        if isCluster, HashSlot.tag(in: prefix) == nil {
            let tagged = prefix.contains { "{}".contains($0) } ? "bull" : prefix
            return (
                .incompatible,
                "is in cluster mode, where all keys of a store must lie in one slot, and the prefix "
                    + "\(ValidationError.quote(prefix)) has no hash tag; write prefix={\(tagged)} in the URL, and give other "
                    + "programs on these queues the same prefix"
            )
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

    /// Whether it is a server of a cluster, also one that is alone in it.
    var isCluster: Bool { info["cluster_enabled"] == "1" }

    /// What the server does when its memory is full.
    var policy: String? { settings["maxmemory-policy"] ?? info["maxmemory_policy"] }

    /// How many bytes it may use; 0 for no limit.
    var maximumMemory: Int {
        (settings["maxmemory"] ?? info["maxmemory"]).flatMap { Int($0) } ?? 0
    }

    /// Whether there is an append-only file; nil when the server does not tell. `INFO` says it also to users who may not
    /// read the configuration.
    var keepsAppendOnlyFile: Bool? {
        settings["appendonly"].map { $0 == "yes" } ?? info["aof_enabled"].map { $0 == "1" }
    }

    /// What survives which accident: the setting of the append-only file, else of snapshots.
    var durability: String {
        switch (keepsAppendOnlyFile, settings["appendfsync"]) {
        case (true?, let sync?): "AOF \(sync)"
        case (true?, nil): "AOF"
        case (nil, _): "unknown"
        default: settings["save"].map { $0.isEmpty ? "none" : "snapshots" } ?? "unknown"
        }
    }

    /// What which accident can lose ("Redis persistence", redis.io).
    var possibleLoss: String {
        switch durability {
        case "AOF always": "nothing that was answered is lost, whether the server crashes or its machine"
        case "AOF everysec": "a crash of the machine can lose the last one or two seconds"
        case "AOF no": "a crash of the machine can lose what its system had not written yet, often 30 seconds"
        case "AOF": "a crash of the machine can lose some seconds; the server does not say how many"
        case "snapshots": "a crash of the server loses all changes since its last snapshot"
        case "none": "the end of the server loses every job"
        default: "the server does not say what a crash can lose"
        }
    }
}
