import Drover
import DroverTesting
import Synchronization
import Testing

/// Handlers that are given several jobs at once.
@Suite(.timeLimit(.minutes(10))) struct BatchTests {
    struct Mail: JobPayload, Equatable {
        static let name: JobName = "mail"
        static let queue: QueueName = "mails"
        static let options = JobOptions(attempts: 2)
        var to: Int
    }

    struct Square: JobPayload {
        static let name: JobName = "square"
        static let queue: QueueName = "mails"
        typealias Result = Int
        var of: Int
    }

    private struct Bounced: Error {}

    private let store = ReferenceStore()
    private let time = ManualTime()

    private func states(_ state: JobState, in store: (any JobStore)? = nil) async throws -> [String] {
        try await (store ?? self.store).jobs(
            matching: JobQuery(queue: Mail.queue, state: state), page: Page(limit: 100)
        )
        .jobs.map(\.payload.text)
    }

    @Test("jobs that were claimed together are one batch, and each is completed")
    func together() async throws {
        let service = JobService(store: store)
        let sizes = Probe<[Int]>("a batch")
        service.work(Mail.queue, concurrency: 10) { handlers in
            handlers.onBatch(Mail.self, upTo: 4) { batch in sizes.signal(batch.map(\.payload.to)) }
        }
        for number in 0..<10 { try await service.add(Mail(to: number)) }
        try await running(service) {
            let last = JobKey(queue: Mail.queue, id: try JobID("10"))
            _ = try await service.result(of: last, within: .seconds(300))
        }
        #expect(sizes.values.map(\.count) == [4, 4, 2])
        #expect(sizes.values.flatMap(\.self).sorted() == Array(0..<10))
        #expect(try await store.queues().first?.counts[.completed] == 10)
    }

    @Test("each job ends by itself: failed, put off, retried when the handler throws")
    func ends() async throws {
        let service = JobService(store: store)
        let rounds = Mutex(0)
        service.work(Mail.queue, concurrency: 4) { handlers in
            handlers.onBatch(Mail.self, upTo: 4) { batch in
                if rounds.withLock({
                    $0 += 1; return $0
                }) > 1 {
                    return
                }
                for job in batch {
                    switch job.payload.to {
                    case 0: batch.complete(job)
                    case 1: batch.fail(job, Unrecoverable("no such box"))
                    case 2: batch.fail(job, Snooze(for: .seconds(3600)))
                    default: break
                    }
                }
                throw Bounced()
            }
        }
        for number in 0..<4 { try await service.add(Mail(to: number)) }
        try await running(service) {
            let last = JobKey(queue: Mail.queue, id: try JobID("4"))
            _ = try await service.result(of: last, within: .seconds(300))
        }
        #expect(try await states(.completed) == [#"{"to":0}"#, #"{"to":3}"#])
        #expect(try await states(.failed) == [#"{"to":1}"#])
        #expect(try await states(.delayed) == [#"{"to":2}"#])
        let retried = try await store.job(JobKey(queue: Mail.queue, id: try JobID("4")))
        #expect(retried.attemptsMade == 2 && retried.failedReason == "Bounced()")
    }

    @Test("results are returned by job; a job without one fails, and one that was said before keeps its own")
    func results() async throws {
        let service = JobService(store: store)
        service.work(Square.queue, concurrency: 3) { handlers in
            handlers.onBatch(Square.self, upTo: 3) { batch in
                var results: [JobKey: Int] = [:]
                for job in batch where job.payload.of != 2 { results[job.key] = job.payload.of * job.payload.of }
                if let third = batch.first(where: { $0.payload.of == 3 }) {
                    try batch.complete(third, -3)
                    #expect(third.isSettled)
                }
                return results
            }
        }
        let keys = try await [1, 2, 3].async { try await service.add(Square(of: $0)) }
        try await running(service) {
            let first = try await service.result(of: keys[0], as: Int.self, within: .seconds(300))
            let third = try await service.result(of: keys[2], as: Int.self, within: .seconds(300))
            #expect(first == 1 && third == -3)
            await #expect(throws: DroverError.self) { try await service.result(of: keys[1], within: .seconds(300)) }
        }
        #expect(try await store.job(keys[1]).failedReason == "the batch ended without a result of this job")
    }

    @Test("jobs wait for the least number until the time is up")
    func waits() async throws {
        let store = ReferenceStore(clock: time.wall)
        let service = JobService(store: store, configuration: ServiceConfiguration(clock: time.clock))
        let sizes = Probe<Int>("a batch")
        var options = WorkerOptions(lease: .seconds(36_000))
        options.heartbeatInterval = .seconds(36_000)
        service.work(Mail.queue, concurrency: 10, options: options) { handlers in
            handlers.onBatch(Mail.self, upTo: 10, atLeast: 3, within: .seconds(7)) { batch in sizes.signal(batch.count)
            }
        }
        for number in 0..<2 { try await service.add(Mail(to: number)) }
        try await running(service) {
            try await time.clock.waitForSleeper(wakingWithin: .seconds(7))
            try await store.event(in: Mail.queue) { $0.job?.text == "2" && $0.kind == .active }
            #expect(sizes.values.isEmpty)
            time.clock.advance(by: .seconds(7))
            #expect(try await sizes.wait() == [2])
            for number in 2..<5 { try await service.add(Mail(to: number)) }
            #expect(try await sizes.wait(for: 2).last == 3)
            _ = try await store.event(in: Mail.queue) { $0.job?.text == "5" && $0.kind.name == "completed" }
        }
    }

    @Test("only jobs of one group are in a batch")
    func groups() async throws {
        let service = JobService(store: store)
        let seen = Probe<[String?]>("a batch")
        service.work(Mail.queue, concurrency: 6) { handlers in
            handlers.onBatch(Mail.self, upTo: 6, groupedBy: \.group) { batch in seen.signal(batch.map(\.group)) }
        }
        for number in 0..<6 {
            var options = Mail.options
            options.group = ["a", "b", "c"][number % 3]
            try await service.add(Mail(to: number), options: options)
        }
        try await running(service) {
            _ = try await seen.wait(for: 3)
        }
        #expect(seen.values.map { $0.compactMap(\.self).joined() }.sorted() == ["aa", "bb", "cc"])
    }

    @Test("a job that is cancelled while its batch runs ends as cancelled, the others go on")
    func cancelled() async throws {
        let service = JobService(store: store)
        let began = Probe<Bool>("the batch began")
        service.work(Mail.queue, concurrency: 2) { handlers in
            handlers.onBatch(Mail.self, upTo: 2) { batch in
                began.signal(batch.contains(where: \.isStopped))
                // The end of the test's time is the end of this, too.
                while !batch.contains(where: \.isStopped) { await Task.yield() }
            }
        }
        let first = try await service.add(Mail(to: 0))
        let second = try await service.add(Mail(to: 1))
        try await running(service) {
            #expect(try await began.wait() == [false])
            #expect(try await store.apply([.cancel(first)]) == [.requested])
            _ = try await service.result(of: second, within: .seconds(300))
            await #expect(throws: DroverError.self) { try await service.result(of: first, within: .seconds(300)) }
        }
        #expect(try await store.job(second).state == .completed)
    }

    @Test("a batch each of whose jobs is to stop is cancelled")
    func allCancelled() async throws {
        let service = JobService(store: store)
        let began = Probe<Void>("the batch began")
        service.work(Mail.queue, concurrency: 2) { handlers in
            handlers.onBatch(Mail.self, upTo: 2) { batch in
                began.signal()
                try await untilCancelled()
            }
        }
        let keys = [try await service.add(Mail(to: 0)), try await service.add(Mail(to: 1))]
        try await running(service) {
            try await began.wait()
            #expect(try await store.apply(keys.map { .cancel($0) }) == [.requested, .requested])
            for key in keys {
                await #expect(throws: DroverError.self) { try await service.result(of: key, within: .seconds(300)) }
            }
        }
        for key in keys { #expect(try await store.job(key).failedReason == "cancelled") }
    }

    @Test("a shutdown gives jobs back that wait for others, and does not wait for their time")
    func shutdown() async throws {
        let store = ReferenceStore()
        let service = JobService(store: store)
        service.work(Mail.queue, concurrency: 5) { handlers in
            handlers.onBatch(Mail.self, upTo: 5, atLeast: 5, within: .seconds(36_000)) { _ in }
        }
        let key = try await service.add(Mail(to: 0))
        try await running(service) {
            _ = try await store.event(in: Mail.queue) { $0.job == key.id && $0.kind == .active }
        }
        let job = try await store.job(key)
        #expect(job.state == .waiting && job.attemptsMade == 0)
    }

    @Test("a payload that does not decode fails alone")
    func undecodable() async throws {
        let service = JobService(store: store)
        let sizes = Probe<Int>("a batch")
        service.work(Mail.queue, concurrency: 3) { handlers in
            handlers.onBatch(Mail.self, upTo: 3, atLeast: 2, within: .seconds(36_000)) { sizes.signal($0.count) }
        }
        _ = try await store.enqueue(Mail.queue, [NewJob(name: Mail.name, payload: JSONText(#"{"to":"x"}"#))])
        for number in 0..<2 { try await service.add(Mail(to: number)) }
        try await running(service) {
            #expect(try await sizes.wait() == [2])
            _ = try await store.event(in: Mail.queue) { $0.job?.text == "1" && $0.kind.name == "failed" }
        }
    }

    @Test("draining for a test runs each job by itself and waits for nobody")
    func drains() async throws {
        let store = ReferenceStore(clock: time.wall, timer: time.clock)
        let service = JobService(
            store: store, configuration: ServiceConfiguration(clock: time.clock, wallClock: time.wall))
        let sizes = Probe<Int>("a batch")
        service.work(Mail.queue, concurrency: 3) { handlers in
            handlers.onBatch(Mail.self, upTo: 3, atLeast: 3, within: .seconds(60)) { sizes.signal($0.count) }
        }
        for number in 0..<3 { try await service.add(Mail(to: number)) }
        #expect(try await service.drain().completed.count == 3)
        #expect(sizes.values == [1, 1, 1])
    }
}

extension Sequence {
    fileprivate func async<Value>(_ body: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await body(element)) }
        return values
    }
}
