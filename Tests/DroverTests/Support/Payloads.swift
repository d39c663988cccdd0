import Drover

/// Adds two numbers.
struct Sum: JobPayload, Equatable {
    static let name: JobName = "sum"
    static let queue: QueueName = "math"

    struct Total: Codable, Equatable, Sendable { var total: Int }
    typealias Result = Total

    var a: Int
    var b: Int
}

/// Returns nothing.
struct Note: JobPayload {
    static let name: JobName = "note"
    static let queue: QueueName = "notes"
    static let options = JobOptions(attempts: 3, backoff: .fixed(.milliseconds(1)))

    var text: String
}

struct Broken: Error, CustomStringConvertible {
    var description: String { "it broke" }
}
