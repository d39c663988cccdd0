import ArgumentParser
import DroverCore

/// A subcommand of `drover`.
protocol Subcommand: AsyncParsableCommand {
    /// What is attempted, in a few words, for error messages: `list queues`.
    var attempt: String { get }

    /// Does it.
    ///
    /// - Returns: how it ended; failures that need a message are thrown.
    func run(in session: Session) async throws -> ExitStatus
}

extension Subcommand {
    /// A queue's name from the command line, checked here and not while parsing: the parser would repeat a name of
    /// ten thousand characters in its message.
    func queueName(_ text: String) throws(ValidationError) -> QueueName { try QueueName(text) }
}
