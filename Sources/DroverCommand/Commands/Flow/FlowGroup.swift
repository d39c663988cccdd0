import ArgumentParser

/// `drover flow`: trees and graphs of jobs.
struct FlowGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flow",
        abstract: "Add trees and graphs of jobs, see how they stand, and take them apart.",
        discussion: """
            In a flow a job waits until those below it are done, and can then read their results. Its jobs may be of several \
            queues.
            """,
        subcommands: [FlowAdd.self, FlowShow.self, FlowDetach.self, FlowRemove.self])
}
