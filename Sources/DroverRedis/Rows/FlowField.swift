import DroverCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Parents and children as hashes and lists of children name them (PROTOCOL 4, 14).
enum FlowField {
    /// The policies as members of `parent`, in the order in which the first that is set decides (PROTOCOL 14.3).
    private static let flags: [(name: String, policy: ChildFailurePolicy)] = [
        ("fpof", .failParent), ("cpof", .continueParent), ("idof", .ignore), ("rdof", .remove),
    ]

    private struct Parent: Decodable {
        var fpof, cpof, idof, rdof: Bool?
    }

    /// The job that a key names: queue and id are its last two parts (PROTOCOL 2.3).
    static func job(ofKey key: String) -> JobKey? {
        let parts = key.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 3 else { return nil }
        return JobKey(
            queue: QueueName(stored: String(parts[parts.count - 2])), id: JobID(stored: String(parts[parts.count - 1])))
    }

    /// The reason of a job that fails by a child as every store tells it: BullMQ names the child by its key, which begins with
    /// the prefix. Any other reason as it is.
    static func reason(_ text: String) -> String {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[0] == "child", words[2] == "failed", let child = job(ofKey: String(words[1]))
        else {
            return text
        }
        return Failure.failedWith(child: child)
    }

    /// The parent that a hash names.
    static func parent(key: String, text: String?) -> JobParent? {
        guard let job = job(ofKey: key) else { return nil }
        // A text that can't be read names no policy, for the scripts as well.
        let parent = text.flatMap { try? JSONDecoder().decode(Parent.self, from: Data($0.utf8)) }
        let set = [parent?.fpof, parent?.cpof, parent?.idof, parent?.rdof]
        let flag = zip(flags, set).first { $1 == true }?.0
        return JobParent(job, onFailure: flag?.policy ?? .keepWaiting)
    }

    /// The parents beside the first, as scripts show them: each on a line, behind the word of its policy.
    static func dependents(_ text: String) -> [JobParent] {
        text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let key = job(ofKey: String(parts[1])) else { return nil }
            return JobParent(key, onFailure: ChildFailurePolicy(rawValue: String(parts[0])) ?? .keepWaiting)
        }
    }
}
