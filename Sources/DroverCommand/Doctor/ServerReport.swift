import DroverCore

/// What a store's server tells of itself, for `doctor` and `bench`.
struct ServerReport: Sendable {
    /// What it is, on one line.
    var summary: String
    /// What which accident can lose, in words.
    var possibleLoss: String
    /// How much memory it uses, on one line; nil when it does not tell.
    var memory: String?
    /// The members of the object that programs read: names and JSON texts.
    var members: [(name: String, value: String)]
    /// What needs attention.
    var findings: [Diagnosis.Finding]
    /// Processor time that its process has used, in microseconds; nil when it does not tell.
    var processorMicroseconds: Double?
}
