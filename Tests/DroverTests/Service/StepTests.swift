import DroverTesting
import Synchronization
import Testing

@testable import Drover

/// Steps of handlers: what they record, what later attempts get, and what keeps them from being recorded.
@Suite(.timeLimit(.minutes(10))) struct StepTests {
    struct Receipt: Codable, Equatable, Sendable { var id: String }

    struct Order: JobPayload {
        typealias Result = Receipt
        static let name: JobName = "order"
        static let queue: QueueName = "orders"
        static let options = JobOptions(attempts: 3, backoff: .fixed(.seconds(10)))
        var item = "tea"
    }

    /// Counts how often the bodies of steps ran.
    final class Ran: Sendable {
        private let counts = Mutex<[String: Int]>([:])
        func note(_ name: String) -> Int {
            counts.withLock {
                $0[name, default: 0] += 1; return $0[name] ?? 0
            }
        }
        subscript(_ name: String) -> Int { counts.withLock { $0[name] ?? 0 } }
    }

    private let time = ManualTime()
    private let store: ReferenceStore
    private let ran = Ran()

    init() { store = ReferenceStore(clock: time.wall, timer: time.clock) }

    private func service(
        on other: (any JobStore)? = nil, _ change: (inout ServiceConfiguration) -> Void = { _ in },
        _ run: @escaping @Sendable (JobContext) async throws -> Receipt
    ) -> JobService {
        var configuration = ServiceConfiguration(clock: time.clock, wallClock: time.wall)
        change(&configuration)
        let service = makeService(other ?? store, configuration)
        service.work(Order.queue) { handlers in handlers.on(Order.self) { _, context in try await run(context) } }
        return service
    }

    /// Adds an order and works it to its end.
    private func worked(_ service: JobService) async throws -> (DrainReport, JobRecord) {
        let key = try await service.add(Order())
        let report = try await service.drain(advancing: time, by: .seconds(3600))
        return (report, try await store.job(key))
    }

    @Test func aLaterAttemptIsGivenWhatWasRecordedAndDoesNotRunTheStepAgain() async throws {
        let service = service { [ran] context in
            let charge = try await context.step("charge") { Receipt(id: "ch-\(ran.note("charge"))") }
            try await context.step("label") {
                if ran.note("label") < 3 { throw Broken() }
            }
            return charge
        }
        let (report, job) = try await worked(service)
        #expect(report.retried.count == 2 && report.completed.count == 1)
        #expect(ran["charge"] == 1 && ran["label"] == 3)
        #expect(job.result?.text == #"{"id":"ch-1"}"#)
        #expect(job.steps.map(\.name) == ["charge", "label"])
        #expect(job.steps.map(\.result.text) == [#"{"id":"ch-1"}"#, "null"])
        #expect(job.failedReason == "it broke", "the error of a body passes through")
    }

    @Test func whatIsRecordedIsThereBeforeTheCallReturns() async throws {
        let seen = Mutex<[Int]>([])
        let service = service { [store] context in
            try await context.step("one") {}
            let count = try await store.job(context.key).steps.count
            seen.withLock { $0.append(count) }
            return Receipt(id: "")
        }
        _ = try await worked(service)
        #expect(seen.withLock { $0 } == [1])
    }

    @Test func theSameNameGetsTheRecordedValueAndNumberedNamesRunEach() async throws {
        let service = service { [ran] context in
            var numbers: [Int] = []
            for number in 0..<3 {
                numbers.append(try await context.step("same") { ran.note("same") + number })
                try await context.step("page \(number)") { ran.note("page") }
            }
            return Receipt(id: "\(numbers)")
        }
        let (_, job) = try await worked(service)
        #expect(job.result?.text == #"{"id":"[1, 1, 1]"}"#)
        #expect(ran["same"] == 1 && ran["page"] == 3 && job.steps.count == 4)
    }

    @Test func optionalsPlainValuesAndNestedStepsAreRecorded() async throws {
        let service = service { [ran] context in
            let none: Int? = try await context.step("none") { nil }
            let number = try await context.step("outer", as: Int.self) {
                try await context.step("inner") { ran.note("inner") } + ran.note("outer") * 10
            }
            if context.attempt == 1 { throw Broken() }
            return Receipt(id: "\(none.map(String.init) ?? "none") \(number)")
        }
        let (_, job) = try await worked(service)
        #expect(job.result?.text == #"{"id":"none 11"}"#)
        #expect(job.steps.map(\.name.text).sorted() == ["inner", "none", "outer"])
        #expect(ran["inner"] == 1 && ran["outer"] == 1)
    }

    @Test func twoStepsOfOneNameAtTheSameMomentAreRefusedAndOthersRunBesideEachOther() async throws {
        let service = service { [ran] context in
            let inside = Probe<Void>("the first runs")
            let go = Probe<Void>("the first may end")
            async let first = context.step("same") {
                inside.signal()
                try await go.wait()
                return ran.note("same")
            }
            try await inside.wait()
            let error = await #expect(throws: DroverError.self) {
                try await context.step("same") { ran.note("same") }
            }
            #expect(error?.code == .refused && error?.message.contains("\"same\"") == true)
            let other = try await context.step("other") { ran.note("other") }
            go.signal()
            return Receipt(id: "\(try await first) \(other)")
        }
        let (_, job) = try await worked(service)
        #expect(job.result?.text == #"{"id":"1 1"}"#)
    }

    @Test func aNameThatBreaksARuleIsRefusedBeforeTheBodyRuns() async throws {
        let service = service { [ran] context in
            for name in ["", "a\nb", String(repeating: "x", count: 256)] {
                let error = await #expect(throws: DroverError.self) {
                    try await context.step(name) { ran.note("body") }
                }
                #expect(error?.code == .refused)
            }
            return Receipt(id: "")
        }
        let (_, job) = try await worked(service)
        #expect(job.state == .completed && ran["body"] == 0 && job.steps.isEmpty)
    }

    @Test func aRecordedValueOfAnotherTypeNamesTheStepAndSaysWhatToDo() async throws {
        let service = service { [ran] context in
            if context.attempt == 1 {
                try await context.step("charge") { Receipt(id: "secret") }
                throw Broken()
            }
            return Receipt(id: "\(try await context.step("charge", as: [Int].self) { [ran.note("charge")] })")
        }
        let (_, job) = try await worked(service)
        let reason = try #require(job.failedReason)
        #expect(job.state == .failed && job.attemptsMade == 3 && ran["charge"] == 0)
        #expect(reason.hasPrefix("undecodable: the step \"charge\" of the job orders/"))
        #expect(reason.contains("does not decode as Array<Int>") && reason.contains("give the step another name"))
        #expect(!reason.contains("secret"))
    }

    @Test func aResultThatIsTooLongIsRefusedBeforeItIsWritten() async throws {
        let service = service {
            $0.maxResultBytes = 12
            $0.maxStepBytes = 20
        } _: { context in
            var reasons: [String] = []
            for (name, count) in [("long", 20), ("a", 8), ("b", 8), ("c", 1)] {
                do { try await context.step(name) { String(repeating: "x", count: count) } } catch let error
                    as DroverError
                {
                    #expect(error.code == .stepTooLarge)
                    reasons.append(error.message)
                }
            }
            #expect(reasons.count == 2)
            #expect(reasons[0].contains("\"long\"") && reasons[0].contains("22 bytes") && reasons[0].contains("12"))
            #expect(reasons[1].contains("\"b\"") && reasons[1].contains("22 bytes together"))
            return Receipt(id: "")
        }
        let (_, job) = try await worked(service)
        #expect(job.steps.map(\.name) == ["a", "c"])
    }

    @Test("where recording fails the step throws, and the next attempt goes on from what the store has")
    func lostRecording() async throws {
        for (fault, runs) in [(FaultKind.lostCall, 2), (.lostReply, 1)] {
            let failing = FaultInjectingStore(store)
            failing.failNext(.record, fault)
            let ran = Ran()
            let service = service(on: failing) { context in
                let number = try await context.step("charge") { ran.note("charge") }
                return Receipt(id: "\(number)")
            }
            let (report, job) = try await worked(service)
            #expect(report.retried.count == 1, "\(fault)")
            #expect(ran["charge"] == runs && job.result?.text == #"{"id":"\#(runs)"}"#, "\(fault)")
        }
    }

    @Test func anAttemptThatLostItsLeaseRecordsNothing() async throws {
        let time = time
        let service = service { [ran, store] context in
            if ran.note("attempt") == 1 {
                time.advance(by: .seconds(31))
                _ = try await store.reclaimStalled(Order.queue, maxStalled: 1, limit: 10)
                let error = await #expect(throws: DroverError.self) {
                    try await context.step("charge") { ran.note("charge") }
                }
                #expect(error?.code == .leaseLost)
            }
            let number = try await context.step("charge") { ran.note("charge") }
            return Receipt(id: "\(number)")
        }
        let (_, job) = try await worked(service)
        #expect(job.stalls == 1 && job.state == .completed)
        #expect(job.result?.text == #"{"id":"3"}"#, "the first attempt tried twice, and the second ran the body")
    }

    @Test func anAttemptThatKnowsThatItsLeaseIsGoneBeginsNoStep() async throws {
        let time = time
        let service = service { [ran, store] context in
            if ran.note("attempt") == 1 {
                time.advance(by: .seconds(31))
                _ = try await store.reclaimStalled(Order.queue, maxStalled: 1, limit: 10)
                context.attemptState.stop(.leaseLost)
                for _ in 0..<2 {
                    let error = await #expect(throws: DroverError.self) {
                        try await context.step("charge") { ran.note("charge") }
                    }
                    #expect(error?.code == .leaseLost)
                }
            }
            return Receipt(id: "\(try await context.step("charge") { ran.note("charge") })")
        }
        let (_, job) = try await worked(service)
        #expect(job.state == .completed && job.result?.text == #"{"id":"1"}"# && ran["charge"] == 1)
    }

    @Test func whoeverTakesOverAStalledFirstAttemptGoesOnWithItsSteps() async throws {
        let service = service { [ran] context in
            try await context.step("charge") { Receipt(id: "again \(ran.note("charge"))") }
        }
        let key = try await service.add(Order())
        // A worker that records a step and dies.
        let claim = Claim(limit: 1, lease: .seconds(10), worker: "gone")
        let dead = try await store.exchange(Order.queue, id: ExchangeID("x"), settle: [], claim: claim).claimed[0]
        let step = JobReport.Content.step("charge", result: try JSONText(#"{"id":"first"}"#))
        #expect(try await store.record([JobReport(lease: dead.lease, content: step)]) == [.recorded])
        time.advance(by: .seconds(11))
        #expect(try await store.reclaimStalled(Order.queue, maxStalled: 1, limit: 10).count == 1)
        try await service.drain()
        let job = try await store.job(key)
        #expect(job.attemptsMade == 1 && job.result?.text == #"{"id":"first"}"# && ran["charge"] == 0)
    }

    @Test func aSnoozedJobKeepsItsStepsAndAManualRetryForgetsThemOnlyWithItsAttempts() async throws {
        let service = service { [ran] context in
            let number = try await context.step("charge") { ran.note("charge") }
            if ran.note("attempt") == 1 { throw Snooze(for: .seconds(60)) }
            return Receipt(id: "\(number)")
        }
        let (_, job) = try await worked(service)
        #expect(job.result?.text == #"{"id":"1"}"#)
        for (resets, expected) in [(false, 1), (true, 2)] {
            #expect(try await store.apply([.retry(job.key, resetAttempts: resets)]) == [.done])
            try await service.drain()
            #expect(try await store.job(job.key).result?.text == #"{"id":"\#(expected)"}"#)
        }
    }

    @Test func aStepThatEndsAfterTheWorkerWasToldToStopIsRecordedAndTheJobGivenBack() async throws {
        let store = ReferenceStore()
        // On a clock that stands still the handler is not given up, however long it takes to end.
        let service = makeService(store, ServiceConfiguration(clock: time.clock))
        let inside = Probe<Void>("the step runs")
        service.work(Order.queue, options: WorkerOptions(grace: .zero)) { handlers in
            handlers.on(Order.self) { [ran] _, context in
                let number = try await context.step("charge") {
                    inside.signal()
                    // Goes on whatever comes, as a payment under way does.
                    while !Task.isCancelled { await Task.yield() }
                    return ran.note("charge")
                }
                try Task.checkCancellation()
                return Receipt(id: "\(number)")
            }
        }
        let key = try await service.add(Order())
        try await running(service) { _ = try await inside.wait() }
        let job = try await store.job(key)
        #expect(job.state == .waiting && job.attemptsMade == 0)
        #expect(job.steps.map(\.result.text) == ["1"])
    }

    @Test func aSingleJobIsPerformedWithItsSteps() async throws {
        let service = service { [ran] context in
            try await context.step("mail") { _ = ran.note("mail") }
            return try await context.step("charge") { Receipt(id: "\(ran.note("charge"))") }
        }
        #expect(try await service.perform(Order()) == Receipt(id: "1"))
        #expect(ran["mail"] == 1)
    }
}
