import ArgumentParser
import DroverCore

/// `drover forget`.
struct Forget: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Forget the result that jobs of a name and a key would take instead of running.",
        discussion: """
            Jobs that are added with --cache KEY:LIFETIME take the result that an earlier one of their name and key has left. \
            Once it is forgotten, the next one runs.

            The exit status is 4 when no result is kept.

            Example:
              drover forget --queue reports --name build report:42
            """)

    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("The queue.", valueName: "name")) var queue: String
    @Option(help: ArgumentHelp("The jobs' name.", valueName: "name")) var name: String
    @Argument(help: "The key.") var key: String

    var attempt: String { "forget a result" }

    func run(in session: Session) async throws -> ExitStatus {
        let setting = QueueSetting.forgetResult(try QueueName(queue), name: try JobName(name), key: key)
        if let problem = setting.problem { throw problem }
        let result = try await session.withStore(store, .existing) { store in
            try await store.configure([setting]).first
        }
        guard result == .done else {
            throw CommandFailure(
                .notFound,
                "no result of \(ValidationError.quote(name)) is kept under \(ValidationError.quote(key)) in the queue "
                    + ValidationError.quote(queue),
                advice: "the next job with this key runs")
        }
        session.output.line(Printable.text("\(key) forgotten"))
        return .done
    }
}
