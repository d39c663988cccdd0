import Foundation

/// What a run of tests is told by variables of its environment, and what it tells on its output.
package enum TestRun {
    /// A number from a variable, or what holds without it.
    ///
    /// A value that is no positive number ends the run: a figure that was asked for and silently not reached would look
    /// like one that was.
    package static func number(_ variable: String, default standard: Int) -> Int {
        guard let text = ProcessInfo.processInfo.environment[variable] else { return standard }
        let number = Int(text) ?? 0
        precondition(number > 0, "\(variable) must be a positive number, not \(text)")
        return number
    }

    /// A generator from `DROVER_SEED`, or with a seed of its own; the seed is printed as `seed: N (file function)`.
    package static func generator(_ file: String = #fileID, _ function: String = #function) -> SeededGenerator {
        var random = SeededGenerator()
        if let text = ProcessInfo.processInfo.environment["DROVER_SEED"] {
            guard let seed = UInt64(text) else { preconditionFailure("DROVER_SEED must be a number, not \(text)") }
            random = SeededGenerator(seed: seed)
        }
        tell("seed: \(random.seed) (\(file) \(function))")
        return random
    }

    /// Prints what a test has counted, as `figure: …`; `scripts/verify.sh` looks for it.
    package static func figure(_ text: String) { tell("figure: \(text)") }

    private static func tell(_ line: String) {
        print(line)
        // What is printed to a file waits in a buffer otherwise, and is gone when the run traps or is ended.
        fflush(nil)
    }
}
