/// How a command ended, as its caller's shell sees it.
enum ExitStatus: Int32, Sendable {
    /// Done.
    case done = 0
    /// It was tried and failed, or a check found something wrong.
    case failed = 1
    /// The command line or its input is wrong; nothing was tried.
    case usage = 2
    /// The store can't be reached or used.
    case storeUnreachable = 3
    /// What was asked for does not exist.
    case notFound = 4
}
