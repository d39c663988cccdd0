import ArgumentParser

/// The command `drover` itself: it only gathers its subcommands.
struct Root: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drover",
        abstract: "Background jobs: enqueue them, work them, look at them, repair them.",
        discussion: """
            Jobs live in a store, by default the file drover.sqlite in the working directory; --store or DROVER_STORE names \
            another one, for example redis://127.0.0.1:6379. Any number of processes may use it at once.

            Try it, in two terminals:
              drover work --queue mail --handler echo
              drover add --queue mail welcome --data '{"user":42}' --wait

            Exit status: 0 done, 1 failed, 2 wrong usage, 3 the store can't be reached or used, 4 not found.
            """,
        version: "0.1.0",
        subcommands: [
            Init.self, Serve.self, ConfigGroup.self, Work.self, Add.self, Queues.self, Jobs.self, Job.self,
            FlowGroup.self, DeadGroup.self, Dedup.self, Forget.self, Groups.self,
            ClaimJobs.self, Renew.self, Settle.self, Retry.self, Promote.self, Remove.self,
            Cancel.self, Priority.self, Pause.self, Resume.self, Limit.self, Drain.self, Clean.self, Obliterate.self,
            Workers.self, Schedules.self, ScheduleGroup.self, AllowanceGroup.self, Events.self, Bench.self, Doctor.self,
            Move.self, Backup.self,
            Reencrypt.self,
        ])
}
