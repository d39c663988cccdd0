import ArgumentParser
import Logging

/// How much a long-running command says on standard error.
struct LogOptions: ParsableArguments {
    @Option(help: "The least level that is logged. Default: info.") var logLevel: Logger.Level?
    @Flag(name: .shortAndLong, help: "Log errors only.") var quiet = false
    @Flag(
        name: .shortAndLong,
        help: "Log from debug on: each attempt that begins or ends, and each repetition of a failed call.")
    var verbose = false

    /// The least level that is logged.
    var level: Logger.Level { logLevel ?? (verbose ? .debug : quiet ? .error : .info) }
}
