import DroverCore

extension ConformanceCase {
    static let heartbeats: [ConformanceCase] = [
        Case("heartbeat", "a worker is listed with what it said last and when it began") { bench in
            try await bench.beat("w", running: 1)
            let first = try await bench.unwrap(bench.workers().first, "a worker")
            try await bench.advance(by: .seconds(20))
            let report = try await bench.beat("w", running: 4)
            let second = try await bench.unwrap(bench.workers().first, "a worker")
            try bench.expect(second.report, is: report, "the report")
            try bench.expect(second.startedAt, is: first.startedAt, "when it began")
            try bench.expect(second.seenAt >= first.seenAt + .seconds(20), "when it was seen")
            try await bench.expect(bench.workers().count, is: 1, "the number of workers")
        },
        Case("heartbeat", "a worker that is silent for too long is not listed") { bench in
            try await bench.beat("short", validFor: .seconds(20))
            try await bench.beat("long", validFor: .seconds(200))
            try await bench.advance(by: .seconds(20))
            try await bench.expect(bench.workers().map(\.report.id), is: [bench.name("long")], "the living workers")
        },
        Case("heartbeat", "a report that counts for no time takes the worker off the list") { bench in
            try await bench.beat("w")
            try await bench.beat("w", validFor: .zero)
            try await bench.expect(bench.workers(), is: [], "the living workers")
            try await bench.beat("never", validFor: .seconds(-1))
            try await bench.expect(bench.workers(), is: [], "the living workers")
        },
        Case("heartbeat", "a worker that comes back after its time begins anew") { bench in
            try await bench.beat("w", validFor: .seconds(20))
            let first = try await bench.unwrap(bench.workers().first, "a worker")
            try await bench.advance(by: .seconds(60))
            try await bench.expect(bench.workers(), is: [], "the living workers")
            try await bench.beat("w", validFor: .seconds(20))
            let second = try await bench.unwrap(bench.workers().first, "a worker")
            try bench.expect(second.startedAt >= first.startedAt + .seconds(60), "it began when it came back")
        },
        Case("heartbeat", "workers are listed by queue, then by id") { bench in
            try await bench.beat("b", in: bench.queue("2"))
            try await bench.beat("c", in: bench.queue("1"))
            try await bench.beat("a", in: bench.queue("2"))
            try await bench.expect(
                bench.workers().map(\.report.id), is: ["c", "a", "b"].map(bench.name), "the living workers")
        },
        Case("heartbeat", "a worker that changes its queue is listed once, with the new one") { bench in
            try await bench.beat("w", in: bench.queue("1"))
            try await bench.beat("w", in: bench.queue("2"))
            try await bench.expect(bench.workers().map(\.report.queue), is: [bench.queue("2")], "the queues")
        },
        Case("heartbeat", "workers of several queues report in one call, each on its own") { bench in
            try await bench.beat("left")
            try await bench.store.heartbeat([
                bench.report("a", in: bench.queue("1")), bench.report("left", validFor: .zero),
                bench.report("b", running: 3, validFor: .seconds(20), in: bench.queue("2")),
            ])
            let workers = try await bench.workers()
            try bench.expect(
                workers.map(\.report),
                is: [
                    bench.report("a", in: bench.queue("1")),
                    bench.report("b", running: 3, validFor: .seconds(20), in: bench.queue("2")),
                ], "the living workers")
            try bench.expect(workers.first?.seenAt, is: workers.last?.seenAt, "when they were seen")
            try await bench.advance(by: .seconds(20))
            try await bench.expect(bench.workers().map(\.report.id), is: [bench.name("a")], "who lives on")
        },
        Case("heartbeat", "of two reports of one worker in a call the later one counts") { bench in
            try await bench.beat("w")
            let first = try await bench.unwrap(bench.workers().first, "a worker")
            try await bench.advance(by: .seconds(20))
            try await bench.store.heartbeat([bench.report("w", running: 1), bench.report("w", running: 2)])
            try await bench.expect(bench.workers().map(\.report.running), is: [2], "what it said last")
            try await bench.store.heartbeat([bench.report("w", validFor: .zero), bench.report("w", running: 3)])
            let second = try await bench.unwrap(bench.workers().first, "a worker")
            try bench.expect(second.report.running, is: 3, "what it said last")
            try bench.expect(second.startedAt >= first.startedAt + .seconds(20), "it began when it came back")
            try await bench.store.heartbeat([bench.report("w"), bench.report("w", validFor: .zero)])
            try await bench.expect(bench.workers(), is: [], "the living workers")
        },
        Case("heartbeat", "a call without reports changes nothing") { bench in
            try await bench.beat("w")
            try await bench.store.heartbeat([])
            try await bench.expect(bench.workers().map(\.report.id), is: [bench.name("w")], "the living workers")
        },
        Case("heartbeat", "a heartbeat creates no queue") { bench in
            try await bench.beat("w")
            try await bench.expect(bench.summary(), is: nil, "the queue")
        },
    ]
}

extension Bench {
    fileprivate func name(_ id: String) -> String { "\(queue.text)-\(id)" }

    fileprivate func report(
        _ id: String, running: Int = 0, validFor: Duration = .seconds(300), in other: QueueName? = nil
    ) -> WorkerReport {
        WorkerReport(
            id: name(id), queue: other ?? queue, host: "höst", process: 4711, concurrency: 8, running: running,
            validFor: validFor)
    }

    @discardableResult
    fileprivate func beat(
        _ id: String, running: Int = 0, validFor: Duration = .seconds(300), in other: QueueName? = nil
    ) async throws -> WorkerReport {
        let report = report(id, running: running, validFor: validFor, in: other)
        try await store.heartbeat([report])
        return report
    }

    /// The case's own living workers.
    fileprivate func workers() async throws -> [WorkerSummary] {
        try await store.workers().filter { $0.report.id.hasPrefix(queue.text) }
    }
}
