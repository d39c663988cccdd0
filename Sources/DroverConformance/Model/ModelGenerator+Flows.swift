import DroverCore

/// Drawing trees of jobs.
extension ModelGenerator {
    /// Gives a job children, or a parent that is there, or both.
    ///
    /// All jobs of it have ids of their own: answers don't tell of all which the store made, and one that it makes again,
    /// because the queue was obliterated, would be taken for the one that was part of the flow.
    mutating func makeFlow(of new: inout ModelNewJob) {
        if one(3) { new.parent = parentOfAnother() }
        if new.parent == nil || one(3) {
            var keys: [JobKey] = []
            new.job.children = children(of: new.serial, level: 1, &keys)
            if new.parent == nil, one(5) { new.job.companions = companions(&keys) }
        }
        if !one(20) { new.job.options.deduplication = nil }
        if new.job.id == nil { new.job.id = JobID(stored: "k\(new.serial)") }
    }

    /// Jobs that nobody waits for, and that wait for others of the flow.
    private mutating func companions(_ keys: inout [JobKey]) -> [CompanionJob] {
        (0..<1 + below(2)).map { _ in
            jobSerial += 1
            var job = NewJob(id: JobID(stored: "k\(jobSerial)"), name: "mail", options: pick(ModelValues.options))
            for _ in 0..<1 + below(2) { job.children.append(reference(keys)) }
            let queue = name()
            if one(3), let id = job.id { keys.append(JobKey(queue: queue, id: id)) }
            return CompanionJob(queue, job)
        }
    }

    /// Mostly a job of the same flow, of which some are above: then they would wait for each other.
    private mutating func reference(_ keys: [JobKey]) -> ChildJob {
        var key = keys.randomElement(using: &random)
        if key == nil || one(3) {
            var id = pick(ModelValues.ids)
            if one(2), case .chosen(_, let known) = parentName() { id = known }
            key = JobKey(queue: name(), id: JobID(stored: id))
        }
        return ChildJob(
            reference: key ?? JobKey(queue: name(), id: JobID(stored: "a")),
            onFailure: pick(ChildFailurePolicy.allCases))
    }

    private mutating func children(of serial: Int, level: Int, _ keys: inout [JobKey]) -> [ChildJob] {
        var made: [ChildJob] = []
        for _ in 0..<1 + below(3) {
            if !keys.isEmpty, one(4) {
                made.append(reference(keys))
                continue
            }
            jobSerial += 1
            var options = pick(ModelValues.options)
            options.priority = pick([0, 0, 0, 2])
            var job = NewJob(
                id: JobID(stored: one(6) ? pick(ModelValues.ids) : "k\(jobSerial)"), name: pick(["mail", "resize"]),
                payload: pick(ModelValues.texts), options: options)
            if one(5) { job.start = .after(delay()) }
            let queue = name()
            if level < 3, one(3) { job.children = children(of: serial, level: level + 1, &keys) }
            if let id = job.id { keys.append(JobKey(queue: queue, id: id)) }
            made.append(ChildJob(queue, job, onFailure: pick(ChildFailurePolicy.allCases)))
        }
        return made
    }

    /// Mostly one that is active, and so may add children and wait for them; never one whose id the store made.
    private mutating func parentOfAnother() -> ModelParent {
        let policy = pick(ChildFailurePolicy.allCases)
        var name = one(2) ? held.randomElement(using: &random)?.job ?? jobName() : jobName()
        if case .generated(let queue, _) = name { name = .chosen(queue: queue, id: pick(ModelValues.ids)) }
        return ModelParent(job: name, onFailure: policy)
    }

    /// Mostly one that has children.
    mutating func parentName() -> ModelJobName {
        // Sorted, because a set has another order in each process.
        one(4) ? jobName() : parents.sorted().suffix(48).randomElement(using: &random) ?? jobName()
    }

    /// Notes the jobs of a flow that was stored.
    mutating func observeFlow(_ job: NewJob, _ name: ModelJobName) {
        if !job.children.isEmpty { parents.insert(name) }
        for child in job.children {
            guard let queue = ModelQueues.index(child.queue), let id = child.job.id else { continue }
            let name = ModelJobName.chosen(queue: queue, id: id.text)
            remember(name)
            observeFlow(child.job, name)
        }
        for companion in job.companions {
            guard let queue = ModelQueues.index(companion.queue), let id = companion.job.id else { continue }
            let name = ModelJobName.chosen(queue: queue, id: id.text)
            remember(name)
            observeFlow(companion.job, name)
        }
    }
}
