import DroverCore

extension WorkerScope {
    /// The payload of a claimed job as its handler is given it; nil when it is as it is stored.
    ///
    /// - Throws: ``UnreadableValue``.
    func open(_ job: JobRecord) throws(UnreadableValue) -> OpenedPayload? {
        let encryption = configuration.encryption
        let opened = try PayloadSealer.open(job.payload, of: job.name, with: encryption?.keys)
        if let encryption, encryption.refusesPlain {
            let wanted = parts[job.name] ?? encryption.parts(in: queue)
            if !wanted.isNothing, !PayloadSealer.isSealed(job.payload, wanted) { throw .plain }
        }
        return opened
    }

    /// The stored form of a new payload for a job.
    ///
    /// - Parameter opened: the present one, where it is stored encrypted.
    func stored(_ payload: JSONText, of job: JobName, _ opened: OpenedPayload?) throws -> JSONText {
        guard configuration.encryption != nil else { return payload }
        return try configuration.stored(payload, wanted(of: job, opened), of: job, in: queue)
    }

    /// The stored form of a result.
    func stored(result: JSONText, of job: JobName, _ opened: OpenedPayload?) throws -> JSONText {
        guard let encryption = configuration.encryption, sealsResults(of: job, opened) else { return result }
        return try SealedResult.seal(result, of: job, with: encryption.keys)
    }

    /// The stored form of what a step has come to: encrypted where a result would be.
    ///
    /// - Throws: `ValidationError` when it stays plain and would be taken for a sealed value.
    func stored(_ result: JSONText, step: StepName, of job: JobName, _ opened: OpenedPayload?) throws -> JSONText {
        if let encryption = configuration.encryption, sealsResults(of: job, opened) {
            return try SealedStep.seal(result, of: step, job, with: encryption.keys)
        }
        if SealedValue(whole: result) != nil {
            throw ValidationError("result", "it has the form of an encrypted value; return it without its encryption")
        }
        return result
    }

    /// What a step has recorded, as it came to it.
    ///
    /// - Throws: ``UnreadableValue``.
    func open(
        _ stored: JSONText, step: StepName, of job: JobName, _ opened: OpenedPayload?
    ) throws(UnreadableValue) -> JSONText {
        if let result = try SealedStep.open(stored, of: step, job, with: configuration.encryption?.keys) {
            return result
        }
        if stored != .null, configuration.encryption?.refusesPlain == true, sealsResults(of: job, opened) {
            throw .plainStep
        }
        return stored
    }

    private func sealsResults(of job: JobName, _ opened: OpenedPayload?) -> Bool {
        configuration.encryption?.results == true && !wanted(of: job, opened).isNothing
    }

    /// What is encrypted of a job's payload: what is said of it, and what was.
    private func wanted(of job: JobName, _ opened: OpenedPayload?) -> EncryptedParts {
        (parts[job] ?? configuration.encryption?.parts(in: queue) ?? .nothing).joined(opened?.parts)
    }
}
