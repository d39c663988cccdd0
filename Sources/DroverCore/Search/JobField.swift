/// Something of a job that a filter looks at.
public enum JobField: Hashable, Sendable, CustomStringConvertible {
    /// Where the job stands, by the word for it: `failed`.
    case state
    /// Its id.
    case id
    /// The kind of job.
    case name
    /// The group it belongs to.
    case group
    /// Whom it belongs to.
    case tenant
    /// Its tags: a condition holds when it does for one of them.
    case tag
    /// What ties it to the request that caused it.
    case correlationID
    /// The worker that claimed it last.
    case worker
    /// Why its last failed attempt failed.
    case error
    /// Of a dead letter: why the job failed.
    case reason
    /// Of a dead letter: the queue of the job that failed.
    case origin
    /// Its present priority.
    case priority
    /// The attempts that have ended and count.
    case attempts
    /// How often a lease on it has expired.
    case stalls
    /// When it was stored.
    case created
    /// When it becomes claimable; only delayed jobs have it.
    case due
    /// When it was last claimed.
    case processed
    /// When it finished.
    case finished
    /// A value inside of its payload.
    case payload(JSONPath)
    /// A value inside of its result.
    case result(JSONPath)
    /// A value inside of the progress that its handler last reported.
    case progress(JSONPath)
    /// One of the texts that are kept beside the payload.
    case metadata(String)

    /// What a field's values are.
    package enum Kind { case state, text, number, instant, json }

    /// What the field's values are.
    package var kind: Kind {
        switch self {
        case .state: .state
        case .id, .name, .group, .tenant, .tag, .correlationID, .worker, .error, .reason, .origin, .metadata: .text
        case .priority, .attempts, .stalls: .number
        case .created, .due, .processed, .finished: .instant
        case .payload, .result, .progress: .json
        }
    }

    /// Whether the field is a value that may be encrypted, of which a search then sees nothing.
    public var mayBeEncrypted: Bool {
        switch self {
        case .payload, .result: true
        default: false
        }
    }

    /// The fields without a path, by their words; behind the first word of each come others that mean the same.
    static let plain: [(words: [String], field: JobField)] = [
        (["state"], .state), (["id"], .id), (["name"], .name), (["group"], .group), (["tenant"], .tenant),
        (["tag", "tags"], .tag), (["correlationId", "correlationID"], .correlationID), (["worker"], .worker),
        (["error", "failedReason"], .error), (["reason"], .reason), (["origin"], .origin),
        (["priority"], .priority), (["attempts", "attemptsMade"], .attempts),
        (["stalls"], .stalls), (["createdAt", "created"], .created), (["dueAt", "due"], .due),
        (["processedAt", "processed"], .processed), (["finishedAt", "finished"], .finished),
    ]

    /// The field as a query writes it.
    public var description: String {
        switch self {
        case .payload(let path): "payload\(path)"
        case .result(let path): "result\(path)"
        case .progress(let path): "progress\(path)"
        case .metadata(let name): "metadata\(JSONPath([.member(name)]))"
        default: Self.plain.first { $0.field == self }?.words.first ?? ""
        }
    }
}
