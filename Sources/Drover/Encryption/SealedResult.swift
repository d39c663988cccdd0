import DroverCore

/// Puts results into their stored form and back.
enum SealedResult {
    /// A result in its stored form.
    static func seal(_ result: JSONText, of job: JobName, with ring: KeyRing) throws -> JSONText {
        guard result != .null, let key = ring.currentKey else { return result }
        return try PayloadSealer.withBytes(of: result) { bytes in
            let binding = SealedValue.Binding(purpose: .result, job: job, way: [])
            return JSONText(trusted: try SealedValue.sealing(bytes, with: key, binding).text())
        }
    }

    /// A stored result as the handler returned it.
    ///
    /// - Parameter job: the job's name, where it is known; else the name that the sealed form carries counts.
    /// - Throws: ``UnreadableValue``.
    static func open(
        _ result: JSONText, of job: JobName?, with ring: KeyRing?
    ) throws(UnreadableValue) -> JSONText {
        if !SealedValue.isMarked(result) { return result }
        // What is no JSON, as another client may store it, is not sealed.
        let found = try? PayloadSealer.withBytes(of: result) { try SealedFinder.find(in: $0) }
        guard let sealed = found?.first, sealed.spot.way.isEmpty else { return result }
        guard let name = job ?? sealed.value.job.map(JobName.init(stored:)) else { throw .damaged(.result) }
        return try sealed.value.open(with: ring, .init(purpose: .result, job: name, way: []))
    }
}
