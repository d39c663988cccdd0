/// Keeping schedules and taking them from slot to slot.
///
/// The engine knows cron expressions and zones and says which slot is next; the store compares, and steps once.
public protocol ScheduleStoring: Sendable {
    /// Stores schedules, in order, each by itself (rule 3). One that exists is replaced, with its pending job; it stays
    /// paused, keeps its number of jobs, and an interval that stays the same keeps its slot.
    ///
    /// - Returns: one result for each plan, in its place.
    func put(_ plans: [SchedulePlan]) async throws(StoreError) -> [PlanResult]

    /// Steps schedules on from the slot whose job was claimed. Repeating it changes nothing more.
    ///
    /// - Returns: one result for each firing, in its place.
    func fire(_ firings: [Firing]) async throws(StoreError) -> [FiringResult]

    /// Applies commands to schedules, in order, each by itself (rule 3).
    ///
    /// - Returns: one result for each command, in its place.
    func apply(_ commands: [ScheduleCommand]) async throws(StoreError) -> [CommandResult]

    /// Lists schedules of a queue.
    func schedules(_ query: ScheduleQuery, page: Page) async throws(StoreError) -> SchedulePage
}
