import ArgumentParser

/// A subcommand of `drover`.
///
/// Names of queues and jobs are checked when it runs and not while parsing: the parser would repeat a name of ten
/// thousand characters in its message.
protocol Subcommand: AsyncParsableCommand {
    /// What is attempted, in a few words, for error messages: `list queues`.
    var attempt: String { get }

    /// Does it.
    ///
    /// - Returns: how it ended; failures that need a message are thrown.
    func run(in session: Session) async throws -> ExitStatus
}
