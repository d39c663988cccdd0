import ArgumentParser

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The `drover` program.
///
/// ```swift
/// await DroverTool.main()
/// ```
public enum DroverTool {
    /// Reads the process's arguments, does what they say, and ends the process with the command's exit status.
    public static func main() async -> Never {
        exit(await run(Array(CommandLine.arguments.dropFirst()), in: .process).rawValue)
    }

    /// Reads arguments and does what they say.
    ///
    /// Failures are told on the session's notes as
    /// `drover: <what was attempted>: <what is wrong>; <what to do next>`.
    static func run(_ arguments: [String], in session: Session) async -> ExitStatus {
        let status = await perform(arguments, in: session)
        guard let failure = session.output.failure else { return status }
        session.output.note("drover: write the result: \(failure)")
        return status == .done ? .failed : status
    }

    private static func perform(_ arguments: [String], in session: Session) async -> ExitStatus {
        let subcommand: any Subcommand
        do {
            var command = try Root.parseAsRoot(arguments)
            guard let known = command as? any Subcommand else {
                // The parser's own: it throws the help or the version that was asked for.
                try command.run()
                return .done
            }
            if let problem = try Refusal.ofRepeated(arguments) {
                return refuse(problem, session)
            }
            subcommand = known
        } catch {
            return refuse(error, arguments: arguments, session: session)
        }
        do {
            return try await subcommand.run(in: session)
        } catch {
            let failure = CommandFailure(mapping: error)
            session.output.endProgress()
            session.output.note("drover: \(subcommand.attempt): \(Printable.text(failure.description))")
            return failure.status
        }
    }

    /// A request for help is no error; everything else that the parser throws is wrong usage.
    private static func refuse(_ error: any Error, arguments: [String], session: Session) -> ExitStatus {
        if Root.exitCode(for: error) == .success {
            session.output.line(Root.fullMessage(for: error))
            return .done
        }
        return refuse(Refusal.text(error, arguments: arguments), session)
    }

    private static func refuse(_ problem: String, _ session: Session) -> ExitStatus {
        session.output.note("drover: read the arguments: \(problem)")
        return .usage
    }
}
