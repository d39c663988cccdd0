import Drover
import DroverCore
import DroverTesting
import Foundation
import Testing

@testable import DroverCommand

@Suite(.timeLimit(.minutes(10))) struct EncryptionCommandTests {
    private let store = ReferenceStore()
    private let secret = Canary.text(5)
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func text(_ numbers: Int...) -> String {
        numbers.map { "k\($0):\(Data(Canary.key($0)).base64EncodedString())" }.joined(separator: ",")
    }

    /// Runs a command with keys in its environment.
    private func drover(
        _ arguments: String..., keys: String? = nil, more: [String: String] = [:]
    ) async -> (status: DroverCommand.ExitStatus, transcript: Transcript) {
        let transcript = Transcript()
        var environment = more
        environment["DROVER_ENCRYPTION_KEYS"] = keys
        let session = transcript.session(on: store, environment: environment)
        return (await DroverTool.run(arguments, in: session), transcript)
    }

    private func record(_ id: String = "1") async throws -> JobRecord {
        try #require(try await store.jobs([JobKey(queue: "cards", id: JobID(id))])[0])
    }

    private var data: String { "{\"card\":{\"number\":\"\(secret)\"},\"n\":1}" }

    private func isClean(_ text: String) -> Bool { Canary.traces(in: text.utf8).isEmpty }

    @Test("without the key claim says so and spends no attempt; renew and settle do without")
    func byHand() async throws {
        let add = await drover("add", "--queue", "cards", "n", "--data", data, "--attempts", "2", keys: text(1))
        #expect(add.status == .done, "\(add.transcript.notes)")
        for keys in [nil, text(2)] {
            let claim = await drover("claim", "--queue", "cards", keys: keys)
            #expect(claim.status == .failed && claim.transcript.results.isEmpty)
            #expect(claim.transcript.notes.contains("the job cards/1 was not claimed"))
            #expect(claim.transcript.notes.contains("key \"k1\""))
            let job = try await record()
            #expect(job.state == .waiting && job.attemptsMade == 0)
        }
        let claim = await drover("claim", "--queue", "cards", keys: text(1))
        let line = try JSONSerialization.jsonObject(with: Data(claim.transcript.results.utf8)) as? [String: Any]
        let token = try #require(line?["token"] as? String)
        #expect(await drover("renew", token).transcript.results == "held\n")
        let open = await drover("settle", token, "completed", "--result", "1")
        #expect(open.status == .failed && open.transcript.notes.contains("there is no key"))
        let settled = await drover("settle", token, "failed", "--reason", "no box", "--final")
        #expect(settled.status == .done, "\(settled.transcript.notes)")
        #expect(try await record().failedReason == "no box")
    }

    @Test("with keys, add encrypts the whole payload, named parts, or nothing")
    func adds() async throws {
        let whole = await drover("add", "--queue", "cards", "pay", "--data", data, keys: text(1))
        #expect(whole.status == .done)
        let first = try await record("1")
        #expect(first.payload.text.hasPrefix(#"{"$drover":"encrypted:1","key":"k1""#) && isClean("\(first)"))
        _ = await drover("add", "--queue", "cards", "pay", "--data", data, "--encrypt", "card.number", keys: text(2, 1))
        let second = try await record("2")
        #expect(isClean("\(second)") && StoredValue(second.payload).keys == ["k2"])
        #expect(second.payload.text.hasSuffix(#","n":1}"#))
        _ = await drover("add", "--queue", "cards", "pay", "--data", "{\"n\":1}", "--plain", keys: text(1))
        #expect(try await record("3").payload.text == "{\"n\":1}")
        let keyless = await drover("add", "--queue", "cards", "pay", "--encrypt", "a")
        #expect(keyless.status == .usage && keyless.transcript.notes.contains("there is no key"))
        let both = await drover("add", "--queue", "cards", "pay", "--encrypt", "a", "--plain", keys: text(1))
        #expect(both.status == .usage)
        let path = await drover("add", "--queue", "cards", "pay", "--encrypt", "a..b", keys: text(1))
        #expect(path.status == .usage && path.transcript.notes.contains("a name is missing"))
    }

    @Test("job names the key and shows no content, unless it is asked with the keys")
    func shows() async throws {
        _ = await drover("add", "--queue", "cards", "pay", "--data", data, "--encrypt", "card.number", keys: text(1))
        let people = await drover("job", "--queue", "cards", "1", keys: text(1)).transcript.results
        #expect(people.contains(#"{"card":{"number":"encrypted with key k1"},"n":1}"#) && isClean(people))
        let json = await drover("job", "--queue", "cards", "1", "--json", keys: text(1)).transcript.results
        #expect(json.contains(#""encryptedWith":["k1"]"#) && isClean(json))
        _ = try Parsed(json)
        for arguments in [["--decrypt"], ["--decrypt", "--json"]] {
            let transcript = Transcript()
            let session = transcript.session(on: store, environment: ["DROVER_ENCRYPTION_KEYS": text(1)])
            let status = await DroverTool.run(["job", "--queue", "cards", "1"] + arguments, in: session)
            let isShown = transcript.results.contains(secret)
            #expect(status == .done && isShown)
        }
        let keyless = await drover("job", "--queue", "cards", "1", "--decrypt")
        #expect(keyless.status == .usage && keyless.transcript.notes.contains("no keys to decrypt with"))
        let other = await drover("job", "--queue", "cards", "1", "--decrypt", keys: text(2))
        #expect(other.status == .failed && other.transcript.notes.contains("encrypted with key \"k1\""))
    }

    @Test("job shows what steps recorded, and of what is encrypted the key unless it is asked")
    func showsSteps() async throws {
        _ = await drover("add", "--queue", "cards", "pay", "--data", data, keys: text(1))
        var configuration = ServiceConfiguration()
        configuration.encryption = PayloadEncryption(try KeyRing(parsing: text(1)))
        let service = JobService(store: store, configuration: configuration)
        service.work("cards") { [secret] handlers in
            handlers.otherwise { context in
                try await context.step("charge") { secret }
                try await context.step("mail") {}
                return .null
            }
        }
        try await service.drain()
        let people = await drover("job", "--queue", "cards", "1").transcript.results
        #expect(people.contains("steps (2):\n  charge  ") && people.contains("  \"encrypted with key k1\"\n  mail    "))
        let json = await drover("job", "--queue", "cards", "1", "--json").transcript.results
        #expect(json.contains(#""steps":[{"name":"charge","recordedAt":"#) && isClean(people) && isClean(json))
        for arguments in [[], ["--json"]] {
            let transcript = Transcript()
            let session = transcript.session(on: store, environment: ["DROVER_ENCRYPTION_KEYS": text(1)])
            _ = await DroverTool.run(["job", "--queue", "cards", "1", "--decrypt"] + arguments, in: session)
            let isShown = transcript.results.contains(secret)
            #expect(isShown)
        }
    }

    @Test("handlers of work get the plain payload, their result is encrypted, and add --wait opens it")
    func works() async throws {
        _ = await drover("add", "--queue", "cards", "--data", data, "--id", "a", "pay", keys: text(1))
        let file = folder.path("keys")
        try Data("# keys\n\(text(2, 1).replacing(",", with: "\n"))\n".utf8).write(to: URL(filePath: file))
        let status = await drover(
            "work", "--queue", "cards", "--handler", "exec:cat", "--limit", "1", "--encryption-keys", file
        ).status
        #expect(status == .done)
        let job = try await record("a")
        #expect(job.state == .completed && isClean("\(job)"))
        #expect(StoredValue(try #require(job.result)).keys == ["k2"])
        // The job is there, and has ended: adding it again waits for nothing and shows its result.
        let able = await drover("add", "--queue", "cards", "pay", "--id", "a", "--wait", keys: text(2, 1)).transcript
            .results
        let isShown = able == data + "\n"
        #expect(isShown)
        let keyless = await drover("add", "--queue", "cards", "pay", "--id", "a", "--wait")
        #expect(keyless.status == .failed && isClean(keyless.transcript.all))
        #expect(keyless.transcript.notes.contains("key \"k2\", which this program does not have"))
    }

    @Test("a worker without the key fails the job with advice, and keeps it")
    func missing() async throws {
        _ = await drover("add", "--queue", "cards", "pay", "--data", data, "--keep-failed", "none", keys: text(1))
        let (status, transcript) = await drover("work", "--queue", "cards", "--handler", "echo", "--limit", "1")
        #expect(status == .done && isClean(transcript.all))
        let job = try await record()
        #expect(job.state == .failed)
        #expect(job.failedReason?.contains("key \"k1\", which this worker does not have; add it to its keys") == true)
    }

    @Test(
        "keys that can't be used are refused, and not repeated",
        arguments: ["k1:c2hvcnQ=", "k1", "a b:x", "k1:\u{1F511}"])
    func refused(_ keys: String) async throws {
        let (status, transcript) = await drover("add", "--queue", "cards", "pay", keys: keys)
        #expect(status == .usage)
        #expect(transcript.notes.contains("DROVER_ENCRYPTION_KEYS has no keys that can be used"))
        #expect(!transcript.notes.contains("c2hvcnQ=") && !transcript.notes.contains("\u{1F511}"))
        #expect(try await store.queues().isEmpty)
    }

    @Test("files of keys that are not there, or are none, are told")
    func files() async throws {
        let gone = await drover(
            "add", "--queue", "cards", "pay", more: ["DROVER_ENCRYPTION_KEYS_FILE": "/nowhere/keys"])
        #expect(gone.status == .usage && gone.transcript.notes.contains("/nowhere/keys can't be opened"))
        let both = await drover(
            "add", "--queue", "cards", "pay", keys: text(1), more: ["DROVER_ENCRYPTION_KEYS_FILE": "/nowhere/keys"])
        #expect(both.status == .usage && both.transcript.notes.contains("both set"))
    }

    @Test("a schedule's payload is encrypted too")
    func schedules() async throws {
        let status = await drover(
            "schedule", "put", "s", "--queue", "cards", "--name", "pay", "--every", "1h", "--data", data, keys: text(1)
        ).status
        let record = try #require(
            try await store.schedules(ScheduleQuery(queue: "cards"), page: Page()).schedules.first)
        #expect(status == .done && isClean("\(record)") && StoredValue(record.schedule.payload).keys == ["k1"])
    }
}
