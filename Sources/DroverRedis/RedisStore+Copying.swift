import DroverCore
import RedisClient

extension RedisStore {
    /// Makes a job of another one in one script.
    func copy(
        _ key: JobKey, as copy: JobCopy, removesJob: Bool, onlyIn state: JobState?
    ) async throws(StoreError) -> CommandResult {
        let job = copy.job(name: "copy", payload: .null)
        let options = try withCoder { coder throws(StoreError) in
            try coder.text(job.storedOptions) ?? EnqueueCall.defaultOptions
        }
        var arguments = arguments()
        for text in [
            key.id.text, state?.rawValue ?? "", removesJob ? "1" : "0", keys.base(copy.queue), copy.id.text, options,
            String(copy.options.priority), copy.options.group ?? "", copy.options.lifo ? "1" : "0",
        ] { arguments.append(text) }
        let answer = try await run(
            Scripts.copy, key.queue, more: [keys.queues], arguments, "copy \(key) to \(copy.queue)")
        switch answer.text {
        case "done": return .done
        case "notFound": return .notFound
        case "scheduled": return .refused(.nextRun)
        case "known": return .refused(copy.collision)
        default:
            guard let text = answer.text else {
                throw StoreError(.corrupt, "the copy of \(key) was answered in a form that is not its own")
            }
            return .wrongState(JobState(rawValue: text) ?? .waiting)
        }
    }
}
