/// One thing that is wrong with a configuration: where, what, and what would be right.
struct ConfigurationProblem: Error, Hashable, Sendable {
    /// Where a value stands.
    enum Place: Hashable, Sendable {
        /// A line of the file, from 1.
        case line(Int)
        /// A variable of the environment.
        case variable(String)
        /// The file as a whole.
        case file
    }

    /// Where it stands.
    var place: Place
    /// The setting, as `queues.mail.concurrency`; empty for the whole.
    var setting: String
    /// What is wrong with it, and what would be right.
    var problem: String

    /// The problem on one line, as compilers write theirs: `drover.yaml:7: queues.mail: …`.
    func text(file: String) -> String {
        let about = setting.isEmpty ? problem : "\(setting): \(problem)"
        return switch place {
        case .line(let line): "\(file):\(line): \(about)"
        case .variable(let name): "\(name): \(about)"
        case .file: "\(file): \(about)"
        }
    }
}

/// A configuration that is not taken, with everything that is wrong with it.
struct ConfigurationRefusal: Error, Hashable, Sendable {
    /// The file's path, as it was given.
    var file: String
    /// What is wrong; at least one thing. Those of the file come in the order of its lines, those of the environment last.
    var problems: [ConfigurationProblem]

    /// A line for each problem.
    var lines: [String] { problems.map { $0.text(file: file) } }
}
