import DroverTesting
import Logging
import Testing

@testable import Drover

@Suite(.timeLimit(.minutes(10))) struct JobLogTests {
    private let lines = Probe<LogCapture.Line>("lines")

    private func attempt(_ configure: (inout JobRecord) -> Void = { _ in }) -> Attempt {
        var options = JobOptions()
        options.correlationID = "request-9"
        options.telemetry = JobTelemetry(
            metadata: #"{"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}"#)
        let key = JobKey(queue: "mail", id: JobID(stored: "7"))
        var job = JobRecord(
            key: key, name: "welcome", payload: .emptyObject, options: options, state: .active, priority: 0,
            createdAt: Timestamp(milliseconds: 0))
        job.attemptsMade = 2
        configure(&job)
        let lease = Lease(job: key, token: LeaseToken("t"), duration: .seconds(30))
        return Attempt(number: 1, claimed: ClaimedJob(job: job, lease: lease, leaseFor: .seconds(30)))
    }

    private func log(_ level: Logger.Level = .debug, of logger: Logger.Level = .trace) -> JobLog {
        JobLog(logger: LogCapture.logger(lines, level: logger), worker: "w", level: level)
    }

    private let whole = [
        "job_id": "7", "job_name": "welcome", "queue": "mail", "attempt": "3", "correlation_id": "request-9",
        "trace_id": "0af7651916cd43dd8448eb211c80319c", "worker": "w",
    ]

    @Test(
        "each end of an attempt has its event, level and length",
        arguments: [
            (Outcome.completed(.null) as Outcome?, "job_completed", Logger.Level.debug, nil as String?),
            (.failed(Failure(reason: "no")), "job_failed", .warning, nil),
            (.retry(after: .seconds(2), Failure(reason: "no")), "job_retrying", .notice, "2000"),
            (.snoozed(.milliseconds(5)), "job_snoozed", .debug, "5"), (.cancelled, "job_cancelled", .debug, nil),
            (.released, "job_released", .debug, nil), (nil, "job_lease_lost", .warning, nil),
        ])
    func ends(_ outcome: Outcome?, _ event: String, _ level: Logger.Level, _ delay: String?) throws {
        log().ended(outcome, of: attempt(), after: .milliseconds(1500))
        let line = try #require(lines.values.first)
        var expected = whole
        expected["event"] = event
        expected["duration_ms"] = "1500"
        expected["delay_ms"] = delay
        #expect(line.metadata == expected && line.level == level)
    }

    @Test("an attempt that begins is logged without what its job has not")
    func begins() throws {
        log(.info).started(attempt { $0.options = JobOptions() })
        let line = try #require(lines.values.first)
        var expected = whole
        expected["event"] = "job_started"
        expected["correlation_id"] = nil
        expected["trace_id"] = nil
        #expect(line.metadata == expected && line.level == .info)
    }

    @Test("what goes as it should is not logged above its level")
    func levels() {
        let log = log(of: .info)
        log.started(attempt())
        for outcome in [Outcome.completed(.null), .snoozed(.zero), .released, .cancelled] {
            log.ended(outcome, of: attempt(), after: .zero)
        }
        #expect(lines.values.isEmpty)
        log.ended(.failed(Failure(reason: "no")), of: attempt(), after: .zero)
        #expect(lines.values.count == 1)
    }

    @Test("an outcome that the store did not take is told with what is known of its attempt")
    func report() {
        let attempt = attempt()
        let settlement = Settlement(lease: attempt.claimed.lease, outcome: .completed(.null))
        let refusal = ValidationError("lease", "is of another queue")
        var state = DispatcherState(concurrency: 5)
        for number in [1, 2, 3] { state.attemptEnded(number, settlement) }
        guard case .exchange(let exchange) = state.next() else {
            Issue.record("an exchange was expected")
            return
        }
        log().report([.settled, .leaseLost, .refused(refusal)], of: exchange, [2: attempt])
        #expect(lines.values.map(\.event) == ["job_lease_lost", nil])
        #expect(lines.values[0].metadata["correlation_id"] == "request-9")
        #expect(lines.values[1].metadata == ["job_id": "7", "queue": "mail", "worker": "w", "outcome": "completed"])
    }

    @Test("a pause is told once, when it begins and when it ends, by the newest exchange")
    func pauses() {
        var state = DispatcherState(concurrency: 1)
        var exchanges: [DispatcherState.Exchange] = []
        while exchanges.count < 3, case .exchange(let exchange) = state.next() {
            exchanges.append(exchange)
            state.answered(exchange, .init(claimed: 1))
            state.attemptEnded(0, nil)
        }
        var watch = PauseWatch()
        func change(_ index: Int, _ isPaused: Bool, wasRepeated: Bool = false) -> WorkerEvent? {
            watch.change(by: ExchangeReply(isPaused: isPaused), to: exchanges[index], wasRepeated: wasRepeated)
        }
        #expect(exchanges.count == 3)
        #expect(change(0, false) == nil)
        #expect(change(1, true, wasRepeated: true) == nil)
        #expect(change(1, true) == .queuePaused)
        #expect(change(0, false) == nil)
        #expect(change(2, true) == nil)
        #expect(change(2, false) == .queueResumed)
    }

    @Test("a worker tells the way of its jobs, and handlers log under the same names")
    func service() async throws {
        let store = ReferenceStore()
        let service = JobService(store: store, logger: LogCapture.logger(lines))
        service.work("q") { handlers in
            handlers.on("n") { context in
                context.logger.info("at work")
                if context.job.attemptsStarted == 1 { throw Snooze(for: .zero) }
                if context.attempt == 1 { throw Broken() }
                return .null
            }
        }
        var options = JobOptions(attempts: 3)
        options.correlationID = "c"
        _ = try await store.configure([.pause("q")])
        let id = try #require(try await service.add([NewJob(name: "n", options: options)], to: "q")[0].id)
        try await running(service) {
            try await paused()
            _ = try await store.configure([.resume("q")])
            _ = try await service.result(of: JobKey(queue: "q", id: id), within: .seconds(300))
        }
        let events = lines.values.compactMap(\.event)
        #expect(
            events == [
                "queue_paused", "queue_resumed", "job_started", "job_snoozed", "job_started", "job_retrying",
                "job_started",
                "job_completed",
            ], "\(events)")
        let ofJob = lines.values.filter { $0.metadata["job_id"] != nil }
        #expect(ofJob.count == 9)
        #expect(ofJob.allSatisfy { $0.metadata["correlation_id"] == "c" && $0.metadata["job_name"] == "n" })
    }

    private func paused() async throws {
        for count in 1...1000 {
            if try await lines.wait(for: count).contains(where: { $0.event == "queue_paused" }) { return }
        }
    }
}
