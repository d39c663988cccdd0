import Crypto
import DroverCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension JobCopy {
    /// The letter of a job that failed for good.
    ///
    /// - Parameters:
    ///   - job: the job as it was before it failed.
    ///   - reason: why it failed.
    ///   - traces: its traces, oldest first.
    ///   - attempts: how many attempts it has made, this one included.
    ///   - queue: where the letter goes.
    ///   - mark: which of the job's ends it is: the same text for the same one, so that it has one letter.
    init(
        letterOf job: JobRecord, reason: String, traces: [String], attempts: Int, to queue: QueueName, mark: String
    ) {
        var options = JobOptions()
        options.tags = job.options.tags
        options.tenant = job.options.tenant
        options.correlationID = job.options.correlationID
        options.metadata = job.options.metadata
        options.telemetry = job.options.telemetry
        options.deadLetter = DeadLetter(
            job: job.key, createdAt: job.createdAt, attempts: attempts, reason: reason, traces: traces,
            options: job.options)
        self.init(
            queue: queue, id: Self.id("dead", [job.key.queue.text, job.key.id.text, mark]), options: options)
    }

    /// The job to run again of a letter.
    ///
    /// - Throws: ``DroverError`` with the code `refused` for a job that is no letter, and for one whose payload is made from the
    ///   result of a job before it, which a new one would not have.
    init(replayOf letter: JobRecord) throws(DroverError) {
        guard let dead = letter.options.deadLetter else {
            throw DroverError(
                .refused, "the job \(letter.key) is no dead letter and was not replayed; retry it where it failed")
        }
        if !dead.options.inputs.isEmpty {
            throw DroverError(
                .refused,
                "the dead letter \(letter.key) was not replayed: its payload is made from the result of a job before it in a flow, "
                    + "which a new job does not have; retry \(dead.job) itself")
        }
        var options = dead.options
        options.start = .now
        options.telemetry = letter.options.telemetry
        options.replay = JobReplay(origin: dead.origin, count: dead.replays + 1)
        // A letter that was made anew, after one of the same id had been replayed, is another one.
        let parts = [letter.key.queue.text, letter.key.id.text, String(letter.createdAt.milliseconds)]
        self.init(queue: dead.job.queue, id: Self.id("replay", parts), options: options)
    }

    /// An id that follows from texts: 96 bits of their digest, each text with its length before it.
    private static func id(_ word: String, _ texts: [String]) -> JobID {
        var digest = SHA256()
        for text in texts {
            withUnsafeBytes(of: UInt64(text.utf8.count).bigEndian) { digest.update(bufferPointer: $0) }
            digest.update(data: Data(text.utf8))
        }
        let digits = digest.finalize().prefix(12).map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }
        return JobID(stored: "\(word)-\(digits.joined())")
    }
}
