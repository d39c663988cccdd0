import ArgumentParser

/// `drover schedule`: what is done to schedules.
struct ScheduleGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract: "Store schedules, run them now, pause and remove them; see their next times.",
        discussion: """
            A schedule adds a job to its queue at each of its times, once, however many workers there are. A worker of that \
            queue takes it from one time to the next.
            """,
        subcommands: [
            SchedulePut.self, ScheduleRemove.self, ScheduleRun.self, SchedulePause.self, ScheduleResume.self,
            SchedulePreview.self,
        ])
}
