public import DroverCore

extension FaultInjectingStore {
    /// Stores schedules.
    public func put(_ plans: [SchedulePlan]) async throws(StoreError) -> [PlanResult] {
        try await perform(.putSchedules) { () async throws(StoreError) in
            try await base.put(plans)
        }
    }

    /// Steps schedules on.
    public func fire(_ firings: [Firing]) async throws(StoreError) -> [FiringResult] {
        try await perform(.fire) { () async throws(StoreError) in
            try await base.fire(firings)
        }
    }

    /// Applies commands to schedules.
    public func apply(_ commands: [ScheduleCommand]) async throws(StoreError) -> [CommandResult] {
        try await perform(.applyToSchedules) { () async throws(StoreError) in
            try await base.apply(commands)
        }
    }

    /// Applies commands to allowances.
    public func apply(_ commands: [AllowanceCommand]) async throws(StoreError) -> [AllowanceResult] {
        try await perform(.applyToAllowances) { () async throws(StoreError) in
            try await base.apply(commands)
        }
    }

    /// Lists schedules.
    public func schedules(_ query: ScheduleQuery, page: Page) async throws(StoreError) -> SchedulePage {
        try await perform(.listSchedules) { () async throws(StoreError) in
            try await base.schedules(query, page: page)
        }
    }
}
