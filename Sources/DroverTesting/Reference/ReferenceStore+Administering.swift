public import DroverCore

extension ReferenceStore {
    /// Applies commands, in order, each by itself.
    public func apply(_ commands: [JobCommand]) async throws(StoreError) -> [CommandResult] {
        try withState { state, now throws(StoreError) in
            var results: [CommandResult] = []
            for command in commands {
                if let result = try state.applyToFlow(command) {
                    results.append(result)
                } else {
                    let isKnown = command.copy.map { state.queues[$0.queue]?.jobs[$0.id] != nil } ?? false
                    results.append(
                        try state.change(command.key.queue) { queue in
                            queue.apply(command, now: now, isCopyKnown: isKnown)
                        })
                }
            }
            return results
        }
    }

    /// Changes settings of queues, in order.
    public func configure(_ settings: [QueueSetting]) async throws(StoreError) -> [CommandResult] {
        try withState { state, now throws(StoreError) in
            var results: [CommandResult] = []
            for setting in settings {
                results.append(
                    try state.change(setting.queue, creatingIf: { $0 == .done && setting.beginsQueue }) {
                        $0.configure(setting, now: now)
                    })
            }
            return results
        }
    }

    /// Does one bounded step of a sweep.
    public func sweep(
        _ sweep: Sweep, after cursor: PageCursor?, limit: Int
    ) async throws(StoreError) -> SweepReport {
        try withState { state, now throws(StoreError) in
            if state.queues[sweep.queue] == nil { return SweepReport(removed: 0, progress: .finished) }
            return try state.change(sweep.queue) { queue throws(StoreError) in
                try queue.sweep(sweep, after: cursor, limit: limit, now: now)
            }
        }
    }
}

extension JobCommand {
    /// What the command makes of its job, also where it is bound to a state; nil for another one.
    fileprivate var copy: JobCopy? {
        switch self {
        case .copy(_, let copy, _): copy
        case .when(_, let command): command.copy
        default: nil
        }
    }
}
