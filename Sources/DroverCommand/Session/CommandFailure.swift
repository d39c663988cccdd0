/// Why a command ended without success: what it says on standard error, and its exit status.
struct CommandFailure: Error, Hashable, CustomStringConvertible {
    /// The exit status.
    var status: ExitStatus
    /// What is wrong.
    var problem: String
    /// What to do next; nil where the problem says it.
    var advice: String?

    /// A failure from its parts.
    init(_ status: ExitStatus, _ problem: String, advice: String? = nil) {
        self.status = status
        self.problem = problem
        self.advice = advice
    }

    /// Wrong input.
    static func usage(_ problem: String, advice: String? = nil) -> CommandFailure {
        CommandFailure(.usage, problem, advice: advice)
    }

    /// The problem and the advice on one line.
    var description: String { advice.map { "\(problem); \($0)" } ?? problem }
}
