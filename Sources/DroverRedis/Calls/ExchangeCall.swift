import DroverCore
import RedisClient

/// An exchange as its script is given it, and what the script answers (`Scripts/exchange.lua`).
struct ExchangeCall {
    let queue: QueueName
    let id: ExchangeID
    let settle: [Settlement]
    let claim: Claim?
    /// Points of metrics that are kept; 0 for none.
    let metricsPoints: Int

    /// The longest lease: what Redis still takes as a time to live.
    private static let longestLease: Int64 = 1 << 50

    private var lease: Int64 { claim.map { Self.milliseconds($0.lease) } ?? 0 }

    /// A span in whole milliseconds that a lease may have: at least 1.
    static func milliseconds(_ lease: Duration) -> Int64 { min(max(lease.wholeMilliseconds, 1), longestLease) }

    /// The arguments behind the time.
    func write(to arguments: inout RedisArguments) {
        arguments.append(id.token.text)
        arguments.append(lease)
        arguments.append(claim.map { max($0.limit, 1) } ?? (settle.isEmpty ? -1 : 0))
        arguments.append(claim?.worker ?? "")
        arguments.append(metricsPoints)
        let own = settle.filter { $0.lease.job.queue == queue }
        var rules: [Retention: Int] = [:]
        var ordered: [Retention] = []
        for settlement in own where rules[settlement.retention] == nil {
            ordered.append(settlement.retention)
            rules[settlement.retention] = ordered.count
        }
        arguments.append(ordered.count)
        for rule in ordered {
            arguments.append(rule.count.map { String(max($0, 0)) } ?? "")
            arguments.append(rule.age.map { String(max($0.wholeMilliseconds, 0)) } ?? "")
        }
        arguments.append(own.count)
        for settlement in own { write(settlement, rule: rules[settlement.retention] ?? 0, to: &arguments) }
    }

    private func write(_ settlement: Settlement, rule: Int, to arguments: inout RedisArguments) {
        arguments.append(settlement.lease.job.id.text)
        arguments.append(settlement.lease.token.text)
        switch settlement.outcome {
        case .completed(let result):
            arguments.append("c")
            arguments.append(result.text)
            arguments.append(rule)
        case .failed(let failure):
            arguments.append("f")
            arguments.append(failure.reason)
            arguments.append(rule)
            Self.write(traceOf: failure, to: &arguments)
            arguments.append(failure.isExhausted ? "1" : "0")
        case .cancelled:
            arguments.append("x")
            arguments.append(rule)
        case .retry(let delay, let failure):
            arguments.append("r")
            arguments.append(max(delay.wholeMilliseconds, 0))
            arguments.append(failure.reason)
            Self.write(traceOf: failure, to: &arguments)
        case .snoozed(let delay):
            arguments.append("s")
            arguments.append(max(delay.wholeMilliseconds, 0))
        case .released: arguments.append("b")
        }
    }

    private static func write(traceOf failure: Failure, to arguments: inout RedisArguments) {
        arguments.append(failure.trace == nil ? -1 : max(failure.keepTraces, 0))
        arguments.append(failure.trace ?? "")
    }

    /// The reply of the boundary, from the script's.
    func reply(_ answer: RESPValue, options coder: inout OptionsCoder) throws(StoreError) -> ExchangeReply {
        guard let items = answer.items, items.count >= 4, items.count % 3 == 1, let signs = items[0].text,
            let time = items[3].text
        else {
            throw StoreError(.corrupt, "the exchange of \(queue) was answered in a form that is not its own")
        }
        var reply = ExchangeReply(isPaused: items[1].int == 1)
        if claim != nil, let due = items[2].int, due >= 0 { reply.nextDueIn = .milliseconds(due) }
        var statuses = signs.utf8.makeIterator()
        reply.settled = settle.map { settlement in
            if settlement.lease.job.queue != queue {
                return .refused(
                    ValidationError("settlement", "is of the queue \(settlement.lease.job.queue) and not of \(queue)"))
            }
            return statuses.next() == UInt8(ascii: "s") ? .settled : .leaseLost
        }
        reply.claimed.reserveCapacity(items.count / 3 - 1)
        let now = Int64(time).map(Timestamp.init(milliseconds:))
        for index in stride(from: 4, to: items.count, by: 3) {
            guard let id = items[index].text, let number = items[index + 1].int else { continue }
            let key = JobKey(queue: queue, id: JobID(stored: id))
            var job = JobHash(items[index + 2]).record(key, state: .active, options: &coder)
            var remaining = Duration.milliseconds(lease)
            if let now {
                job.attemptsStarted = Int(number)
                job.processedAt = now
                job.worker = claim?.worker
                job.isCancelRequested = false
            } else {
                remaining = .milliseconds(number)
            }
            let lease = Lease(job: key, token: self.id.token, duration: claim?.lease ?? remaining)
            reply.claimed.append(ClaimedJob(job: job, lease: lease, leaseFor: remaining))
        }
        return reply
    }
}
