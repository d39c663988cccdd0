import DroverCore

/// What an attempt knows of the job's steps: which are recorded, which run now, and how much there is of them.
struct StepTable: Sendable {
    /// How a step begins.
    enum Beginning: Hashable, Sendable {
        /// It has to run.
        case run
        /// An attempt has recorded it, in this form.
        case recorded(JSONText)
    }

    /// Why a step does not run, or is not recorded.
    enum Refusal: Error, Hashable {
        /// It runs at this moment.
        case isRunning
        /// The job has as many as there may be.
        case tooMany
        /// It came to so many bytes, which are too many.
        case tooLarge(bytes: Int, limit: Int)
        /// With it the job's steps would have so many bytes, which are too many.
        case tooLargeTogether(bytes: Int, limit: Int)
    }

    private var recorded: [StepName: JSONText]
    private var running: Set<StepName> = []
    private var bytes: Int

    /// The table at the beginning of an attempt.
    init(recorded steps: [JobStep]) {
        recorded = Dictionary(steps.map { ($0.name, $0.result) }) { _, last in last }
        bytes = steps.reduce(0) { $0 + Self.size(of: $1.name, $1.result) }
    }

    /// Begins a step, or tells what it recorded.
    mutating func begin(_ name: StepName) throws(Refusal) -> Beginning {
        if let result = recorded[name] { return .recorded(result) }
        if recorded.count + running.count >= JobStep.mostOfJob { throw .tooMany }
        guard running.insert(name).inserted else { throw .isRunning }
        return .run
    }

    /// Sets room aside for what a step has come to, before it is recorded.
    mutating func reserve(
        _ name: StepName, _ result: JSONText, each: Int, together: Int
    ) throws(Refusal) {
        let size = result.text.utf8.count
        if size > each { throw .tooLarge(bytes: size, limit: each) }
        let sum = bytes + Self.size(of: name, result)
        if sum > together { throw .tooLargeTogether(bytes: sum, limit: together) }
        bytes = sum
    }

    /// Gives the room back: nobody knows whether the step was recorded, and the attempt does not build on it.
    mutating func release(_ name: StepName, _ result: JSONText) { bytes -= Self.size(of: name, result) }

    /// The store has recorded a step.
    mutating func keep(_ name: StepName, _ result: JSONText) { recorded[name] = result }

    /// What a step has recorded, in its stored form; nil for nothing.
    func result(of name: StepName) -> JSONText? { recorded[name] }

    /// A step no longer runs, whatever it came to.
    mutating func end(_ name: StepName) { running.remove(name) }

    private static func size(of name: StepName, _ result: JSONText) -> Int {
        name.text.utf8.count + result.text.utf8.count
    }
}
