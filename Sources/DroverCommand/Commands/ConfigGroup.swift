import ArgumentParser
import DroverCore

/// `drover config`: what is done to configuration files.
struct ConfigGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check configuration files.",
        subcommands: [ConfigCheck.self])
}

/// `drover config check`.
struct ConfigCheck: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read a configuration and tell all that is wrong with it, without running it.",
        discussion: """
            Each mistake is a line: the file, the line in it or the variable of the environment, the setting, and what would \
            be right. Neither the store nor the programs of handlers are tried; see drover doctor.

            Examples:
              drover config check
              drover config check /etc/drover.yaml --profile production
            """)

    @OptionGroup var file: ConfigurationOptions

    var attempt: String { "check a configuration" }

    func run(in session: Session) async throws -> ExitStatus {
        let configuration = try file.readOrTell(in: session)
        let worked = configuration.workedQueues.count
        let from = configuration.storeVariable.map { " (from \($0))" } ?? ""
        session.output.line(
            """
            \(file.path(in: session.environment)): good. Profile \(configuration.profile.rawValue), store \
            \(configuration.store.description)\(from), \(Counted.text(configuration.queues.count, "queue")), of which \
            \(worked) worked here, \(Counted.text(configuration.schedules.count, "schedule")).
            """)
        return .done
    }
}
