import Drover
import DroverCore
import DroverTesting
import Foundation
import Synchronization
import Testing

@testable import DroverCommand

/// `drover reencrypt` where something is in its way, and where its keys come from.
@Suite("Trouble on the way of encrypting anew", .timeLimit(.minutes(10)))
struct ReencryptTroubleTests {
    private let base = ReferenceStore()
    private let folder: TemporaryFolder
    private var place: Reencrypting { Reencrypting(store: base, url: "") }

    init() throws { folder = try TemporaryFolder() }

    private func reencrypt(
        _ arguments: String..., on store: (any JobStore)? = nil, environment: [String: String], terminal: Bool = false
    ) async -> (status: DroverCommand.ExitStatus, transcript: Transcript) {
        let transcript = Transcript()
        var session = transcript.session(on: store ?? base, environment: environment)
        if terminal {
            session.output = Output(
                notesGoToTerminal: true, result: { transcript.output.part($0) }, note: { transcript.output.ask($0) })
        }
        let status = await DroverTool.run(["reencrypt"] + arguments, in: session)
        #expect(Canary.traces(in: transcript.all.utf8).isEmpty)
        return (status, transcript)
    }

    private func keys(_ text: String) -> [String: String] { ["DROVER_ENCRYPTION_KEYS": text] }

    private func payloads(_ queue: QueueName) async throws -> [[String]] {
        try await place.jobs(queue).map { StoredValue($0.payload).keys }
    }

    @Test("without keys, or with two sources of them, nothing is tried")
    func sources() async throws {
        let none = await reencrypt(environment: [:])
        #expect(none.status == .usage)
        #expect(none.transcript.notes.contains("no keys to encrypt with; name their file by --encryption-keys"))
        let both = await reencrypt("--config", "a", "--encryption-keys", "b", environment: [:])
        #expect(both.status == .usage && both.transcript.notes.contains("give one of them"))
        let profile = await reencrypt("--profile", "production", environment: keys(place.text(1)))
        #expect(profile.status == .usage && profile.transcript.notes.contains("--config"))
        let gone = await reencrypt("--config", folder.path("none.yaml"), environment: [:])
        #expect(gone.status == .usage && gone.transcript.notes.contains("can't be opened"), "\(gone.transcript.notes)")
        let keyless = folder.path("keyless.yaml")
        try Data("queues:\n  cards: {handler: noop}\n".utf8).write(to: URL(filePath: keyless))
        let bare = await reencrypt("--config", keyless, environment: [:])
        #expect(bare.status == .usage && bare.transcript.notes.contains("name them under encryption.keys"))
    }

    @Test("a file of keys does what the variable does")
    func file() async throws {
        _ = try await place.add("{\"n\":1}", to: "cards", 1)
        let file = folder.path("keys")
        try Data("\(place.text(2))\n\(place.text(1))\n".utf8).write(to: URL(filePath: file))
        #expect(await reencrypt("--encryption-keys", file, environment: [:]).status == .done)
        #expect(try await payloads("cards") == [["k2"]])
    }

    @Test("by a configuration the keys are those of drover serve, and what is plain is encrypted where it says so")
    func configuration() async throws {
        _ = try await place.add("{\"n\":1}", to: "cards", 1)
        for queue in ["cards", "letters"] as [QueueName] {
            let job = NewJob(name: "pay", payload: try JSONText(#"{"card":{"number":"4"},"n":1}"#))
            _ = try await base.enqueue(queue, [job])
        }
        for number in [1, 2] {
            try Data(Data(Canary.key(number)).base64EncodedString().utf8).write(
                to: URL(filePath: folder.path("k\(number)")))
        }
        let file = folder.path("drover.yaml")
        let yaml = """
            encryption:
              keys:
                k1: {file: \(folder.path("k1"))}
                k2: {file: \(folder.path("k2"))}
              current: k2
            queues:
              cards: {handler: noop, encrypt: [card.number]}
              letters: {handler: noop}
            """
        try Data(yaml.utf8).write(to: URL(filePath: file))
        let (status, transcript) = await reencrypt("--config", file, environment: [:])
        #expect(status == .done, "\(transcript.notes)")
        #expect(transcript.results.hasPrefix("cards: 2 jobs encrypted anew\nletters: 0 jobs encrypted anew, 1 plain\n"))
        #expect(try await payloads("cards") == [["k2"], ["k2"]])
        #expect(try await place.jobs("cards")[1].payload.text.hasSuffix(#"},"n":1}"#))
        #expect(try await payloads("letters") == [[]])
        #expect(
            await reencrypt("--config", file, environment: [:]).transcript.results.hasPrefix(
                "cards: 0 jobs encrypted anew, 2 current"))
    }

    @Test("a store that fails on the way is told with what was done; the same command goes on")
    func failing() async throws {
        for _ in 0..<450 { _ = try await place.add("{\"n\":1}", to: "cards", 1) }
        let (status, transcript) = await reencrypt(on: ThirdApplyFails(base), environment: keys(place.text(2, 1)))
        #expect(status == .storeUnreachable)
        #expect(
            transcript.notes.contains("400 payloads encrypted anew; the same command goes on from here"),
            "\(transcript.notes)")
        let (again, rest) = await reencrypt(environment: keys(place.text(2, 1)))
        #expect(again == .done)
        #expect(rest.results.hasPrefix("cards: 50 jobs encrypted anew, 400 current already\n"), "\(rest.results)")
    }

    @Test("where producers go on with the older key it ends, and says so")
    func endless() async throws {
        _ = try await place.add("{\"n\":1}", to: "cards", 1)
        let busy = BusyStore(base, beforeJobs: { [place] in _ = try await place.add("{\"n\":1}", to: "cards", 1) })
        let (status, transcript) = await reencrypt("--json", on: busy, environment: keys(place.text(2, 1)))
        #expect(status == .failed)
        #expect(
            transcript.notes.contains("not encrypted with key \"k2\" go on coming in: let every producer"),
            "\(transcript.notes)")
        #expect(try Parsed(transcript.results).bool("complete") == false)
    }

    @Test("on a terminal it draws its progress")
    func progress() async throws {
        _ = try await place.add("{\"n\":1}", to: "cards", 1)
        let shown = await reencrypt(environment: keys(place.text(2, 1)), terminal: true).transcript.notes
        #expect(shown.contains("looked at"), "\(shown)")
        let other = await reencrypt(environment: keys(place.text(2, 1))).transcript.notes
        #expect(!other.contains("looked at"))
    }

    @Test("a schedule that can't be read is told by its id, beside the job by which it goes on")
    func schedules() async throws {
        let key = ScheduleKey(queue: "cards", id: try ScheduleID("lost"))
        let schedule = Schedule(
            key: key, timing: .every(.seconds(3600)), name: "pay", payload: try JSONText("{\"n\":1}"))
        try await place.service([3]).put(schedule)
        let (status, transcript) = await reencrypt("--json", environment: keys(place.text(2, 1)))
        #expect(status == .failed)
        #expect(transcript.notes.contains("remove takes jobs away"), "\(transcript.notes)")
        let problems = try Parsed(transcript.results).objects("problems")
        #expect(problems.compactMap { $0.string("schedule") } == ["lost"])
        #expect(problems.count == 2 && problems.contains { $0.string("job")?.hasPrefix("repeat:lost:") == true })
        #expect(!transcript.notes.contains("have ended stay"))
    }
}

/// A store that fails the third time that jobs are changed.
private final class ThirdApplyFails: ForwardingStore {
    let base: any JobStore
    private let calls = Mutex(0)

    init(_ base: any JobStore) { self.base = base }

    func apply(_ commands: [JobCommand]) async throws(StoreError) -> [CommandResult] {
        let number = calls.withLock { count in
            count += 1
            return count
        }
        if number == 3 { throw StoreError(.unreachable, "the line is down") }
        return try await base.apply(commands)
    }
}
