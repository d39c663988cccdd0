import DroverCore

/// The job whose result the inputs of another are made of.
///
/// A job with inputs waits for one other. Before its handler gives it more children this is recorded with it as a step, so that
/// later attempts are given what the first one was.
struct InputSource: Codable, Hashable, Sendable {
    /// The step that it is recorded as.
    static let step: StepName = "drover.inputs"

    var queue: String
    var id: String

    init(_ key: JobKey) {
        queue = key.queue.text
        id = key.id.text
    }

    /// What is recorded among a job's steps; nil where nothing is.
    static func noted(with steps: [JobStep]) -> InputSource? {
        guard let step = steps.first(where: { $0.name == Self.step }) else { return nil }
        // A step of the program's own that has this name notes nothing.
        return try? PayloadCoding().decode(InputSource.self, from: step.result)
    }
}

extension JobContext {
    /// Records what the inputs were made of, once, before the job is given a child.
    func noteInputSource() async throws {
        guard let source = opened?.source, attemptState.withSteps({ $0.result(of: InputSource.step) }) == nil else {
            return
        }
        let text = try PayloadCoding().encode(source)
        try await report(.step(InputSource.step, result: text))
        attemptState.withSteps { $0.keep(InputSource.step, text) }
    }
}
