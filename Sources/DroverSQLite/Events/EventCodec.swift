import DroverCore

/// Packs the events of one transaction into one row.
///
/// An event is a code byte, the job, and its fields. A job with a generated id
/// is its number doubled; one with its own id is the doubled length plus one,
/// then the text. Numbers are little-endian base-128 (LEB128); texts are their
/// length and their bytes, so that results keep theirs (rule 9). One code
/// stands for the pair *added, waiting*, with which most jobs begin.
struct EventWriter {
    private(set) var bytes: [UInt8] = []
    private(set) var count: Int64 = 0

    /// Whether a new row should begin: readers unpack whole rows, and SQLite bounds their length.
    var isFull: Bool { count >= 1000 || bytes.count >= 262_144 }

    mutating func addedAndWaiting(_ job: StoredID, name: JobName) {
        begin(.addedAndWaiting, job)
        text(name.text)
        count += 1
    }

    mutating func append(_ kind: JobEvent.Kind, _ job: StoredID?) {
        begin(EventCode(kind), job)
        switch kind {
        case .added(let name): text(name.text)
        case .waiting(let from), .waitingChildren(let from): number(from.map { UInt64(StateCode.code($0)) + 1 } ?? 0)
        case .delayed(let due): number(UInt64(bitPattern: due.milliseconds))
        case .progress(let json), .completed(let json): text(json.text)
        case .failed(let reason): text(reason)
        case .retriesExhausted(let attempts): number(UInt64(clamping: attempts))
        case .removed(let from): number(UInt64(StateCode.code(from)))
        case .cleaned(let jobs): number(UInt64(clamping: jobs))
        case .deduplicated(let id, let other):
            text(id)
            text(other.text)
        case .deadLettered(let letter):
            text(letter.queue.text)
            text(letter.id.text)
        case .active, .stalled, .duplicated, .cancelRequested, .drained, .paused, .resumed: break
        }
    }

    private mutating func begin(_ code: EventCode, _ job: StoredID?) {
        count += 1
        bytes.append(code.rawValue)
        guard code.hasJob, let job else { return }
        switch job {
        case .generated(let seq): number(UInt64(clamping: seq) << 1)
        case .own(let id):
            number(UInt64(id.utf8.count) << 1 | 1)
            bytes.append(contentsOf: id.utf8)
        }
    }

    private mutating func number(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func text(_ text: String) {
        number(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }
}

/// A job's id as its row has it.
enum StoredID {
    case generated(Int64)
    case own(String)

    init(seq: Int64, own: String?) { self = own.map(StoredID.own) ?? .generated(seq) }

    var id: JobID {
        switch self {
        case .generated(let seq): JobID(stored: String(seq))
        case .own(let text): JobID(stored: text)
        }
    }
}

/// The numbers by which events are stored.
enum EventCode: UInt8 {
    case addedAndWaiting = 1
    case added, waiting, delayed, active, progress, completed, failed, retriesExhausted, stalled, removed, duplicated
    case cancelRequested, drained, paused, resumed, cleaned, deduplicated
    case waitingChildren = 40
    case deadLettered = 41

    var hasJob: Bool {
        switch self {
        case .drained, .paused, .resumed, .cleaned: false
        default: true
        }
    }

    init(_ kind: JobEvent.Kind) {
        self =
            switch kind {
            case .added: .added
            case .waiting: .waiting
            case .delayed: .delayed
            case .waitingChildren: .waitingChildren
            case .active: .active
            case .progress: .progress
            case .completed: .completed
            case .failed: .failed
            case .retriesExhausted: .retriesExhausted
            case .deadLettered: .deadLettered
            case .stalled: .stalled
            case .removed: .removed
            case .duplicated: .duplicated
            case .cancelRequested: .cancelRequested
            case .drained: .drained
            case .paused: .paused
            case .resumed: .resumed
            case .cleaned: .cleaned
            case .deduplicated: .deduplicated
            }
    }
}
