import Drover
import DroverTesting
import Testing

/// What adds do where the queue holds as many jobs as it may.
@Suite(.timeLimit(.minutes(10))) struct FullQueueTests {
    /// A queue of one type's jobs that is full, and its clock.
    private struct Full {
        let clock = ManualClock()
        let store = ReferenceStore()
        let service: JobService

        /// Jitter takes nothing away: waits are 10 ms, 20 ms and so on.
        init(_ most: Int = 1, whenFull: WhenFull = .refuse) async throws {
            var configuration = ServiceConfiguration(clock: clock, random: { 1 })
            configuration.whenFull = whenFull
            service = makeService(store, configuration)
            _ = try await store.configure([.maxLength(Note.queue, most)])
            for _ in 0..<most { try await service.add(Note(text: "there")) }
        }

        /// Makes room for some jobs.
        func claim(_ count: Int) async throws {
            let claim = Claim(limit: count, lease: .seconds(3600), worker: "w")
            let id = ExchangeID("\(try await store.queues().first?.counts[.active] ?? 0)")
            #expect(try await store.exchange(Note.queue, id: id, settle: [], claim: claim).claimed.count == count)
        }

        var length: Int { get async throws { try await store.queues().first?.counts.length ?? 0 } }
    }

    @Test("an add to a full queue is refused at once, with words that say what to do")
    func refused() async throws {
        let full = try await Full()
        let error = await #expect(throws: DroverError.self) { try await full.service.add(Note(text: "new")) }
        #expect(error?.code == .queueFull)
        let message = error?.message ?? ""
        for part in ["the queue notes is full", "maximum length 1", "whenFull", "raise"] {
            #expect(message.contains(part), "\(message)")
        }
        #expect(try await full.length == 1)
    }

    @Test("a job that is there is found in a full queue")
    func duplicate() async throws {
        let full = try await Full(2)
        _ = try await full.store.configure([.maxLength(Note.queue, 3)])
        let id = try JobID.custom("mine")
        let first = try await full.service.add(Note(text: ""), id: id)
        #expect(try await full.service.add(Note(text: "again"), id: id) == first)
    }

    @Test("an add that waits is taken when there is room")
    func waits() async throws {
        let full = try await Full()
        async let added = full.service.add(Note(text: "new"), whenFull: .wait(atMost: .seconds(60)))
        for span in [10, 20, 40] {
            try await full.clock.waitForSleeper(wakingWithin: .milliseconds(span))
            #expect(full.clock.nextWakeIn == .milliseconds(span))
            if span == 40 { try await full.claim(1) }
            full.clock.advance(by: .milliseconds(span))
        }
        let job = try await full.store.job(try await added)
        #expect(job.payload.text == #"{"text":"new"}"#)
        #expect(try await full.length == 1)
    }

    @Test("an add that has waited as long as it may is refused")
    func gaveUp() async throws {
        let full = try await Full(whenFull: .wait(atMost: .milliseconds(25)))
        let adding = Task { try await full.service.add(Note(text: "new")) }
        for span in [10, 15] {
            try await full.clock.waitForSleepers(1)
            #expect(full.clock.nextWakeIn == .milliseconds(span))
            full.clock.advance(by: .milliseconds(span))
        }
        let error = await #expect(throws: DroverError.self) { try await adding.value }
        #expect(error?.code == .queueFull)
        #expect(try await full.length == 1)
    }

    @Test("a cancelled task no longer waits, and its job is not stored")
    func cancelled() async throws {
        let full = try await Full()
        let adding = Task { try await full.service.add(Note(text: "new"), whenFull: .wait(atMost: .seconds(60))) }
        try await full.clock.waitForSleepers(1)
        adding.cancel()
        await #expect(throws: CancellationError.self) { try await adding.value }
        try await full.claim(1)
        #expect(try await full.length == 0)
    }

    @Test("of many jobs the first that fit are stored, and the others are told so")
    func many() async throws {
        let full = try await Full(2)
        try await full.claim(1)
        let results = try await full.service.add((0..<3).map { _ in NewJob(name: "n") }, to: Note.queue)
        #expect(results.map(\.isQueueFull) == [false, true, true])
        #expect(results.last == .queueFull(maxLength: 2))
    }

    @Test("more jobs than a queue may hold are stored as it is worked, each once and in order")
    func streamed() async throws {
        let full = try await Full(3)
        let jobs = (0..<20).map { NewJob(name: "n", payload: JSONText(trusted: "\($0)")) }
        let adding = Task { try await full.service.add(jobs, to: Note.queue, whenFull: .wait(atMost: .seconds(3600))) }
        // Each time some find room the waits are short again.
        for _ in 0..<6 {
            try await full.clock.waitForSleeper(wakingWithin: .milliseconds(10))
            try await full.claim(3)
            full.clock.advance(by: .milliseconds(10))
        }
        try await full.clock.waitForSleeper(wakingWithin: .milliseconds(10))
        try await full.claim(3)
        full.clock.advance(by: .milliseconds(10))
        let results = try await adding.value
        #expect(Set(results.compactMap(\.id)).count == 20)
        let stored = try await full.store.jobs(results.compactMap(\.id).map { JobKey(queue: Note.queue, id: $0) })
        #expect(stored.map { $0?.payload.text } == (0..<20).map { "\($0)" })
        #expect(try await full.length == 2)
    }

    @Test("a cancelled add of many tells what was stored")
    func cancelledMany() async throws {
        let full = try await Full(2)
        try await full.claim(1)
        let jobs = (0..<3).map { _ in NewJob(name: "n") }
        let adding = Task { try await full.service.add(jobs, to: Note.queue, whenFull: .wait(atMost: .seconds(60))) }
        try await full.clock.waitForSleepers(1)
        adding.cancel()
        #expect(try await adding.value.map(\.isQueueFull) == [false, true, true])
        #expect(try await full.length == 2)
    }

    @Test("trouble with the store ends the wait")
    func trouble() async throws {
        let clock = ManualClock()
        let store = FaultInjectingStore(ReferenceStore())
        let service = makeService(store, ServiceConfiguration(clock: clock, random: { 1 }))
        _ = try await store.configure([.maxLength(Note.queue, 1)])
        try await service.add(Note(text: "there"))
        let adding = Task { try await service.add(Note(text: "new"), whenFull: .wait(atMost: .seconds(60))) }
        try await clock.waitForSleepers(1)
        store.failNext(.enqueue, .lostCall)
        clock.advance(by: .milliseconds(10))
        await #expect(throws: StoreError.self) { try await adding.value }
    }

    @Test("trouble amid many jobs tells how many were stored")
    func troubleAmidMany() async throws {
        let clock = ManualClock()
        let store = FaultInjectingStore(ReferenceStore())
        let service = makeService(store, ServiceConfiguration(clock: clock, random: { 1 }))
        _ = try await store.configure([.maxLength(Note.queue, 2)])
        let jobs = (0..<600).map { _ in NewJob(name: "n", payload: .emptyObject) }
        let adding = Task { try await service.add(jobs, to: Note.queue, whenFull: .wait(atMost: .seconds(60))) }
        try await clock.waitForSleepers(1)
        store.failNext(.enqueue, .lostCall)
        clock.advance(by: .milliseconds(10))
        let error = await #expect(throws: StoreError.self) { try await adding.value }
        #expect(error?.message.hasSuffix("; 2 of 600 jobs had been stored before") == true)
    }

    @Test("a queue without a bound is asked once, whatever the add would do")
    func unbounded() async throws {
        let full = try await Full()
        _ = try await full.store.configure([.maxLength(Note.queue, nil)])
        try await full.service.add(Note(text: "new"), whenFull: .wait(atMost: .seconds(60)))
        #expect(full.clock.sleeperCount == 0)
        #expect(try await full.length == 2)
    }
}
