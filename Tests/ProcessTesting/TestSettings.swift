package import DroverTesting
import Foundation

/// What a test is told by variables of its environment.
package enum TestSettings {
    /// A number, or what holds without the variable.
    package static func number(_ variable: String, default standard: Int) -> Int {
        ProcessInfo.processInfo.environment[variable].flatMap { Int($0) } ?? standard
    }

    /// A generator from DROVER_SEED, or with a seed of its own, which it prints.
    package static func generator() -> SeededGenerator {
        let given = ProcessInfo.processInfo.environment["DROVER_SEED"].flatMap { UInt64($0) }
        let random = given.map { SeededGenerator(seed: $0) } ?? SeededGenerator()
        print("seed: \(random.seed)")
        return random
    }
}
