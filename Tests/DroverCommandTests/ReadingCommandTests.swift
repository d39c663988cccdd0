import DroverCore
import DroverTesting
import Testing

@testable import DroverCommand

/// One reading command and the name of its snapshot.
struct Reading: Sendable, CustomTestStringConvertible {
    var name: String
    var arguments: [String]
    var status = ExitStatus.done
    var testDescription: String { name }

    static let all: [Reading] = [
        Reading(name: "queues", arguments: ["queues"]),
        Reading(name: "queues-json", arguments: ["queues", "--json"]),
        Reading(name: "workers", arguments: ["workers"]),
        Reading(name: "workers-json", arguments: ["workers", "--json"]),
        Reading(name: "jobs-waiting", arguments: ["jobs", "--queue", "mail"]),
        Reading(name: "jobs-page", arguments: ["jobs", "--queue", "mail", "--state", "prioritized", "--limit", "1"]),
        Reading(name: "jobs-delayed", arguments: ["jobs", "--queue", "mail", "--state", "delayed"]),
        Reading(name: "jobs-active", arguments: ["jobs", "--queue", "mail", "--state", "active"]),
        Reading(name: "jobs-completed", arguments: ["jobs", "--queue", "mail", "--state", "completed"]),
        Reading(name: "jobs-failed", arguments: ["jobs", "--queue", "mail", "--state", "failed"]),
        Reading(
            name: "jobs-failed-json",
            arguments: ["jobs", "--queue", "mail", "--state", "failed", "--order", "desc", "--json"]),
        Reading(name: "jobs-none", arguments: ["jobs", "--queue", "nowhere"]),
        Reading(name: "job-completed", arguments: ["job", "--queue", "mail", "good"]),
        Reading(name: "job-failed", arguments: ["job", "--queue", "mail", "bad"]),
        Reading(name: "job-failed-json", arguments: ["job", "--queue", "mail", "bad", "--json"]),
        Reading(name: "job-active", arguments: ["job", "--queue", "mail", "busy"]),
        Reading(name: "job-unknown", arguments: ["job", "--queue", "mail", "nobody"], status: .notFound),
        Reading(name: "events", arguments: ["events", "--queue", "mail"]),
        Reading(name: "events-json", arguments: ["events", "--queue", "mail", "--json"]),
        Reading(name: "doctor", arguments: ["doctor"], status: .failed),
        Reading(name: "doctor-json", arguments: ["doctor", "--json"], status: .failed),
    ]
}

@Suite struct ReadingCommandTests {
    @Test("every reading command prints as its snapshot", arguments: Reading.all)
    func prints(_ reading: Reading) async throws {
        let store = try await SeededStore.make()
        let transcript = Transcript()
        let status = await DroverTool.run(reading.arguments, in: transcript.session(on: store))
        #expect(status == reading.status)
        try expectSnapshot(transcript.all, named: reading.name)
    }

    @Test("a list goes on behind the cursor that it printed, to its end")
    func pages() async throws {
        let store = try await SeededStore.make()
        var seen: [String] = []
        var after: String?
        repeat {
            let transcript = Transcript()
            let more = after.map { ["--after", $0] } ?? []
            let arguments = ["jobs", "--queue", "mail", "--state", "prioritized", "--limit", "1", "--json"] + more
            #expect(await DroverTool.run(arguments, in: transcript.session(on: store)) == .done)
            let page = try Parsed(transcript.results)
            seen += page.objects("jobs").compactMap { $0.string("id") }
            after = page.string("next")
        } while after != nil
        #expect(seen == ["first", "second"])
    }

    @Test("payloads and results are printed byte for byte")
    func bytes() async throws {
        let store = try await SeededStore.make()
        let (_, transcript) = await drover("job", "--queue", "mail", "good", "--json", on: store)
        #expect(transcript.results.contains(#""payload":{"user": 9007199254740993}"#))
        #expect(transcript.results.contains(#""result":{"sent": true}"#))
    }

    @Test("a store where nothing is wrong is healthy")
    func healthy() async throws {
        let store = ReferenceStore()
        let (status, transcript) = await drover("doctor", on: store)
        #expect(status == .done)
        #expect(transcript.results.contains("All is well."))
    }
}
