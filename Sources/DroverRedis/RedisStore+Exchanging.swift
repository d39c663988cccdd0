public import DroverCore
import RedisClient

extension RedisStore {
    /// Stores new jobs in one script, together with those of callers who come at the same time; those that break a
    /// rule are refused before it.
    public func enqueue(_ queue: QueueName, _ jobs: [NewJob]) async throws(StoreError) -> [EnqueueResult] {
        try checkOpen()
        if jobs.contains(where: \.isInFlow) { return try await enqueueWithFlows(queue, jobs) }
        let call = try withCoder { coder throws(StoreError) in try EnqueueCall(jobs, in: queue, coder: &coder) }
        if call.count == 0 { return call.problems.compactMap { $0.map(EnqueueResult.refused) } }
        let answers = try await enqueues.answers(to: call, in: queue) { calls throws(StoreError) in
            var arguments = arguments(capacity: 64 + calls.reduce(0) { $0 + $1.arguments.byteCount })
            for call in calls { arguments.append(call.arguments) }
            let answer = try await run(
                Scripts.enqueue, queue, more: [keys.queues], arguments, "add jobs to \(queue)")
            return answer.items ?? []
        }
        return try call.results(answers, in: queue)
    }

    /// Settles and claims in one script.
    public func exchange(
        _ queue: QueueName, id: ExchangeID, settle: [Settlement], claim: Claim?
    ) async throws(StoreError) -> ExchangeReply {
        let call = ExchangeCall(
            queue: queue, id: id, settle: settle, claim: claim, keys: keys, metricsPoints: configuration.metricsPoints)
        var arguments = arguments(capacity: 128 + settle.count * 160)
        try withCoder { coder throws(StoreError) in try call.write(to: &arguments, options: &coder) }
        let hasLetters = settle.contains { $0.routedLetter != nil }
        let answer = try await run(
            Scripts.exchange, queue, more: [keys.memory(of: id, in: queue)] + (hasLetters ? [keys.queues] : []),
            arguments,
            "settle or claim jobs of \(queue)")
        return try withCoder { coder throws(StoreError) in try call.reply(answer, options: &coder) }
    }

    /// Renews leases, in one script for each queue.
    public func renew(_ leases: [Lease]) async throws(StoreError) -> [LeaseStatus] {
        try await signs(leases, of: \.job.queue, Scripts.renew, "renew leases") { lease, arguments in
            arguments.append(lease.job.id.text)
            arguments.append(lease.token.text)
            arguments.append(ExchangeCall.milliseconds(lease.duration))
        } meaning: { sign in
            switch sign {
            case UInt8(ascii: "h"): .held
            case UInt8(ascii: "c"): .cancelRequested
            default: .lost
            }
        }
    }

    /// Stores reports, in one script for each queue.
    public func record(_ reports: [JobReport]) async throws(StoreError) -> [ReportStatus] {
        try await signs(reports, of: \.lease.job.queue, Scripts.record, "store \(reports.count) reports") {
            report, arguments in
            arguments.append(report.lease.job.id.text)
            arguments.append(report.lease.token.text)
            let (kind, text, more) =
                switch report.content {
                case .progress(let progress): ("p", progress.text, "")
                case .payload(let payload): ("d", payload.text, "")
                case .log(let line, let keep): ("l", line, keep.map { String(max($0, 0)) } ?? "")
                case .step(let name, let result): ("s", result.text, name.text)
                }
            arguments.append(kind)
            arguments.append(text)
            arguments.append(more)
        } meaning: {
            $0 == UInt8(ascii: "r") ? .recorded : .leaseLost
        }
    }

    /// Runs a script for each queue of the items, that answers one sign for each; the answers are in the items' places.
    private func signs<Item, Status>(
        _ items: [Item], of queue: (Item) -> QueueName, _ script: RedisScript, _ attempt: @autoclosure () -> String,
        write: (Item, inout RedisArguments) -> Void, meaning: (UInt8) -> Status
    ) async throws(StoreError) -> [Status] {
        try checkOpen()
        var places: [QueueName: [Int]] = [:]
        for (index, item) in items.enumerated() { places[queue(item), default: []].append(index) }
        var signs = [UInt8](repeating: 0, count: items.count)
        for (queue, indices) in places.sorted(by: { $0.key < $1.key }) {
            var arguments = arguments(capacity: 64 + indices.count * 96)
            for index in indices { write(items[index], &arguments) }
            let text = try await run(script, queue, arguments, attempt()).text ?? ""
            guard text.utf8.count == indices.count else {
                throw StoreError(.corrupt, "\(attempt()): \(queue) was answered in a form that is not its own")
            }
            for (index, sign) in zip(indices, text.utf8) { signs[index] = sign }
        }
        return signs.map(meaning)
    }

    /// Waits on the queues' markers, and on the channels of requests to stop.
    public func waitForWork(_ interest: WakeInterest, atMost: Duration) async throws(StoreError) -> WakeUp {
        try checkOpen()
        return try await wakeUps.wait(for: interest, atMost: atMost)
    }
}
