import DroverCore

/// Puts what steps record into its stored form and back, as ``SealedResult`` does with results.
enum SealedStep {
    private static func binding(_ step: StepName, _ job: JobName) -> SealedValue.Binding {
        SealedValue.Binding(purpose: .step, job: job, way: [.member(step.text)])
    }

    /// What a step recorded in its stored form.
    static func seal(_ result: JSONText, of step: StepName, _ job: JobName, with ring: KeyRing) throws -> JSONText {
        try SealedValue.sealed(result, with: ring, binding(step, job))
    }

    /// A stored text as the step recorded it; nil when it is not sealed.
    ///
    /// - Throws: ``UnreadableValue``.
    static func open(
        _ result: JSONText, of step: StepName, _ job: JobName, with ring: KeyRing?
    ) throws(UnreadableValue) -> JSONText? {
        try SealedValue(whole: result)?.open(with: ring, binding(step, job))
    }
}
