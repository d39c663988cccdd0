import DroverCore
import DroverTesting
import Foundation
import ProcessTesting
import Testing

@testable import DroverCommand

/// `drover claim`, `renew` and `settle`.
@Suite(.timeLimit(.minutes(10))) struct HandCommandTests {
    private let store = ReferenceStore()

    private func members(_ text: String) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func claim(_ words: String...) async throws -> [String: Any] {
        let (status, transcript) = await drover(["claim", "--queue", "q"] + words, on: store)
        #expect(status == .done, "\(transcript.notes)")
        return try members(transcript.results)
    }

    private func add(_ words: String...) async { _ = await drover(["add", "--queue", "q", "n"] + words, on: store) }

    private func job(_ id: String = "1") async throws -> JobRecord {
        try #require(try await store.jobs([JobKey(queue: "q", id: JobID(id))])[0])
    }

    @Test("a job is claimed, renewed and completed by its token")
    func completes() async throws {
        await add("--data", #"{"n":9007199254740993}"#)
        let claimed = try await claim("--lease", "10m", "--worker", "me")
        #expect(claimed["id"] as? String == "1" && claimed["leaseMs"] as? Int == 600_000)
        #expect(claimed["state"] as? String == "active" && claimed["worker"] as? String == "me")
        let token = try #require(claimed["token"] as? String)
        let renewed = await drover("renew", token, on: store)
        #expect(renewed.status == .done && renewed.transcript.results == "held\n")
        let settled = await drover("settle", token, "completed", "--result", #"{"sent":[]}"#, on: store)
        #expect(settled.status == .done, "\(settled.transcript.notes)")
        #expect(settled.transcript.notes.contains("completed") && settled.transcript.results.isEmpty)
        #expect(try await job().state == .completed)
        #expect(try await job().result?.text == #"{"sent":[]}"#)
        let again = await drover("settle", token, "completed", on: store)
        #expect(again.status == .failed && again.transcript.notes.contains("not held under this token"))
        #expect(await drover("renew", token, on: store).status == .failed)
    }

    @Test("a job that waits for a child does not complete: it fails, and the exit status is 1")
    func completesTooEarly() async throws {
        await add()
        let token = try #require(try await claim()["token"] as? String)
        let child = NewJob(name: "c", parent: JobParent(JobKey(queue: "q", id: try JobID("1"))))
        #expect(try await store.enqueue("others", [child]).first?.problem == nil)
        let settled = await drover("settle", token, "completed", on: store)
        #expect(settled.status == .failed)
        #expect(
            settled.transcript.notes.contains(
                "q/1 did not complete, and has failed: Job 1 has pending dependencies"), "\(settled.transcript.notes)")
        #expect(try await job().state == .failed)
    }

    @Test("a worker without a name is refused")
    func namelessWorker() async throws {
        await add()
        let (status, transcript) = await drover("claim", "--queue", "q", "--worker", "", on: store)
        #expect(status == .usage && transcript.notes.contains("--worker: give a name"), "\(transcript.notes)")
        #expect(try await job().state == .waiting)
    }

    @Test("a result may stand in a file or on standard input")
    func resultOfFile() async throws {
        try await withTemporaryFolder { folder in
            try Data((#"{"rows": [ ]}"# + "\n").utf8).write(to: URL(filePath: folder.file("result.json")))
            for (id, words, input) in [("1", "@" + folder.file("result.json"), ""), ("2", "-", #"{"rows": [ ]}"#)] {
                await add()
                let token = try #require(try await claim()["token"] as? String)
                let settled = await drover("settle", token, "completed", "--result", words, on: store, input: input)
                #expect(settled.status == .done, "\(settled.transcript.notes)")
                #expect(try await job(id).result?.text == #"{"rows": [ ]}"#)
            }
            await add()
            let token = try #require(try await claim()["token"] as? String)
            let missing = await drover("settle", token, "completed", "--result", "@/nowhere/x", on: store)
            #expect(missing.status == .usage && missing.transcript.notes.contains("/nowhere/x"))
            let text = await drover("settle", token, "completed", "--result", "plain", on: store)
            #expect(text.status == .usage && text.transcript.notes.contains("the result is not JSON"))
            #expect(try await job("3").state == .active)
        }
    }

    @Test("several jobs are printed one a line; without one the exit status is 4")
    func several() async throws {
        await add("--count", "3")
        let (status, transcript) = await drover("claim", "--queue", "q", "--limit", "5", on: store)
        #expect(status == .done)
        let lines = transcript.results.split(separator: "\n").map(String.init)
        #expect(try lines.map { try members($0)["id"] as? String } == ["1", "2", "3"])
        let empty = await drover("claim", "--queue", "q", on: store)
        #expect(empty.status == .notFound && empty.transcript.results.isEmpty)
        #expect(empty.transcript.notes.contains("hands out no job now"))
    }

    @Test(
        "each outcome does what it says",
        arguments: [
            (["failed", "--reason", "no box"], .waiting, "no box", 1),
            (["failed", "--final"], .failed, "failed by hand", 1),
            (["retry", "--after", "5m", "--reason", "later"], .delayed, "later", 1),
            (["retry"], .waiting, "retried by hand", 1), (["snooze", "--after", "5m"], .delayed, nil, 0),
            (["release"], .waiting, nil, 0), (["cancelled"], .failed, "cancelled", 1),
        ] as [([String], JobState, String?, Int)])
    func outcomes(_ words: [String], _ state: JobState, _ reason: String?, _ attempts: Int) async throws {
        await add("--attempts", "3")
        let token = try #require(try await claim()["token"] as? String)
        let (status, transcript) = await drover(["settle", token] + words, on: store)
        #expect(status == .done, "\(transcript.notes)")
        let job = try await job()
        #expect(job.state == state && job.failedReason == reason && job.attemptsMade == attempts)
    }

    @Test("queue, id and the lease's token do as well")
    func parts() async throws {
        await add()
        let claimed = try await claim()
        let lease = try #require(claimed["leaseToken"] as? String)
        let parts = ["--queue", "q", "--id", "1", "--token", lease]
        #expect(try await store.apply([.cancel(JobKey(queue: "q", id: JobID("1")))]) == [.requested])
        let renewed = await drover(["renew", "--lease", "20m"] + parts, on: store)
        #expect(renewed.transcript.results == "cancel-requested\n")
        let settled = await drover(["settle", "cancelled"] + parts, on: store)
        #expect(settled.status == .done, "\(settled.transcript.notes)")
        #expect(try await job().failedReason == "cancelled")
    }

    @Test(
        "wrong words are refused with exit 2",
        arguments: [
            ["claim", "--queue", "q", "--limit", "0"], ["claim", "--queue", "q", "--lease", "1ms"],
            ["settle", "completed"], ["settle", "dG9rZW4=", "completed"], ["settle", "***", "release"],
            ["settle", "token", "done"], ["settle", "a", "b", "completed"], ["renew"], ["renew", "nonsense"],
            ["settle", "release", "--queue", "q", "--id", "1"], ["settle", "t", "release", "--result", "1"],
            ["settle", "t", "completed", "--reason", "x"], ["settle", "t", "failed", "--after", "1s"],
            ["settle", "t", "retry", "--final"],
            ["settle", "completed", "--queue", "q", "--id", "1", "--token", "t", "--result", "{"],
        ])
    func refused(_ words: [String]) async {
        let (status, transcript) = await drover(words, on: store)
        #expect(status == .usage, "\(transcript.notes)")
        #expect(transcript.results.isEmpty && !transcript.notes.isEmpty)
    }
}
