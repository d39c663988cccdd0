import Drover
import DroverTesting
import Testing

/// Claims by hand of jobs whose payloads do not open though their key is here.
@Suite(.timeLimit(.minutes(10))) struct TamperedClaimTests {
    private struct Mail: JobPayload, Equatable {
        static let name: JobName = "mail"
        static let queue: QueueName = "mails"
        var to: String
    }

    private let time = ManualTime()
    private let store: ReferenceStore

    init() { store = ReferenceStore(clock: time.wall, timer: time.clock) }

    /// A service with a key of this number, always of the same id.
    private func service(key number: Int) throws -> JobService {
        var settings = ServiceConfiguration(clock: time.clock, wallClock: time.wall)
        settings.encryption = PayloadEncryption(try KeyRing([.canary(number, id: "k1")]))
        return JobService(store: store, configuration: settings)
    }

    @Test("a payload that was changed fails its job for good, and others are handed out")
    func tampered() async throws {
        let secret = try service(key: 1)
        let changed = try await secret.add(Mail(to: "a"), options: JobOptions(attempts: 5))
        try await secret.add(Mail(to: "b"))
        let other = try await secret.add(Mail(to: "c"), delay: .seconds(900))
        let sealed = try #require(try await store.jobs([other]).first ?? nil).payload
        _ = try await store.apply([.updatePayload(changed, to: try Self.changed(sealed))])
        let held = try await secret.claim(from: Mail.queue)
        #expect(try held.map { try $0.payload(as: Mail.self).to } == ["b"])
        let job = try #require(try await store.jobs([changed]).first ?? nil)
        #expect(job.state == .failed && job.attemptsMade == 1)
        #expect(job.failedReason?.contains("does not open with key \"k1\"") == true, "\(job.failedReason ?? "")")
    }

    @Test("where no payload opens the key is another one: one job fails, and the others stay")
    func anotherKeyOfTheId() async throws {
        let secret = try service(key: 1)
        for name in ["a", "b", "c", "d"] { try await secret.add(Mail(to: name)) }
        let wrong = try service(key: 2)
        let error = await #expect(throws: DroverError.self) { try await wrong.claim(from: Mail.queue) }
        #expect(error?.code == .unreadable)
        #expect(try await store.queues().first?.counts == JobCounts([.waiting: 3, .failed: 1]))
        let held = try await secret.claim(from: Mail.queue, limit: 4)
        #expect(try held.map { try $0.payload(as: Mail.self).to } == ["b", "c", "d"])
    }

    /// A sealed payload with another first letter of its ciphertext.
    private static func changed(_ payload: JSONText) throws -> JSONText {
        let mark = #""data":""#
        let start = try #require(payload.text.ranges(of: mark).first?.upperBound)
        var text = payload.text
        let other: Character = text[start] == "A" ? "B" : "A"
        text.replaceSubrange(start...start, with: String(other))
        return try JSONText(text)
    }
}
