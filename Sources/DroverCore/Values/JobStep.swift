/// What a step of a job's handler has recorded: later attempts are given it, and do not run the step again.
public struct JobStep: Hashable, Sendable {
    /// The step's name, which no other step of the job has.
    public var name: StepName
    /// What it recorded, byte for byte.
    public var result: JSONText
    /// When that was.
    public var recordedAt: Timestamp

    /// A step from its parts.
    public init(name: StepName, result: JSONText, recordedAt: Timestamp) {
        self.name = name
        self.result = result
        self.recordedAt = recordedAt
    }

    /// How many steps a job has at most: all of them are read with it whenever it is claimed.
    public static let mostOfJob = 1000
}

extension [JobStep] {
    /// The order in which stores show them: by time, and by name where that is the same.
    package func inOrder() -> [JobStep] {
        sorted { ($0.recordedAt, $0.name) < ($1.recordedAt, $1.name) }
    }
}
