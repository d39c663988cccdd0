import Drover
import DroverTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(10))) struct JobServiceTests {
    @Test func aTypedJobRunsAndItsResultIsStoredAndAwaited() async throws {
        let store = ReferenceStore()
        let service = makeService(store)
        service.work("math", concurrency: 2) { handlers in
            handlers.on(Sum.self) { sum, _ in Sum.Total(total: sum.a + sum.b) }
        }
        try await running(service) {
            let key = try await service.add(Sum(a: 2, b: 3))
            #expect(try await service.result(of: key, as: Sum.Total.self, within: .seconds(300)) == .init(total: 5))
            let job = try await store.job(key)
            #expect(job.state == .completed)
            #expect(job.attemptsMade == 1)
            #expect(job.worker != nil)
        }
    }

    @Test func aHandlerThatReturnsNothingGivesNull() async throws {
        let store = ReferenceStore()
        let service = makeService(store)
        let ran = Probe<String>("ran")
        service.work("notes") { handlers in
            handlers.on(Note.self) { note, _ in ran.signal(note.text) }
        }
        try await running(service) {
            let key = try await service.add(Note(text: "hello"))
            #expect(try await service.result(of: key, within: .seconds(300)) == .null)
            #expect(ran.values == ["hello"])
        }
    }

    @Test func untypedHandlersGetTheStoredTextAndOtherwiseTakesTheRest() async throws {
        let service = makeService(ReferenceStore())
        service.work("q", concurrency: 4) { handlers in
            handlers.on("echo") { context in context.payload }
            handlers.otherwise { context in try JSONText("\"other \(context.job.name)\"") }
        }
        try await running(service) {
            let payload = try JSONText(#"{ "n": 12345678901234567890, "empty": [] }"#)
            let ids = try await service.add(
                [NewJob(name: "echo", payload: payload), NewJob(name: "strange")], to: "q"
            ).compactMap(\.id)
            #expect(try await service.result(of: JobKey(queue: "q", id: ids[0]), within: .seconds(300)) == payload)
            #expect(
                try await service.result(of: JobKey(queue: "q", id: ids[1]), within: .seconds(300)).text
                    == "\"other strange\"")
        }
    }

    @Test func aFailedAttemptIsRetriedUntilItSucceeds() async throws {
        let store = ReferenceStore()
        let service = makeService(store)
        let attempts = Probe<Int>("attempts")
        service.work("notes") { handlers in
            handlers.on(Note.self) { _, context in
                attempts.signal(context.attempt)
                if context.attempt < 3 { throw Broken() }
            }
        }
        try await running(service) {
            let key = try await service.add(Note(text: ""))
            _ = try await service.result(of: key, within: .seconds(300))
            #expect(attempts.values == [1, 2, 3])
            let job = try await store.job(key)
            #expect(job.attemptsMade == 3)
            #expect(job.failedReason == "it broke")
            #expect(job.stacktrace.count == 2)
        }
    }

    @Test func aJobWithoutAttemptsLeftFailsWithItsReason() async throws {
        let store = ReferenceStore()
        let service = makeService(store)
        service.work("notes") { handlers in
            handlers.on(Note.self) { _, _ in throw Broken() }
        }
        try await running(service) {
            let key = try await service.add(Note(text: ""))
            let error = await #expect(throws: DroverError.self) {
                try await service.result(of: key, within: .seconds(300))
            }
            #expect(error?.code == .jobFailed)
            #expect(error?.message == "it broke")
            #expect(try await store.job(key).attemptsMade == 3)
            try await store.event(in: "notes") { $0.kind == .retriesExhausted(attemptsMade: 3) }
        }
    }

    @Test func anUnrecoverableJobIsNotRetried() async throws {
        let store = ReferenceStore()
        let service = makeService(store)
        service.work("notes") { handlers in
            handlers.on(Note.self) { _, _ in throw Unrecoverable("no such address") }
        }
        try await running(service) {
            let key = try await service.add(Note(text: ""))
            await #expect(throws: DroverError.self) { try await service.result(of: key, within: .seconds(300)) }
            let job = try await store.job(key)
            #expect(job.attemptsMade == 1)
            #expect(job.failedReason == "no such address")
        }
    }

    @Test func aSnoozedJobRunsAgainWithoutHavingSpentAnAttempt() async throws {
        let store = ReferenceStore()
        let service = makeService(store)
        let runs = Probe<Int>("runs")
        service.work("notes") { handlers in
            handlers.on(Note.self) { _, context in
                runs.signal(context.attempt)
                if runs.values.count < 3 { throw Snooze(for: .milliseconds(1)) }
            }
        }
        try await running(service) {
            let key = try await service.add(Note(text: ""), options: JobOptions(attempts: 1))
            _ = try await service.result(of: key, within: .seconds(300))
            #expect(runs.values == [1, 1, 1])
            #expect(try await store.job(key).attemptsMade == 1)
            #expect(try await store.job(key).attemptsStarted == 3)
        }
    }

    @Test func anAttemptThatTakesTooLongIsCancelledAndFails() async throws {
        let store = ReferenceStore()
        let service = makeService(store)
        let cancelled = Probe<Void>("cancelled")
        service.work("notes") { handlers in
            handlers.on(Note.self) { _, _ in
                try await untilCancelled()
                cancelled.signal()
            }
        }
        try await running(service) {
            let key = try await service.add(Note(text: ""), options: JobOptions(timeout: .milliseconds(20)))
            let error = await #expect(throws: DroverError.self) {
                try await service.result(of: key, within: .seconds(300))
            }
            #expect(error?.message == "timed out after 0.02 seconds")
        }
    }

    @Test func anActiveJobIsCancelledFromAnotherService() async throws {
        let store = ReferenceStore()
        let service = makeService(store)
        let other = makeService(store)
        let began = Probe<JobKey>("began")
        service.work("notes") { handlers in
            handlers.on(Note.self) { _, context in
                began.signal(context.key)
                try await untilCancelled()
            }
        }
        try await running(service) {
            let key = try await other.add(Note(text: ""))
            try await began.wait()
            #expect(try await other.store.apply([.cancel(key)]) == [.requested])
            let error = await #expect(throws: DroverError.self) {
                try await other.result(of: key, within: .seconds(300))
            }
            #expect(error?.message == Failure.cancelledReason)
            #expect(try await store.job(key).state == .failed)
            #expect(began.values.count == 1)
        }
    }

    @Test func aJobWithoutAHandlerFailsAndNamesItself() async throws {
        let store = ReferenceStore()
        let service = makeService(store)
        service.work("q") { handlers in handlers.on("known") { _ in .null } }
        try await running(service) {
            let id = try #require(try await service.add([NewJob(name: "unknown")], to: "q")[0].id)
            let error = await #expect(throws: DroverError.self) {
                try await service.result(of: JobKey(queue: "q", id: id), within: .seconds(300))
            }
            #expect(error?.message == "no handler for unknown")
        }
    }

    @Test func anUndecodablePayloadFailsForGoodAndNamesThePlaceNotTheContent() async throws {
        let store = ReferenceStore()
        let service = makeService(store)
        service.work("math") { handlers in
            handlers.on(Sum.self) { _, _ in Sum.Total(total: 0) }
        }
        try await running(service) {
            let job = NewJob(
                name: "sum", payload: try JSONText(#"{"a": 1, "b": "secret"}"#), options: JobOptions(attempts: 5))
            let id = try #require(try await service.add([job], to: "math")[0].id)
            let error = await #expect(throws: DroverError.self) {
                try await service.result(of: JobKey(queue: "math", id: id), within: .seconds(300))
            }
            #expect(error?.message == "the payload does not decode as Sum: b is not of type Int")
            #expect(try await store.job(JobKey(queue: "math", id: id)).attemptsMade == 1)
        }
    }

    @Test func aResultOverTheLimitFailsTheAttempt() async throws {
        let service = makeService(ReferenceStore(), ServiceConfiguration(maxResultBytes: 10))
        service.work("q") { handlers in
            handlers.otherwise { _ in try JSONText("\"0123456789\"") }
        }
        try await running(service) {
            let id = try #require(try await service.add([NewJob(name: "n")], to: "q")[0].id)
            let error = await #expect(throws: DroverError.self) {
                try await service.result(of: JobKey(queue: "q", id: id), within: .seconds(300))
            }
            #expect(error?.message == "the result has 12 bytes; at most 10 are accepted")
        }
    }

    @Test func theFirstMiddlewareIsTheOutermost() async throws {
        struct Layer: JobMiddleware {
            let name: String
            let calls: Probe<String>
            func run(_ context: JobContext, next: JobHandler) async throws -> JSONText {
                calls.signal("\(name) in")
                defer { calls.signal("\(name) out") }
                return try await next(context)
            }
        }
        let calls = Probe<String>("calls")
        let service = makeService(ReferenceStore())
        let options = WorkerOptions(middleware: [Layer(name: "a", calls: calls), Layer(name: "b", calls: calls)])
        service.work("notes", options: options) { handlers in
            handlers.on(Note.self) { _, _ in calls.signal("handler") }
        }
        try await running(service) {
            let key = try await service.add(Note(text: ""))
            _ = try await service.result(of: key, within: .seconds(300))
        }
        #expect(calls.values == ["a in", "b in", "handler", "b out", "a out"])
    }

    @Test func middlewareMayEndAnAttemptWithoutTheHandler() async throws {
        struct Refuse: JobMiddleware {
            func run(_ context: JobContext, next: JobHandler) async throws -> JSONText {
                throw Unrecoverable("not today")
            }
        }
        let service = makeService(ReferenceStore())
        service.work("notes", options: WorkerOptions(middleware: [Refuse()])) { handlers in
            handlers.on(Note.self) { _, _ in Issue.record("the handler must not run") }
        }
        try await running(service) {
            let key = try await service.add(Note(text: ""))
            let error = await #expect(throws: DroverError.self) {
                try await service.result(of: key, within: .seconds(300))
            }
            #expect(error?.message == "not today")
        }
    }

    @Test func oneServiceWorksSeveralQueuesEachWithItsOwnConcurrency() async throws {
        let store = ReferenceStore()
        let service = makeService(store)
        let queues: [QueueName] = ["a", "b", "c"]
        let running = Mutex<[QueueName: Int]>([:])
        let most = Mutex<[QueueName: Int]>([:])
        for (index, queue) in queues.enumerated() {
            service.work(queue, concurrency: index + 1) { handlers in
                handlers.otherwise { _ in
                    let now = running.withLock { running in
                        running[queue, default: 0] += 1
                        return running[queue, default: 0]
                    }
                    most.withLock { $0[queue] = max($0[queue, default: 0], now) }
                    for _ in 0..<5 { await Task.yield() }
                    running.withLock { $0[queue, default: 0] -= 1 }
                    return .null
                }
            }
        }
        try await DroverTests.running(service) {
            var keys: [JobKey] = []
            for queue in queues {
                let results = try await service.add(Array(repeating: NewJob(name: "n"), count: 50), to: queue)
                keys += results.compactMap(\.id).map { JobKey(queue: queue, id: $0) }
            }
            for key in keys { #expect(try await service.result(of: key, within: .seconds(300)) == .null) }
            for (index, queue) in queues.enumerated() {
                let reached = most.withLock { $0[queue] ?? 0 }
                #expect((1...(index + 1)).contains(reached))
            }
        }
    }

    @Test func whatAHandlerReportsIsStored() async throws {
        let store = ReferenceStore()
        let service = makeService(store)
        service.work("notes") { handlers in
            handlers.on(Note.self) { _, context in
                if context.attempt > 1 { return }
                try await context.progress(["done": 7])
                try await context.log("first line")
                try await context.log("second line")
                try await context.updatePayload(try JSONText(#"{"text":"changed"}"#))
                throw Broken()
            }
        }
        try await running(service) {
            let key = try await service.add(Note(text: "old"))
            _ = try await service.result(of: key, within: .seconds(300))
            let job = try await store.job(key)
            #expect(job.progress?.text == #"{"done":7}"#)
            #expect(job.payload.text == #"{"text":"changed"}"#)
            #expect(try await store.logs(key, page: Page()).lines == ["first line", "second line"])
        }
    }

    @Test func theContextTellsAttemptsApartAndTheJobAlways() async throws {
        let seen = Probe<[String]>("seen")
        let service = makeService(ReferenceStore())
        service.work("notes") { handlers in
            handlers.on(Note.self) { _, context in
                seen.signal([context.idempotencyKey, context.fencingToken])
                if context.attempt < 2 { throw Broken() }
            }
        }
        try await running(service) {
            let key = try await service.add(Note(text: ""))
            _ = try await service.result(of: key, within: .seconds(300))
            #expect(seen.values.count == 2)
            #expect(seen.values[0][0] == seen.values[1][0])
            #expect(seen.values[0][1] != seen.values[1][1])
        }
    }

    @Test func aWorkerStopsByItselfWhenItsLimitIsReached() async throws {
        let store = ReferenceStore()
        let service = makeService(store)
        service.work("q", concurrency: 4, options: WorkerOptions(limit: 10)) { handlers in
            handlers.otherwise { _ in .null }
        }
        try await service.add(Array(repeating: NewJob(name: "n"), count: 25), to: "q")
        try await returned(Task { try await service.run() })
        let counts = try #require(try await store.queues().first).counts
        #expect(counts[.completed] == 10)
        #expect(counts[.waiting] == 15)
        #expect(counts[.active] == 0)
    }

    @Test func aDelayedJobRunsWhenItsTimeHasCome() async throws {
        let time = ManualTime()
        let store = ReferenceStore(clock: time.wall, timer: time.clock)
        let service = makeService(store, ServiceConfiguration(clock: time.clock))
        let ran = Probe<Void>("ran")
        service.work("notes") { handlers in
            handlers.on(Note.self) { _, _ in ran.signal() }
        }
        try await running(service) {
            let key = try await service.add(Note(text: ""), delay: .seconds(3))
            // The wait for work ends at the due time and not at the cap of five seconds.
            try await time.clock.waitForSleeper(wakingWithin: .seconds(3))
            #expect(ran.values.isEmpty)
            time.advance(by: .seconds(3))
            try await ran.wait()
            try await store.event(in: "notes") { $0.job == key.id && $0.kind == .completed(.null) }
        }
    }

    @Test func aServiceRunsOnlyOnce() async throws {
        let service = makeService(ReferenceStore())
        service.stop()
        try await service.run()
        let error = await #expect(throws: DroverError.self) { try await service.run() }
        #expect(error?.code == .alreadyRun)
    }

    @Test func aRunningWorkerIsListedAndGoneAfterwards() async throws {
        let store = HeardStore()
        let service = makeService(store)
        let began = Probe<Void>("began")
        service.work("notes", concurrency: 3, options: WorkerOptions(name: "one")) { handlers in
            handlers.on(Note.self) { _, _ in began.signal() }
        }
        try await running(service) {
            let key = try await service.add(Note(text: ""))
            _ = try await service.result(of: key, within: .seconds(300))
            try await store.heard.wait()
            let listed = try await store.workers()
            #expect(listed.map(\.report.id) == ["one"])
            #expect(listed.first?.report.concurrency == 3)
        }
        #expect(try await store.workers().isEmpty)
    }
}

/// Suspends until the task is cancelled, and then throws as a well-behaved handler does.
func untilCancelled() async throws {
    let gate = Probe<Void>("never")
    try await gate.wait(timeout: .seconds(300))
}
