import DroverCore

/// Puts what steps record into its stored form and back, as ``SealedResult`` does with results.
enum SealedStep {
    private static func binding(_ step: StepName, _ job: JobName) -> SealedValue.Binding {
        SealedValue.Binding(purpose: .step, job: job, way: [.member(step.text)])
    }

    /// What a step recorded in its stored form.
    static func seal(_ result: JSONText, of step: StepName, _ job: JobName, with ring: KeyRing) throws -> JSONText {
        guard result != .null, let key = ring.currentKey else { return result }
        return try PayloadSealer.withBytes(of: result) { bytes in
            JSONText(trusted: try SealedValue.sealing(bytes, with: key, binding(step, job)).text())
        }
    }

    /// A stored text as the step recorded it; nil when it is not sealed.
    ///
    /// - Throws: ``UnreadableValue``.
    static func open(
        _ result: JSONText, of step: StepName, _ job: JobName, with ring: KeyRing?
    ) throws(UnreadableValue) -> JSONText? {
        try sealed(result)?.open(with: ring, binding(step, job))
    }

    /// The sealed value that a text is as a whole; nil when it is none.
    static func sealed(_ result: JSONText) -> SealedValue? {
        if !SealedValue.isMarked(result) { return nil }
        // What is no JSON is not sealed.
        let found = try? PayloadSealer.withBytes(of: result) { try SealedFinder.find(in: $0) }
        guard let first = found?.first, first.spot.way.isEmpty else { return nil }
        return first.value
    }
}
