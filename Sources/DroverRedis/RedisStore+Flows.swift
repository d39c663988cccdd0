public import DroverCore
import RedisClient

extension RedisStore {
    /// Stores jobs of which some are parts of flows: each flow in a script of its own, in their order.
    func enqueueWithFlows(_ queue: QueueName, _ jobs: [NewJob]) async throws(StoreError) -> [EnqueueResult] {
        var results: [EnqueueResult] = []
        var plain: [NewJob] = []
        for job in jobs {
            guard job.isInFlow else {
                plain.append(job)
                continue
            }
            if !plain.isEmpty { results += try await enqueue(queue, plain) }
            plain = []
            results.append(try await enqueueFlow(queue, job))
        }
        if !plain.isEmpty { results += try await enqueue(queue, plain) }
        return results
    }

    private func enqueueFlow(_ queue: QueueName, _ job: NewJob) async throws(StoreError) -> EnqueueResult {
        if let problem = job.problem(in: queue) { return .refused(problem) }
        let plan = FlowPlan(queue, job)
        if let problem = plan.disarray { return .refused(problem) }
        var arguments = arguments(capacity: 128 + plan.nodes.count * 256)
        arguments.append(job.parent.map { keys.base($0.key.queue) + $0.key.id.text } ?? "")
        arguments.append(job.parent?.onFailure.rawValue ?? "")
        try withCoder { coder throws(StoreError) in
            for node in plan.nodes {
                arguments.append(keys.base(node.queue))
                arguments.append(node.parents.map { "\($0.place + 1) \($0.onFailure.rawValue)" }.joined(separator: " "))
                arguments.append(node.isReference ? "r" : node.hasChildren ? "1" : "0")
                arguments.append(node.job.id?.text ?? "")
                arguments.append(node.job.name.text)
                arguments.append(node.job.payload.text)
                arguments.append(try coder.text(node.job.storedOptions) ?? EnqueueCall.defaultOptions)
                arguments.append(node.job.options.priority)
                arguments.append(EnqueueCall.entry(of: node.job))
            }
        }
        let answer = try await run(
            Scripts.flow, queue, more: [keys.queues], arguments, "add a flow of \(plan.nodes.count) jobs to \(queue)")
        if let text = answer.text, let sign = text.utf8.first {
            if sign == UInt8(ascii: "!"), let most = Int(text.dropFirst()) { return .queueFull(maxLength: most) }
            let id = JobID(stored: String(text.dropFirst()))
            return sign == UInt8(ascii: "+") ? .added(id) : .duplicate(id)
        }
        let words = (answer.items ?? []).compactMap(\.text)
        let known = words.last.flatMap(FlowField.job(ofKey:))
        switch (words.first, known, job.parent) {
        case ("unknown", _, let parent?): return .refused(.unknownParent(parent.key))
        case ("ended", _, let parent?): return .refused(.endedParent(parent.key))
        case ("long", let queue?, _):
            return .refused(.flowTooLong(for: queue.queue, maxLength: Int(queue.id.text) ?? 0))
        case ("other", let key?, _): return .refused(.otherParent(of: key))
        case ("above", let key?, _): return .refused(.ancestor(key))
        case ("taken", let key?, _): return .refused(.takenInFlow(key))
        case ("many", let key?, _): return .refused(.tooManyParents(key.id.text))
        case ("nowhere", let key?, _): return .refused(.unknownChild(key))
        default: throw StoreError(.corrupt, "adding a flow to \(queue) was answered in a form that is not its own")
        }
    }

    /// Lists the children of a job; cursors are the server's.
    public func children(
        of key: JobKey, _ status: ChildStatus, page: Page
    ) async throws(StoreError) -> ChildPage {
        let cursor = page.after?.text ?? "0"
        guard UInt64(cursor) != nil else { throw PlaceCursor.unknown(PageCursor(cursor)) }
        var arguments = RedisArguments(capacity: 64)
        for text in [key.id.text, status.rawValue, cursor, String(page.limit)] { arguments.append(text) }
        let items = try await run(Scripts.children, key.queue, arguments, "list the children of \(key)").items ?? []
        guard items.count >= 5 else {
            throw StoreError(.corrupt, "the children of \(key) were answered in a form that is not their own")
        }
        let numbers = items.prefix(4).map { Int($0.int ?? 0) }
        var found = ChildPage(
            counts: ChildCounts(
                pending: numbers[0], processed: numbers[1], ignored: numbers[2], failed: numbers[3]))
        for index in stride(from: 5, to: items.count - 1, by: 2) {
            guard let child = items[index].text.flatMap(FlowField.job(ofKey:)) else { continue }
            let value = items[index + 1].text ?? ""
            found.children.append(
                ChildRecord(
                    key: child, status: status, result: status == .processed ? JSONText(trusted: value) : nil,
                    reason: status == .ignored ? FlowField.reason(value) : nil))
        }
        if let next = items[4].text, next != "0" { found.next = PageCursor(next) }
        return found
    }

    /// The name of a command that the script for flows does; nil for another one.
    static func flowWord(of command: JobCommand) -> String? {
        switch command {
        case .removeFlow: "removeFlow"
        case .removeUnprocessedChildren: "removeUnprocessedChildren"
        case .detach: "detach"
        default: nil
        }
    }

    func applyToFlow(_ name: String, _ key: JobKey) async throws(StoreError) -> CommandResult {
        var arguments = arguments()
        for text in [key.id.text, name, String(FlowPlan.mostNodes)] { arguments.append(text) }
        let answer = try await run(Scripts.flowCommand, key.queue, arguments, "\(name) \(key)")
        switch answer.text {
        case "done": return .done
        case "notFound": return .notFound
        case "active": return .wrongState(.active)
        case "scheduled": return .refused(.nextRun)
        case "noParent": return .refused(.noParent)
        case "tooMany": return .refused(.flowTooLarge)
        default: throw StoreError(.corrupt, "\(name) \(key) was answered in a form that is not its own")
        }
    }
}
