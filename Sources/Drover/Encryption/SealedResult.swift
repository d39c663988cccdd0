import DroverCore

/// Puts results into their stored form and back.
enum SealedResult {
    /// A result in its stored form.
    static func seal(_ result: JSONText, of job: JobName, with ring: KeyRing) throws -> JSONText {
        try SealedValue.sealed(result, with: ring, .init(purpose: .result, job: job, way: []))
    }

    /// A stored result as the handler returned it.
    ///
    /// - Parameter job: the job's name, where it is known; else the name that the sealed form carries counts.
    /// - Throws: ``UnreadableValue``.
    static func open(
        _ result: JSONText, of job: JobName?, with ring: KeyRing?
    ) throws(UnreadableValue) -> JSONText {
        guard let sealed = SealedValue(whole: result) else { return result }
        guard let name = job ?? sealed.job.map(JobName.init(stored:)) else { throw .damaged(.result) }
        return try sealed.open(with: ring, .init(purpose: .result, job: name, way: []))
    }
}
