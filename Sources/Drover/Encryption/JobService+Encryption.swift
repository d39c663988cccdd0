public import DroverCore

extension JobService {
    /// Replaces the payload of a job, whatever its state; an attempt that is running keeps the old one. It is encrypted as
    /// new ones are, and where the present one is.
    ///
    /// - Throws: ``DroverError`` with the code `notFound`, `refused`, `payloadTooLarge`, or `unreadable` when the present
    ///   payload can't be opened; `StoreError`.
    public func updatePayload(of key: JobKey, to payload: JSONText) async throws {
        guard let job = try await store.jobs([key]).first ?? nil else {
            throw DroverError(.notFound, "there is no job \(key)")
        }
        var stored = payload
        if let encryption = configuration.encryption {
            do {
                let opened = try PayloadSealer.open(job.payload, of: job.name, with: encryption.keys)
                let parts = wanted(of: job.name, in: key.queue, opened)
                stored = try PayloadSealer.seal(payload, parts, of: job.name, with: encryption.keys)
            } catch let error as UnreadableValue {
                throw DroverError(.unreadable, "the payload of the job \(key) was not replaced: \(error.reason)")
            } catch let problem as ValidationError {
                throw DroverError(
                    .refused, "the payload of the job \(key) was not replaced: \(problem)", cause: problem)
            }
        }
        try configuration.checkPayload(stored)
        switch try await store.apply([JobCommand.updatePayload(key, to: stored)]).first {
        case .done?, .requested?: return
        case .refused(let problem)?:
            throw DroverError(.refused, "the payload of the job \(key) was not replaced: \(problem)", cause: problem)
        default: throw DroverError(.notFound, "there is no job \(key)")
        }
    }

    /// What is encrypted of the payloads of a queue's jobs: what is said of them, and what was.
    func wanted(of name: JobName, in queue: QueueName, _ opened: OpenedPayload?) -> EncryptedParts {
        (parts(of: name) ?? configuration.encryption?.parts(in: queue) ?? .nothing).joined(opened?.parts)
    }

    /// A schedule with its payload in the stored form.
    ///
    /// - Parameters:
    ///   - parts: what its producer says of the encryption.
    ///   - present: what is stored now. Its payload is kept where it says the same and the current key encrypted it: else
    ///     each start of a program would store its schedules anew.
    func stored(_ schedule: Schedule, _ parts: EncryptedParts?, insteadOf present: Schedule? = nil) throws -> Schedule {
        var schedule = schedule
        do {
            let parts = parts ?? self.parts(of: schedule.name)
            if let encryption = configuration.encryption, let present, present.name == schedule.name,
                keeps(
                    present.payload, for: schedule, parts ?? encryption.parts(in: schedule.key.queue), encryption.keys)
            {
                schedule.payload = present.payload
            } else {
                schedule.payload = try configuration.stored(
                    schedule.payload, parts, of: schedule.name, in: schedule.key.queue)
            }
            return schedule
        } catch let problem as ValidationError {
            throw DroverError(.refused, "the schedule \(schedule.key) was not stored: \(problem)", cause: problem)
        }
    }

    private func keeps(
        _ stored: JSONText, for schedule: Schedule, _ parts: EncryptedParts, _ ring: KeyRing
    ) -> Bool {
        // What can't be opened is replaced.
        guard let opened = try? PayloadSealer.open(stored, of: schedule.name, with: ring) else { return false }
        return opened.payload == schedule.payload && opened.parts.joined(parts) == parts
            && PayloadSealer.isSealed(stored, parts, with: ring.current)
    }
}
