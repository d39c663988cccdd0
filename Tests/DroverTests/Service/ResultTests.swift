import Drover
import DroverTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(10))) struct ResultTests {
    private func worker(_ store: any JobStore) -> JobService {
        let service = makeService(store)
        service.work("q", concurrency: 4) { handlers in
            handlers.otherwise { context in context.payload }
        }
        return service
    }

    private func add(_ store: any JobStore, _ job: NewJob) async throws -> JobKey {
        JobKey(queue: "q", id: try #require(try await store.enqueue("q", [job])[0].id))
    }

    @Test func theResultOfAJobThatHasCompletedBeforeIsThere() async throws {
        let store = ReferenceStore()
        try await running(worker(store)) {
            let key = try await add(store, NewJob(name: "n", payload: try JSONText("[1]")))
            try await store.event(in: "q") { $0.job == key.id && $0.kind.name == "completed" }
            #expect(try await makeService(store).result(of: key, within: .seconds(300)).text == "[1]")
        }
    }

    @Test func theResultOfAJobThatIsRemovedAtOnceComesFromItsEvent() async throws {
        let store = ReferenceStore()
        var options = JobOptions()
        options.completedRetention = .removeAtOnce
        let key = try await add(store, NewJob(name: "n", payload: try JSONText("[2]"), options: options))
        let client = makeService(store)
        let result = Task { try await client.result(of: key, within: .seconds(300)) }
        try await running(worker(store)) {
            let found = try await result.value
            #expect(found.text == "[2]")
            #expect(try await store.jobs([key]) == [nil])
            // Also for one who asks later, as long as the event is kept.
            #expect(try await client.result(of: key, within: .seconds(300)).text == "[2]")
        }
    }

    @Test func anUnknownJobIsNotFound() async throws {
        let key = JobKey(queue: "q", id: try JobID("404"))
        let error = await #expect(throws: DroverError.self) {
            try await makeService(ReferenceStore()).result(of: key, within: .seconds(300))
        }
        #expect(error?.code == .notFound)
    }

    @Test func aJobThatIsRemovedWhileItIsAwaitedHasNoResult() async throws {
        let store = WatchedStore(ReferenceStore())
        let key = try await add(store, NewJob(name: "n", start: .after(.seconds(60))))
        let client = makeService(store)
        async let result = client.result(of: key, within: .seconds(300))
        try await store.following.wait()
        #expect(try await store.apply([.remove(key)]) == [.done])
        do {
            _ = try await result
            Issue.record("there is no result")
        } catch let error as DroverError {
            #expect(error.code == .resultNotKept)
        }
    }

    @Test func aJobThatDoesNotEndInTimeIsTimedOut() async throws {
        let clock = ManualClock()
        let store = ReferenceStore()
        let key = try await add(store, NewJob(name: "n"))
        let client = makeService(store, ServiceConfiguration(clock: clock))
        async let result = client.result(of: key, within: .seconds(10))
        try await clock.waitForSleepers(1)
        clock.advance(by: .seconds(10))
        do {
            _ = try await result
            Issue.record("the job never ran")
        } catch let error as DroverError {
            #expect(error.code == .timedOut)
        }
    }

    @Test func afterAGapInTheEventsTheStateIsReadAgain() async throws {
        let store = WatchedStore(ReferenceStore())
        let key = try await add(store, NewJob(name: "n", payload: try JSONText("[3]")))
        let client = makeService(store)
        store.hide(key.id)
        let result = Task { try await client.result(of: key, within: .seconds(300)) }
        try await store.following.wait()
        try await running(worker(store)) {
            // The events of the job are cut away; the page only says that something is missing.
            let found = try await result.value
            #expect(found.text == "[3]")
        }
    }

    /// A store whose events can't be read, for some calls or for ever.
    private final class TroubledStore: ForwardingStore {
        let base: any JobStore = ReferenceStore()
        let asked = Probe<Void>("events are read")
        private let code: StoreError.Code
        private let failures: Int

        init(_ code: StoreError.Code, failures: Int = .max) {
            self.code = code
            self.failures = failures
        }

        func events(_ query: EventQuery, waitingAtMost wait: Duration) async throws(StoreError) -> EventPage {
            asked.signal()
            if asked.values.count <= failures { throw StoreError(code, "trouble") }
            return try await base.events(query, waitingAtMost: wait)
        }
    }

    @Test func awaitingGoesOnWhenTheStoreIsBack() async throws {
        let store = TroubledStore(.unreachable, failures: 3)
        let key = try await add(store, NewJob(name: "n", payload: try JSONText("[4]")))
        try await running(worker(store.base)) {
            let found = try await makeService(store).result(of: key, within: .seconds(300))
            #expect(found.text == "[4]")
        }
    }

    @Test func aStoreThatStaysAwayIsToldWhenTheTimeIsUp() async throws {
        let clock = ManualClock()
        let store = TroubledStore(.unreachable)
        let key = try await add(store, NewJob(name: "n"))
        let client = makeService(store, ServiceConfiguration(clock: clock))
        let result = Task { try await client.result(of: key, within: .seconds(10)) }
        try await store.asked.wait()
        // The pause before the next read, and the end of the wait.
        try await clock.waitForSleepers(2)
        clock.advance(by: .seconds(10))
        let error = await #expect(throws: StoreError.self) { try await result.value }
        #expect(error?.code == .unreachable)
    }

    @Test func troubleThatWaitingDoesNotMendIsToldAtOnce() async throws {
        let store = TroubledStore(.incompatible)
        let key = try await add(store, NewJob(name: "n"))
        let error = await #expect(throws: StoreError.self) {
            try await makeService(store).result(of: key, within: .seconds(3600))
        }
        #expect(error?.code == .incompatible)
    }

    @Test func awaitingEndsWithItsTask() async throws {
        let store = WatchedStore(ReferenceStore())
        let key = try await add(store, NewJob(name: "n"))
        let client = makeService(store)
        let task = Task { try await client.result(of: key, within: .seconds(300)) }
        try await store.following.wait()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
