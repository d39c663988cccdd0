import DroverTesting
import Synchronization
import Testing

@testable import Drover

/// What steps record of jobs that are encrypted.
@Suite(.timeLimit(.minutes(10))) struct EncryptedStepTests {
    private let secret = Canary.text(2)
    private let store = ReferenceStore()
    private let key = JobKey(queue: Note.queue, id: JobID(stored: "n"))

    private func encryption(_ numbers: Int...) throws -> PayloadEncryption {
        PayloadEncryption(try KeyRing(numbers.map { try .canary($0) }))
    }

    /// Adds a note and runs its first attempt, which records a step and then ends as it is told.
    private func begun(
        _ encryption: PayloadEncryption?, _ result: String, ending error: any Error = Snooze(for: .zero)
    ) async throws -> JobRecord {
        let service = makeService(store, encryption)
        let isFirst = Mutex(true)
        service.work(Note.queue) { handlers in
            handlers.on(Note.self) { _, context in
                guard
                    isFirst.withLock({ first in
                        defer { first = false }; return first
                    })
                else {
                    throw Unrecoverable("one attempt is enough")
                }
                let given = try await context.step("ask") { result }
                let isSame = given == result
                #expect(isSame)
                try await context.step("nothing") {}
                throw error
            }
        }
        var options = JobOptions(attempts: 2)
        // A job that fails for want of a key is kept all the same.
        options.failedRetention = .removeAtOnce
        let results = try await service.add(
            [NewJob(id: key.id, name: Note.name, payload: try JSONText(#"{"text":"hi"}"#), options: options)],
            to: Note.queue)
        #expect(results == [.added(key.id)])
        _ = try? await service.drain(limit: 1)  // it stops behind the first attempt, which is what is wanted
        return try await store.job(key)
    }

    /// Runs the next attempt with these keys, and tells what the step gave, or how the attempt ended.
    private func resumed(
        _ encryption: PayloadEncryption?, step: String = "ask"
    ) async throws -> (String?, JobRecord) {
        let service = makeService(store, encryption)
        let seen = Mutex<String?>(nil)
        service.work(Note.queue) { handlers in
            handlers.otherwise { context in
                let value = try await context.step(step) { "ran again" }
                seen.withLock { $0 = value }
                return .null
            }
        }
        try await service.drain()
        return (seen.withLock { $0 }, try await store.job(key))
    }

    @Test func whatAStepRecordedIsSealedAndALaterAttemptGetsItPlain() async throws {
        let stored = try await begun(encryption(1), secret)
        #expect(Canary.traces(in: "\(stored)".utf8).isEmpty)
        let sealed = try #require(stored.steps.first { $0.name == "ask" })
        #expect(sealed.result.text.hasPrefix(#"{"$drover":"encrypted:1","key":"k1""#))
        #expect(stored.steps.first { $0.name == "nothing" }?.result == .null)
        let shown = StoredValue(sealed.result).shown.text
        #expect(shown == "\"encrypted with key k1\"")
        let opened = try encryption(1).open(stored).steps.first { $0.name == "ask" }?.result.text
        let isOpened = opened == "\"\(secret)\""
        #expect(isOpened)
        let (value, job) = try await resumed(encryption(2, 1))
        let isSame = value == secret
        #expect(isSame && job.state == .completed)
    }

    @Test func itStaysPlainWhereResultsDoAndWhereNothingOfTheJobIsEncrypted() async throws {
        for change in [{ $0.results = false }, { $0.standard = .nothing }] as [(inout PayloadEncryption) -> Void] {
            var encryption = try encryption(1)
            change(&encryption)
            let job = try await begun(encryption, "word")
            #expect(job.steps.first { $0.name == "ask" }?.result.text == "\"word\"")
            #expect(try await resumed(encryption).0 == "word")
            #expect(try await store.apply([.remove(key)]) == [.done])
        }
    }

    @Test("without the key the step does not run again; the attempt fails, and the job is kept")
    func missing() async throws {
        let job = try await begun(encryption(1), secret)
        var open = try encryption(2)
        open.standard = .nothing
        // Of the payload the worker has the key no more than of the step, so that one is replaced.
        #expect(try await store.apply([.updatePayload(job.key, to: try JSONText("{}"))]) == [.done])
        let (value, failed) = try await resumed(open)
        #expect(value == nil && failed.state == .failed)
        let reason = try #require(failed.failedReason)
        #expect(
            reason.hasPrefix(
                "the step \"ask\" of the job notes/n was run before: the step is encrypted with key \"k1\""))
        #expect(reason.contains("which this worker does not have; add it to its keys"))
        #expect(Canary.traces(in: "\(failed)".utf8).isEmpty)
    }

    @Test func aSealedResultTakenToAnotherStepDoesNotOpen() throws {
        let ring = try KeyRing.canaries(1)
        let sealed = try SealedStep.seal(JSONText("7"), of: "a", "note", with: ring)
        #expect(try SealedStep.open(sealed, of: "a", "note", with: ring) == JSONText("7"))
        for (step, job) in [("b", "note"), ("a", "mail")] as [(StepName, JobName)] {
            #expect(throws: UnreadableValue.self) { try SealedStep.open(sealed, of: step, job, with: ring) }
        }
        #expect(throws: UnreadableValue.self) { try SealedResult.open(sealed, of: "note", with: ring) }
    }

    @Test func aPlainStepIsNotTakenWherePlainValuesAreRefused() async throws {
        var plain = try encryption(1)
        plain.results = false
        _ = try await begun(plain, "forged")
        var strict = try encryption(1)
        strict.refusesPlain = true
        let (value, job) = try await resumed(strict)
        #expect(value == nil && job.state == .failed)
        #expect(job.failedReason?.contains("what it recorded is not encrypted") == true)
    }

    @Test func aPlainResultInTheFormOfASealedOneIsRefused() async throws {
        let service = makeService(store)
        let reason = Mutex("")
        service.work(Note.queue) { handlers in
            handlers.on(Note.self) { _, context in
                let error = await #expect(throws: DroverError.self) {
                    try await context.step("s") { ["$drover": "encrypted:1"] }
                }
                reason.withLock { $0 = "\(error?.code == .refused) \(error?.message ?? "")" }
            }
        }
        let key = try await service.add(Note(text: ""))
        try await service.drain()
        #expect(reason.withLock { $0.hasPrefix("true the step \"s\"") })
        #expect(try await store.job(key).steps.isEmpty)
    }

    @Test func reencryptingTellsWhichJobsStillNeedAnOlderKeyForTheirSteps() async throws {
        _ = try await begun(encryption(1), secret)
        let service = makeService(store, try encryption(2, 1))
        let report = try await service.reencrypt(Note.queue, in: .waiting)
        #expect(report.changed == 1 && report.problems.map(\.job) == [key])
        #expect(report.problems.first?.reason.contains("keep that key until the job is removed") == true)
        let (value, _) = try await resumed(encryption(2, 1))
        let isSame = value == secret
        #expect(isSame)
    }
}
