import DroverCore

/// A job as a sequence of operations names it, so that the sequence means the same on every store:
/// by an id that the sequence chose, or by which of its jobs it was.
enum ModelJobName: Hashable, Comparable, Sendable, CustomStringConvertible {
    case chosen(queue: Int, id: String)
    case generated(queue: Int, serial: Int)

    var queue: Int {
        switch self {
        case .chosen(let queue, _), .generated(let queue, _): queue
        }
    }

    /// How the job is shown in answers that are compared.
    var shown: JobKey {
        switch self {
        case .chosen(let queue, let id): JobKey(queue: ModelQueues.name(queue), id: JobID(stored: id))
        case .generated(let queue, let serial):
            JobKey(queue: ModelQueues.name(queue), id: JobID(stored: "#\(serial)"))
        }
    }

    /// The name of a job that an answer shows; nil for an id that no operation can have made.
    init?(shown key: JobKey) {
        guard let queue = ModelQueues.index(key.queue) else { return nil }
        if key.id.text.hasPrefix("#") {
            guard let serial = Int(key.id.text.dropFirst()) else { return nil }
            self = .generated(queue: queue, serial: serial)
        } else {
            self = .chosen(queue: queue, id: key.id.text)
        }
    }

    var description: String { shown.description }
}

/// The few queues of a model run.
enum ModelQueues {
    static let count = 3
    private static let names = (0..<count).map { QueueName(stored: "model-\($0)") }

    static func name(_ index: Int) -> QueueName { names[index] }
    static func index(_ name: QueueName) -> Int? { names.firstIndex(of: name) }
}

/// A lease as a sequence names it: of a job, from the exchange with this number.
struct ModelLease: Hashable, Sendable, CustomStringConvertible {
    var job: ModelJobName
    var exchange: Int
    var duration: Duration

    var description: String { "\(job) by exchange \(exchange)" }
}
