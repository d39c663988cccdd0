import DroverCore

/// Jobs on their way into a store.
extension ServiceConfiguration {
    /// The job that a typed call is to store.
    func newJob<P: JobPayload>(
        _ payload: P, id: JobID?, delay: Duration?, runAt: Timestamp?, options: JobOptions?
    ) throws -> NewJob {
        let text = try stored(try PayloadCoding().encode(payload), P.encryption, of: P.name, in: P.queue)
        try checkPayload(text)
        let start: NewJob.Start
        switch (delay, runAt) {
        case (nil, nil): start = .now
        case (let delay?, nil): start = .after(delay)
        case (nil, let instant?): start = .at(instant)
        case (_?, _?): throw DroverError(.refused, "the job has a delay and an instant to run at; give one of them")
        }
        let id = try id ?? P.unique?.id(of: payload, name: P.name)
        return NewJob(id: id, name: P.name, payload: text, start: start, options: options ?? P.options)
    }

    /// A job with its payload, and those of its children, in the stored form.
    ///
    /// - Throws: as ``stored(_:_:of:in:)``.
    func stored(_ job: NewJob, _ parts: EncryptedParts?, in queue: QueueName) throws -> NewJob {
        var job = job
        job.payload = try stored(job.payload, parts, of: job.name, in: queue)
        return try job.changingOthers { try stored($1, parts, in: $0) }
    }

    /// What is wrong with the length of a job's payload, or of that of one of its children; or nil.
    func payloadProblem(of job: NewJob) -> ValidationError? {
        if let problem = payloadProblem(job.payload) { return problem }
        if !job.isInFlow { return nil }
        return job.children.lazy.compactMap { payloadProblem(of: $0.job) }.first
            ?? job.companions.lazy.compactMap { payloadProblem(of: $0.job) }.first
    }
}

extension NewJob {
    /// The key under which the job was stored, or of the one that stands for it, from the answer to it.
    func key(in queue: QueueName, _ results: [EnqueueResult]) throws -> JobKey {
        switch results.first {
        case .added(let id)?, .duplicate(let id)?, .deduplicated(let id)?:
            return JobKey(queue: queue, id: id)
        case .queueFull(let most)?:
            let flow = isInFlow ? "a queue of its flow" : "the queue \(queue)"
            throw DroverError(
                .queueFull,
                "the job \(name) was not stored: \(flow) is full (maximum length \(most)); add it later, let "
                    + "the add wait (whenFull), start more workers, or raise the maximum length")
        case .refused(let problem)?:
            throw DroverError(.refused, "the job \(name) was not stored: \(problem)", cause: problem)
        case nil:
            throw StoreError(.corrupt, "the store gave no answer for an enqueued job")
        }
    }
}
