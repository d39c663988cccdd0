import DroverCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The right to settle a job as one word for shells: base64 of the queue, the id, the lease's token and its length.
struct HoldToken: Hashable {
    var lease: Lease

    init(_ lease: Lease) { self.lease = lease }

    /// - Throws: `ValidationError` for a text that is none.
    init(parsing text: String) throws(ValidationError) {
        let wrong = ValidationError("token", "is none of drover claim; give its member token as it was printed")
        guard let data = Data(base64Encoded: text), let plain = String(validating: Array(data), as: UTF8.self) else {
            throw wrong
        }
        let parts = plain.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, let span = Int64(parts[3]), span > 0, !parts[2].isEmpty else { throw wrong }
        let key = JobKey(queue: try QueueName(parts[0]), id: try JobID(parts[1]))
        lease = Lease(job: key, token: LeaseToken(parts[2]), duration: .milliseconds(span))
    }

    var text: String {
        let parts = [
            lease.job.queue.text, lease.job.id.text, lease.token.text, String(lease.duration.wholeMilliseconds),
        ]
        return Data(parts.joined(separator: "\n").utf8).base64EncodedString()
    }
}
