import DroverCore
import RedisTesting
import Testing

/// What stands on the server, read past both clients.
extension Bridge {
    /// Gives any command.
    @discardableResult
    func raw(_ words: String...) async throws -> JSON { try await raw(words) }

    @discardableResult
    func raw(_ words: [String]) async throws -> JSON {
        try await ask("raw", ["words": .list(words.map(JSON.string))])
    }

    /// The hash of a job.
    func hash(_ id: String) async throws -> [String: String] {
        try await raw("HGETALL", key(id)).object.compactMapValues(\.string)
    }

    func list(_ suffix: String) async throws -> [String] {
        try await raw("LRANGE", key(suffix), "0", "-1").list.compactMap(\.string)
    }

    /// The members of a sorted set, lowest first.
    func members(_ suffix: String) async throws -> [String] {
        try await raw("ZRANGE", key(suffix), "0", "-1").list.compactMap(\.string)
    }

    /// The score of a member as a whole number; nil when it is none.
    func score(_ suffix: String, _ member: String) async throws -> Int? {
        let text = try await server.command("ZSCORE", key(suffix), member)
        return Double(text).map { Int($0) }
    }

    func exists(_ suffix: String) async throws -> Bool { try await server.command("EXISTS", key(suffix)) == "1" }

    /// All keys of the queue but those that are Drover's own, without what they begin with.
    func suffixes() async throws -> Set<String> {
        let base = key("")
        let keys = try await raw("KEYS", base + "*").list.compactMap(\.string)
        return Set(keys.map { String($0.dropFirst(base.count)) }.filter { !$0.hasPrefix("drover:") })
    }

    /// The ids of jobs that are stored, of those that the store generated.
    func hashes() async throws -> [String] { try await suffixes().filter { Int($0) != nil }.sorted() }

    /// The keys, lists and sets, under which the id of a job lies: in a sound queue one.
    func places(of id: String) async throws -> [String] {
        var places: [String] = []
        for suffix in ["wait", "active", "paused"] where try await list(suffix).contains(id) { places.append(suffix) }
        for suffix in ["prioritized", "delayed", "waiting-children", "completed", "failed"]
        where try await members(suffix).contains(id) {
            places.append(suffix)
        }
        return places
    }

    /// The fields of all events of the queue, oldest first.
    func stream() async throws -> [[String: String]] {
        try await raw("XRANGE", key("events"), "-", "+").list.map { $0[1].object.compactMapValues(\.string) }
    }

    /// The fields of the events of one job, without its id.
    func story(_ id: String) async throws -> [[String: String]] {
        try await stream().filter { $0["jobId"] == id }.map { $0.filter { $0.key != "jobId" } }
    }

    /// The names of the events of one job.
    func eventNames(_ id: String) async throws -> [String] { try await story(id).compactMap { $0["event"] } }

    /// How long events are waited for: far longer than a busy host holds anything up.
    static let patience: Duration = .seconds(300)

    /// Waits until an event has been told so many times, those before the call included.
    func heard(_ event: String, _ id: String? = nil, times: Int = 1) async throws {
        let end = ContinuousClock.now + Self.patience
        var start = EventQuery.Start.beginning
        var seen = 0
        while true {
            let page = try await store.events(
                EventQuery(queue: queue, start: start, limit: 1000), waitingAtMost: .seconds(30))
            seen += page.events.count { $0.kind.name == event && (id == nil || $0.job?.text == id) }
            if seen >= times { return }
            if page.events.isEmpty, ContinuousClock.now >= end {
                let all = try await stream().map { "\($0["event"] ?? "?") \($0["jobId"] ?? "")" }
                throw Surprise(description: "no \(times) \(event) of \(id ?? "any job"), but: \(all)")
            }
            start = .after(page.next)
        }
    }

    /// Waits until so many jobs have ended, completed or failed.
    func ended(_ count: Int) async throws {
        let end = ContinuousClock.now + Self.patience
        var start = EventQuery.Start.beginning
        var seen = 0
        while seen < count {
            let page = try await store.events(
                EventQuery(queue: queue, start: start, limit: 1000), waitingAtMost: .seconds(30))
            seen += page.events.count { ["completed", "failed"].contains($0.kind.name) }
            if page.events.isEmpty, ContinuousClock.now >= end {
                throw Surprise(description: "\(seen) of \(count) jobs have ended")
            }
            start = .after(page.next)
        }
    }

    /// Watches the lock of a job until it has been renewed so many times; whether that has come.
    func seesRenewals(_ times: Int, of id: String) async throws -> Bool {
        try await server.seesRenewals(times, of: [key("\(id):lock")])
    }

    /// Lets the lock of a job expire, and the interval between two checks for stalled jobs pass.
    func expire(_ id: String) async throws { try await raw("DEL", key("\(id):lock"), key("stalled-check")) }

    /// In which order jobs were begun.
    func begun() async throws -> [String] {
        try await stream().filter { $0["event"] == "active" }.compactMap { $0["jobId"] }
    }

    /// Lets so much of the server's time pass, for what shows only in time: that locks outlast their span.
    func pass(_ time: Duration) async throws {
        let seconds = Double(time / .milliseconds(1)) / 1000
        try await server.command("BLPOP", key("drover:never"), String(seconds))
    }

    /// The clock of both clients, which run on this host, in milliseconds.
    func now() async throws -> Int {
        let time = try await server.command("TIME").split(separator: "\n").compactMap { Int($0) }
        return time[0] * 1000 + time[1] / 1000
    }
}
