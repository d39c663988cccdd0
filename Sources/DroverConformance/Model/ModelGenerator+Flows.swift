import DroverCore

/// Drawing trees of jobs.
extension ModelGenerator {
    /// Gives a job children, or a parent that is there, or both.
    ///
    /// All jobs of it have ids of their own: answers don't tell of all which the store made, and one that it makes again,
    /// because the queue was obliterated, would be taken for the one that was part of the flow.
    mutating func makeFlow(of new: inout ModelNewJob) {
        if one(3) { new.parent = parentOfAnother() }
        if new.parent == nil || one(3) { new.job.children = children(of: new.serial, level: 1) }
        if !one(20) { new.job.options.deduplication = nil }
        if new.job.id == nil { new.job.id = JobID(stored: "k\(new.serial)") }
    }

    private mutating func children(of serial: Int, level: Int) -> [ChildJob] {
        (0..<1 + below(3)).map { _ in
            jobSerial += 1
            var options = pick(ModelValues.options)
            options.priority = pick([0, 0, 0, 2])
            var job = NewJob(
                id: JobID(stored: one(6) ? pick(ModelValues.ids) : "k\(jobSerial)"), name: pick(["mail", "resize"]),
                payload: pick(ModelValues.texts), options: options)
            if one(5) { job.start = .after(delay()) }
            if level < 3, one(4) { job.children = children(of: serial, level: level + 1) }
            return ChildJob(name(), job, onFailure: pick(ChildFailurePolicy.allCases))
        }
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
    }
}
