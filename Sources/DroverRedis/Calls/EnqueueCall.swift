import DroverCore
import RedisClient

/// New jobs as the script `enqueue` takes and answers them.
struct EnqueueCall: Sendable {
    /// Which rule each job breaks; those that break none are written.
    let problems: [ValidationError?]
    /// What the script takes for them.
    private(set) var arguments: RedisArguments
    /// How many jobs are written.
    private(set) var count = 0

    /// What a job without options of its own has as `opts`: BullMQ's clients ask for the number of attempts.
    static let defaultOptions = #"{"attempts":1}"#

    init(_ jobs: [NewJob], in queue: QueueName, coder: inout OptionsCoder) throws(StoreError) {
        problems = jobs.map { $0.problem(in: queue) }
        arguments = RedisArguments(capacity: 64 + jobs.count * 160)
        for (job, problem) in zip(jobs, problems) where problem == nil {
            arguments.append(job.id?.text ?? "")
            arguments.append(job.name.text)
            arguments.append(job.payload.text)
            arguments.append(try coder.text(job.storedOptions) ?? Self.defaultOptions)
            arguments.append(job.options.priority)
            arguments.append(Self.entry(of: job))
            count += 1
        }
    }

    static func entry(of job: NewJob) -> String {
        guard let group = job.options.group else { return ungroupedEntry(of: job) }
        return "g\(group.utf8.count):\(group)\(ungroupedEntry(of: job))"
    }

    private static func ungroupedEntry(of job: NewJob) -> String {
        guard let rule = job.options.deduplication else { return plainEntry(of: job) }
        let ttl = rule.ttl?.wholeMilliseconds ?? 0
        let words = (rule.extend ? "e" : "") + (rule.replace ? "r" : "") + (rule.keepLastIfActive ? "k" : "")
        return "d\(ttl)\t\(words)\t\(plainEntry(of: job))\t\(rule.id)"
    }

    private static func plainEntry(of job: NewJob) -> String {
        switch job.start {
        case .after(let delay) where delay > .zero: "a\(delay.wholeMilliseconds)"
        case .at(let instant): (job.options.lifo ? "f" : "t") + String(instant.milliseconds)
        case .now, .after: job.options.lifo ? "l" : ""
        }
    }

    /// What became of each job, from the script's answers to those that were written.
    func results(_ answers: some Sequence<RESPValue>, in queue: QueueName) throws(StoreError) -> [EnqueueResult] {
        var answers = answers.makeIterator()
        return try problems.map { problem throws(StoreError) in
            if let problem { return .refused(problem) }
            guard let text = answers.next()?.text, let sign = text.utf8.first else {
                throw StoreError(.corrupt, "adding jobs to \(queue) was answered in a form that is not its own")
            }
            if sign == UInt8(ascii: "!"), let most = Int(text.dropFirst()) { return .queueFull(maxLength: most) }
            let id = JobID(stored: String(text.dropFirst()))
            switch sign {
            case UInt8(ascii: "+"): return .added(id)
            case UInt8(ascii: "~"): return .deduplicated(id)
            default: return .duplicate(id)
            }
        }
    }
}
