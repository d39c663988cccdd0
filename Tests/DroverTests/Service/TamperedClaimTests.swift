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
    private func service(key number: Int) throws -> JobService { try service([.canary(number, id: "k1")]) }

    private func service(_ keys: [EncryptionKey]) throws -> JobService {
        var settings = ServiceConfiguration(clock: time.clock, wallClock: time.wall)
        settings.encryption = PayloadEncryption(try KeyRing(keys))
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

    @Test("where no payload opens the key is another one: no job fails, however often it is tried")
    func anotherKeyOfTheId() async throws {
        let secret = try service(key: 1)
        let first = try await secret.add(Mail(to: "a"))
        for name in ["b", "c", "d"] { try await secret.add(Mail(to: name)) }
        let wrong = try service(key: 2)
        for limit in [1, 3] {
            let error = await #expect(throws: DroverError.self) {
                try await wrong.claim(from: Mail.queue, limit: limit)
            }
            #expect(error?.code == .unreadable && error?.description.contains("the job \(first) ") == true)
            #expect(try await store.queues().first?.counts == JobCounts([.waiting: 4]))
        }
        let held = try await secret.claim(from: Mail.queue, limit: 4)
        #expect(try held.map { try $0.payload(as: Mail.self).to } == ["a", "b", "c", "d"])
    }

    @Test("what one key opens says nothing of another key", arguments: [1, 100])
    func keyByKey(limit: Int) async throws {
        let (old, new) = (try EncryptionKey.canary(1, id: "k1"), try EncryptionKey.canary(2, id: "k2"))
        try await service([new]).add(Mail(to: "new"))
        for name in ["a", "b"] { try await service([old]).add(Mail(to: name)) }
        let half = try service([new, .canary(3, id: "k1")])
        #expect(try await half.claim(from: Mail.queue, limit: limit).count == 1)
        await #expect(throws: DroverError.self) { try await half.claim(from: Mail.queue, limit: limit) }
        #expect(try await store.queues().first?.counts == JobCounts([.waiting: 2, .active: 1]))
        let held = try await service([new, old]).claim(from: Mail.queue, limit: limit)
        #expect(try held.first?.payload(as: Mail.self).to == "a")
    }

    @Test("a changed payload does not hold up a queue that runs one job at once")
    func oneAtOnce() async throws {
        let secret = try service(key: 1)
        let keys = [try await secret.add(Mail(to: "a")), try await secret.add(Mail(to: "b"))]
        let sealed = try #require(try await store.jobs([keys[1]]).first ?? nil).payload
        _ = try await store.apply([.updatePayload(keys[0], to: try Self.changed(sealed))])
        #expect(try await store.configure([.concurrency(Mail.queue, 1)]) == [.done])
        let held = try await secret.claim(from: Mail.queue)
        #expect(try held.map { try $0.payload(as: Mail.self).to } == ["b"])
        #expect(try await store.jobs([keys[0]]).first??.state == .failed)
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
