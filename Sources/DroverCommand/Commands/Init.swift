import ArgumentParser

/// `drover init`.
struct Init: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a configuration file for drover serve, with every setting explained.",
        discussion: """
            A file that is there already is left as it is.

            Examples:
              drover init && drover serve
              drover init --config jobs.yaml
            """)

    @Option(
        name: .customLong("config"),
        help: ArgumentHelp("The file to write. Default: DROVER_CONFIG, else drover.yaml.", valueName: "path"),
        completion: .file())
    var config: String?

    var attempt: String { "write a configuration" }

    func run(in session: Session) async throws -> ExitStatus {
        let file = ConfigurationOptions.path(config, in: session.environment)
        try POSIX.writeNewFile(file, Array(ConfigurationTemplate.text.utf8))
        session.output.line(file)
        session.output.note(
            "Look it through, then run: drover serve\(file == "drover.yaml" ? "" : " --config \(file)")")
        return .done
    }
}
