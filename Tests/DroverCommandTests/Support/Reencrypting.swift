import Drover
import DroverCore
import DroverTesting
import Foundation

@testable import DroverCommand

/// A store of which jobs are encrypted anew, open, and with its URL.
struct Reencrypting {
    var store: any JobStore
    var url: String

    /// Keys as `DROVER_ENCRYPTION_KEYS` has them.
    func text(_ numbers: Int...) -> String { numbers.map { text($0, as: "k\($0)") }.joined(separator: ",") }

    /// A key under an id.
    func text(_ number: Int, as id: String) -> String {
        "\(id):\(Data(Canary.key(number)).base64EncodedString())"
    }

    /// Whole payloads, with these keys.
    func encryption(_ numbers: [Int]) throws -> PayloadEncryption {
        PayloadEncryption(try KeyRing(numbers.map { try EncryptionKey(id: "k\($0)", bytes: Canary.key($0)) }))
    }

    /// A service that encrypts with the first of these keys.
    func service(_ numbers: [Int]) throws -> JobService {
        var configuration = ServiceConfiguration()
        configuration.encryption = try encryption(numbers)
        return JobService(store: store, configuration: configuration)
    }

    /// Adds a job that is encrypted with a key.
    func add(_ payload: String, to queue: QueueName, _ key: Int) async throws -> JobID {
        let results = try await service([key]).add([NewJob(name: "pay", payload: JSONText(payload))], to: queue)
        guard let id = results.first?.id else { throw StoreError(.corrupt, "the job was not stored") }
        return id
    }

    /// All jobs of a queue.
    func jobs(_ queue: QueueName) async throws -> [JobRecord] {
        var jobs: [JobRecord] = []
        for state in JobState.allCases {
            jobs += try await store.jobs(matching: JobQuery(queue: queue, state: state), page: Page(limit: 1000)).jobs
        }
        return jobs
    }

    /// Runs the command as the program does.
    func drover(
        _ arguments: String..., keys: Int...
    ) async -> (status: DroverCommand.ExitStatus, transcript: Transcript) {
        await run(arguments, ["DROVER_ENCRYPTION_KEYS": keys.map { text($0) }.joined(separator: ",")])
    }

    /// Runs the command with the keys of a text.
    func drover(text: String) async -> (status: DroverCommand.ExitStatus, transcript: Transcript) {
        await run([], ["DROVER_ENCRYPTION_KEYS": text])
    }

    /// Runs the command with an environment.
    func run(
        _ arguments: [String], _ environment: [String: String]
    ) async -> (status: DroverCommand.ExitStatus, transcript: Transcript) {
        let transcript = Transcript()
        var session = Session.process
        session.output = transcript.output
        session.environment = environment.merging(["DROVER_STORE": url]) { mine, _ in mine }
        session.stopRequests = { StopRequests.never() }
        return (await DroverTool.run(["reencrypt"] + arguments, in: session), transcript)
    }
}
