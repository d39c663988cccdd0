import DroverCore

/// The numbers by which states are stored. Ready states come first, so that one range of the order index holds them.
enum StateCode {
    static let waiting: Int64 = 0
    static let prioritized: Int64 = 1
    static let delayed: Int64 = 2
    static let active: Int64 = 3
    static let completed: Int64 = 4
    static let failed: Int64 = 5
    static let waitingChildren: Int64 = 6
    static let grouped: Int64 = 7

    private static let states: [JobState] = [
        .waiting, .prioritized, .delayed, .active, .completed, .failed, .waitingChildren, .grouped,
    ]

    static func state(_ code: Int64) throws(StoreError) -> JobState {
        guard (waiting...grouped).contains(code) else {
            throw StoreError(.corrupt, "a job is stored in the unknown state \(code); the file is damaged")
        }
        return states[Int(code)]
    }

    static func code(_ state: JobState) -> Int64 {
        switch state {
        case .waiting: waiting
        case .prioritized: prioritized
        case .delayed: delayed
        case .active: active
        case .completed: completed
        case .failed: failed
        case .waitingChildren: waitingChildren
        case .grouped: grouped
        }
    }
}
