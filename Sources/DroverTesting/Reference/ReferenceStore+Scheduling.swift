public import DroverCore

extension ReferenceStore {
    /// Stores schedules, in order, each by itself.
    public func put(_ plans: [SchedulePlan]) async throws(StoreError) -> [PlanResult] {
        try withState { state, now throws(StoreError) in
            var results: [PlanResult] = []
            for plan in plans {
                results.append(
                    try state.change(plan.schedule.key.queue, creatingIf: { $0.isStored }) { $0.put(plan, now: now) })
            }
            return results
        }
    }

    /// Steps schedules on from the slot whose job was claimed.
    public func fire(_ firings: [Firing]) async throws(StoreError) -> [FiringResult] {
        try withState { state, now throws(StoreError) in
            var results: [FiringResult] = []
            for firing in firings {
                results.append(try state.change(firing.key.queue) { $0.fire(firing, now: now) })
            }
            return results
        }
    }

    /// Applies commands to schedules, in order, each by itself.
    public func apply(_ commands: [ScheduleCommand]) async throws(StoreError) -> [CommandResult] {
        try withState { state, now throws(StoreError) in
            var results: [CommandResult] = []
            for command in commands {
                results.append(try state.change(command.key.queue) { $0.apply(command, now: now) })
            }
            return results
        }
    }

    /// Lists schedules of a queue.
    public func schedules(_ query: ScheduleQuery, page: Page) async throws(StoreError) -> SchedulePage {
        try withState { state, now throws(StoreError) in
            try state.queue(query.queue).schedules(query.part, page, now: now)
        }
    }
}
