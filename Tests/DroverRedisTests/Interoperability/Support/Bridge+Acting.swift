import DroverCore
import Foundation
import RedisTesting
import Testing

/// What either client does.
extension Bridge {
    /// A job to add, with the public names of BullMQ's options.
    struct Addition: Sendable {
        var name = "n"
        var data: JSON?
        var options: [String: JSON] = [:]

        /// As the Python client takes it.
        var json: JSON {
            // Node's client says `{}` where there is no data; Python's asks for it.
            ["name": .string(name), "data": data ?? [:], "opts": .object(options)]
        }

        /// As Drover takes it.
        var job: NewJob {
            get throws {
                var stored = options
                stored["kl"] = stored.removeValue(forKey: "keepLogs")
                stored["de"] = stored.removeValue(forKey: "deduplication")
                let text = try JSON.object(stored).text
                let delay = options["delay"]?.integer ?? 0
                return NewJob(
                    id: try options["jobId"]?.string.map { try JobID($0) }, name: try JobName(name),
                    payload: try data.map { try JSONText($0.text) } ?? .emptyObject,
                    start: delay > 0 ? .after(.milliseconds(delay)) : .now,
                    options: try JSONDecoder().decode(JobOptions.self, from: Data(text.utf8)))
            }
        }
    }

    /// Adds one job and returns its id.
    @discardableResult
    func add(
        _ party: Party, _ name: String = "n", _ data: JSON? = nil, _ options: [String: JSON] = [:]
    ) async throws -> String {
        let addition = Addition(name: name, data: data, options: options)
        switch party {
        case .swift:
            let result = try await store.enqueue(queue, [addition.job])[0]
            guard let id = result.id else { throw Surprise(description: "\(result)") }
            return id.text
        case .python:
            let id = try await ask("add", addition.json.object)
            return try #require(id.string)
        }
    }

    /// Adds several jobs in one call and returns their ids.
    func addBulk(_ party: Party, _ additions: [Addition]) async throws -> [String] {
        switch party {
        case .swift:
            return try await store.enqueue(queue, additions.map { try $0.job }).compactMap { $0.id?.text }
        case .python:
            return try await ask("addBulk", ["jobs": .list(additions.map(\.json))]).list.compactMap(\.string)
        }
    }

    /// Runs a worker while `body` does, and then until its jobs have ended.
    func working<Result>(
        _ party: Party, _ settings: WorkerSettings = WorkerSettings(), _ body: () async throws -> Result
    ) async throws -> Result {
        switch party {
        case .swift:
            let worker = SwiftWorker(store, queue, settings, gates: gates)
            do {
                let result = try await body()
                try await worker.stop()
                return result
            } catch {
                try await worker.cut()
                throw error
            }
        case .python:
            let worker = try await ask("work", ["opts": settings.options])
            let result = try await body()
            try await ask("stopWork", ["worker": worker])
            return result
        }
    }

    /// Claims jobs without running them, by Drover's store.
    func claim(_ limit: Int = 1, token: String = "t", lease: Duration = .seconds(60)) async throws -> [ClaimedJob] {
        try await store.exchange(
            queue, id: ExchangeID(token), settle: [], claim: Claim(limit: limit, lease: lease, worker: "by-hand")
        ).claimed
    }

    /// Settles one claimed job.
    @discardableResult
    func settle(_ claimed: ClaimedJob, _ outcome: Outcome, keep: Retention = .keepAll) async throws -> SettlementStatus
    {
        let settlement = Settlement(lease: claimed.lease, outcome: outcome, retention: keep)
        return try await store.exchange(
            queue, id: ExchangeID("settle-\(UUID().uuidString)"), settle: [settlement], claim: nil
        ).settled[0]
    }

    /// Takes one job by hand under a token, and returns its id.
    func take(_ party: Party, token: String = "t") async throws -> String? {
        switch party {
        case .swift: try await claim(token: token).first?.job.key.id.text
        case .python: try await ask("take", ["token": .string(token)])["id"].string
        }
    }

    /// Looks once for stalled jobs.
    func checkStalled(_ party: Party, maxStalled: Int = 1) async throws {
        switch party {
        case .swift: _ = try await store.reclaimStalled(queue, maxStalled: maxStalled, limit: 1000)
        case .python:
            try await ask("checkStalled", ["opts": ["maxStalledCount": .integer(maxStalled)]])
        }
    }

    // MARK: Administration

    func setPaused(_ party: Party, _ isPaused: Bool) async throws {
        switch party {
        case .swift: _ = try await store.configure([isPaused ? .pause(queue) : .resume(queue)])
        case .python: try await ask(isPaused ? "pause" : "resume")
        }
    }

    /// Retries a finished job.
    func retry(_ party: Party, _ id: String, from state: String = "failed", reset: Bool = false) async throws {
        switch party {
        case .swift: try await apply(.retry(try jobKey(id), resetAttempts: reset))
        case .python:
            let resets: JSON = ["resetAttemptsMade": .bool(reset), "resetAttemptsStarted": .bool(reset)]
            try await ask("retryJob", ["job": .string(id), "state": .string(state), "opts": resets])
        }
    }

    func promote(_ party: Party, _ id: String) async throws {
        switch party {
        case .swift: try await apply(.promote(try jobKey(id)))
        case .python: try await ask("promote", ["job": .string(id)])
        }
    }

    func remove(_ party: Party, _ id: String) async throws {
        switch party {
        case .swift: try await apply(.remove(try jobKey(id)))
        case .python:
            let removed = try await ask("remove", ["job": .string(id)])
            if removed != 1 { throw Surprise(description: "remove answered \(removed)") }
        }
    }

    func changePriority(_ party: Party, _ id: String, to priority: Int, lifo: Bool = false) async throws {
        switch party {
        case .swift: try await apply(.changePriority(try jobKey(id), to: priority, lifo: lifo))
        case .python:
            let options: JSON = ["priority": .integer(priority), "lifo": .bool(lifo)]
            try await ask("changePriority", ["job": .string(id), "opts": options])
        }
    }

    func updateData(_ party: Party, _ id: String, to data: JSON) async throws {
        switch party {
        case .swift: try await apply(.updatePayload(try jobKey(id), to: JSONText(data.text)))
        case .python: try await ask("updateData", ["job": .string(id), "data": data])
        }
    }

    /// Applies a command that must be done.
    func apply(_ command: JobCommand) async throws {
        let result = try await store.apply([command])[0]
        if result != .done { throw Surprise(description: "\(command) answered \(result)") }
    }

    func drain(_ party: Party, delayed: Bool) async throws {
        switch party {
        case .swift: try await sweep(.drain(queue, delayed: delayed))
        case .python: try await ask("drain", ["delayed": .bool(delayed)])
        }
    }

    func obliterate(_ party: Party, force: Bool = false) async throws {
        switch party {
        case .swift: try await sweep(.obliterate(queue, force: force))
        case .python: try await ask("obliterate", ["force": .bool(force)])
        }
    }

    /// Sweeps to the end and returns how many jobs were removed.
    @discardableResult
    func sweep(_ sweep: Sweep) async throws -> Int {
        var removed = 0
        var cursor: PageCursor?
        while true {
            let report = try await store.sweep(sweep, after: cursor, limit: 1000)
            removed += report.removed
            switch report.progress {
            case .finished: return removed
            case .more(let next): cursor = next
            case .refused(let problem): throw problem
            }
        }
    }

    // MARK: Reading

    /// The job as Drover reads it.
    func record(_ id: String) async throws -> JobRecord {
        try #require(try await store.jobs([try jobKey(id)])[0], "Drover finds no job \(id)")
    }

    /// The state of a job, in BullMQ's words.
    func state(_ party: Party, _ id: String) async throws -> String {
        switch party {
        case .swift: try await record(id).state.rawValue
        case .python: try await ask("getState", ["job": .string(id)]).string ?? "?"
        }
    }

    /// The numbers of jobs by state, without those that are 0.
    func counts(_ party: Party) async throws -> [String: Int] {
        switch party {
        case .swift:
            let summary = try await store.queues().first { $0.name == queue }
            let counts = JobState.allCases.map { ($0.rawValue, summary?.counts[$0] ?? 0) }
            return Dictionary(uniqueKeysWithValues: counts).filter { $0.value != 0 }
        case .python:
            return try await ask("getCounts").object.compactMapValues(\.integer).filter { $0.value != 0 }
        }
    }
}
