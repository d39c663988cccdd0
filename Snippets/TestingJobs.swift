import Drover
import DroverTesting
import Testing

struct SendWelcome: JobPayload, Equatable {
    static let name: JobName = "welcome"
    static let queue: QueueName = "email"
    static let options = JobOptions(attempts: 3, backoff: .exponential(base: .seconds(2)))

    typealias Result = String
    var userID: String
}

struct SendDigest: JobPayload {
    static let name: JobName = "digest"
    static let queue: QueueName = "email"
}

struct Unreachable: Error {}

// snippet.program
/// What the program and its tests share: the handlers, on any store.
func emailJobs(on store: any JobStore, _ configuration: ServiceConfiguration = ServiceConfiguration()) -> JobService {
    let jobs = JobService(store: store, configuration: configuration)
    jobs.work("email", concurrency: 5) { handlers in
        handlers.on(SendWelcome.self) { welcome, context in
            if welcome.userID.isEmpty { throw Unrecoverable("no user") }
            if welcome.userID == "slow", context.attempt < 3 { throw Unreachable() }
            return "sent to \(welcome.userID)"
        }
        handlers.on(SendDigest.self) { _, _ in }
    }
    return jobs
}

func signUp(_ user: String, _ jobs: JobService) async throws {
    try await jobs.add(SendWelcome(userID: user), delay: .seconds(3600))
}
// snippet.end

struct EmailTests {
    // snippet.perform
    @Test func welcomesAUser() async throws {
        let jobs = emailJobs(on: ReferenceStore())
        #expect(try await jobs.perform(SendWelcome(userID: "42")) == "sent to 42")
        await #expect(throws: PerformFailure.self) { try await jobs.perform(SendWelcome(userID: "")) }
    }
    // snippet.end

    // snippet.enqueued
    @Test func aSignUpEnqueuesAWelcome() async throws {
        let jobs = emailJobs(on: ReferenceStore())
        try await signUp("42", jobs)
        try await jobs.expectEnqueued(SendWelcome(userID: "42"))
        try await jobs.expectNoneEnqueued(SendDigest.self)
    }
    // snippet.end

    // snippet.drain
    @Test func aRunCompletes() async throws {
        let jobs = emailJobs(on: ReferenceStore())
        try await jobs.add(SendWelcome(userID: "42"))
        let report = try await jobs.drain()
        #expect(report.completed.count == 1)
        #expect(report.failed.isEmpty)
    }
    // snippet.end

    // snippet.time
    @Test func aSlowServerIsTriedAgain() async throws {
        let time = ManualTime()
        let store = ReferenceStore(clock: time.wall, timer: time.clock)
        let jobs = emailJobs(on: store, ServiceConfiguration(clock: time.clock, wallClock: time.wall))
        try await jobs.add(SendWelcome(userID: "slow"))
        let report = try await jobs.drain(advancing: time, by: .seconds(60))
        #expect(report.retried.count == 2)
        #expect(report.completed.count == 1)
    }

    @Test func aYearOfDigests() async throws {
        let time = ManualTime()
        let store = ReferenceStore(clock: time.wall, timer: time.clock)
        let jobs = emailJobs(on: store, ServiceConfiguration(clock: time.clock, wallClock: time.wall))
        jobs.schedule("digest", cron: "0 6 * * *", timeZone: "America/Toronto") { SendDigest() }
        let year = try await jobs.drain(advancing: time, by: .seconds(365 * 86_400))
        #expect(year.completed.count == 365)
    }
    // snippet.end

    // snippet.faults
    @Test func aLostAnswerLosesNoJob() async throws {
        let store = FaultInjectingStore(ReferenceStore())
        store.failNext(.enqueue, .lostReply)
        let jobs = emailJobs(on: store)
        let id = try JobID("welcome-42")
        await #expect(throws: StoreError.self) { try await jobs.add(SendWelcome(userID: "42"), id: id) }
        try await jobs.add(SendWelcome(userID: "42"), id: id)  // the same id: the job that is there stays
        #expect(try await jobs.drain().completed.count == 1)
    }
    // snippet.end
}
