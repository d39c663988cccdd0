import ArgumentParser
import DroverCore

/// Which configuration a command reads.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp("The configuration file. Default: DROVER_CONFIG, else drover.yaml.", valueName: "path"),
        completion: .file())
    var option: String?
    @Argument(
        help: ArgumentHelp("The configuration file, as --config names it.", valueName: "path"), completion: .file())
    var argument: String?
    @Option(
        help: ArgumentHelp(
            "development or production. Default: DROVER_PROFILE, else what the file says, else development.",
            valueName: "name"))
    var profile: ServeConfiguration.Profile?

    /// The longest file that is read.
    private static let longestFile = 4_194_304

    /// The file's path: the option, else the environment's, else the standard one.
    static func path(_ option: String?, in environment: [String: String]) -> String {
        if let option { return option }
        if let file = environment["DROVER_CONFIG"], !file.isEmpty { return file }
        return "drover.yaml"
    }

    /// The file's path.
    func path(in environment: [String: String]) -> String { Self.path(option ?? argument, in: environment) }

    func validate() throws {
        guard let option, let argument, option != argument else { return }
        throw ArgumentParser.ValidationError(
            "--config names \(ValidationError.quote(option)) and the argument \(ValidationError.quote(argument)): "
                + "give one of them")
    }

    /// Reads the configuration.
    ///
    /// - Throws: ``ConfigurationRefusal``; ``CommandFailure`` when the file can't be read.
    func read(in session: Session) throws -> ServeConfiguration {
        try Self.read(path(in: session.environment), profile: profile, in: session)
    }

    private static func read(
        _ path: String, profile: ServeConfiguration.Profile?, in session: Session
    ) throws -> ServeConfiguration {
        let text: String
        do { text = try self.text(of: path) } catch let failure as CommandFailure where !POSIX.isThere(path) {
            throw CommandFailure.usage(failure.problem, advice: "name it by --config, or let drover init write one")
        }
        return try ServeConfiguration.read(
            text, file: path, profile: profile, environment: session.environment, readFile: self.text)
    }

    /// Reads the configuration; what is wrong with it is said on the session's notes, a line each.
    ///
    /// - Throws: ``CommandFailure``.
    func readOrTell(in session: Session) throws -> ServeConfiguration {
        try Self.readOrTell(path(in: session.environment), profile: profile, in: session)
    }

    /// Reads the configuration of a file; what is wrong with it is said on the session's notes, a line each.
    ///
    /// - Throws: ``CommandFailure``.
    static func readOrTell(
        _ path: String, profile: ServeConfiguration.Profile?, in session: Session
    ) throws -> ServeConfiguration {
        do { return try read(path, profile: profile, in: session) } catch let refusal as ConfigurationRefusal {
            for line in refusal.lines { session.output.note(Printable.text(line)) }
            let count = Counted.text(refusal.problems.count, "mistake")
            throw CommandFailure.usage(
                "the configuration \(refusal.file) has \(count)", advice: "mend what the lines above name")
        }
    }

    private static func text(of path: String) throws -> String {
        let bytes = try Input.file(path, limit: longestFile + 1)
        if bytes.count > longestFile {
            throw CommandFailure.usage("the file \(path) is longer than \(longestFile / 1_048_576) MiB")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure.usage("the file \(path) is not UTF-8")
        }
        return text
    }
}

extension ServeConfiguration.Profile: ExpressibleByArgument {}
