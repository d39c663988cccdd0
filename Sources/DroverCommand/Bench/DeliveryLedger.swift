import DroverCore
import Synchronization

/// Notes when each numbered job was added and when its handler began, and whether any began twice.
final class DeliveryLedger: Sendable {
    private struct State {
        var added: [Duration?]
        var started: [Duration?]
        var deliveries = 0
        var repeated = 0
        var foreign = 0
    }

    private let state: Mutex<State>

    /// A ledger for the jobs 0 to `count` − 1.
    init(count: Int) {
        state = Mutex(State(added: Array(repeating: nil, count: count), started: Array(repeating: nil, count: count)))
    }

    /// The payload of a numbered job.
    static func payload(_ number: Int) -> JSONText { JSONText(trusted: "{\"n\":\(number)}") }

    /// The number in a payload, or nil when it is not one of ours.
    static func number(_ payload: JSONText) -> Int? { Int(payload.text.dropFirst(5).dropLast(1)) }

    /// A job is about to be added.
    func added(_ number: Int, at time: Duration) { state.withLock { $0.added[number] = time } }

    /// A job's handler has begun.
    func started(_ payload: JSONText, at time: Duration) {
        let number = Self.number(payload)
        state.withLock { state in
            guard let number, state.started.indices.contains(number) else {
                state.foreign += 1
                return
            }
            if state.started[number] == nil { state.deliveries += 1 } else { state.repeated += 1 }
            state.started[number] = time
        }
    }

    /// How many different jobs were delivered; nil when one was delivered twice, or one that is not ours.
    var deliveredOnce: Int? {
        state.withLock { $0.repeated == 0 && $0.foreign == 0 ? $0.deliveries : nil }
    }

    /// How long each job waited from being added to its handler, where both are known.
    var waits: [Duration] {
        state.withLock { state in
            zip(state.added, state.started).compactMap { added, started in
                if let added, let started { started - added } else { nil }
            }
        }
    }
}
