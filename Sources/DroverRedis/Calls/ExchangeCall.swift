import DroverCore
import RedisClient

/// An exchange as its script is given it, and what the script answers (`Scripts/exchange.lua`).
struct ExchangeCall {
    let queue: QueueName
    let id: ExchangeID
    let settle: [Settlement]
    let claim: Claim?
    /// Spells the keys of queues that letters go to.
    let keys: KeySpace
    /// Points of metrics that are kept; 0 for none.
    let metricsPoints: Int

    /// The longest lease: what Redis still takes as a time to live.
    private static let longestLease: Int64 = 1 << 50

    private var lease: Int64 { claim.map { Self.milliseconds($0.lease) } ?? 0 }

    /// A span in whole milliseconds that a lease may have: at least 1.
    static func milliseconds(_ lease: Duration) -> Int64 { min(max(lease.wholeMilliseconds, 1), longestLease) }

    /// The arguments behind the time.
    func write(to arguments: inout RedisArguments, options coder: inout OptionsCoder) throws(StoreError) {
        arguments.append(id.token.text)
        arguments.append(lease)
        arguments.append(claim.map { max($0.limit, 1) } ?? (settle.isEmpty ? -1 : 0))
        arguments.append(claim?.worker ?? "")
        if let rate = claim?.rate?.withinBounds {
            arguments.append("\(metricsPoints) \(rate.max) \(rate.per.wholeMilliseconds)")
        } else {
            arguments.append(metricsPoints)
        }
        arguments.append(id.lane.map { String($0.number) } ?? "")
        let own = settle.filter { $0.problem(in: queue) == nil }
        // The jobs of a queue have few rules between them, and those that end together mostly the same.
        var rules: [Retention] = []
        for settlement in own where rules.last != settlement.retention && !rules.contains(settlement.retention) {
            rules.append(settlement.retention)
        }
        arguments.append(rules.count)
        for rule in rules { arguments.append(rule) }
        arguments.append(own.count)
        var rest = own[...]
        while let first = rest.first {
            let run = rest.prefix {
                $0.lease.token == first.lease.token && $0.retention == first.retention
                    && Self.sign(of: $0) == Self.sign(of: first)
            }
            arguments.append(Self.sign(of: first))
            arguments.append(first.lease.token.text)
            arguments.append(rules.firstIndex(of: first.retention).map { $0 + 1 } ?? 0)
            arguments.append(run.count)
            for settlement in run { try write(settlement, to: &arguments, &coder) }
            rest = rest.dropFirst(run.count)
        }
    }

    private static func sign(of settlement: Settlement) -> String {
        switch settlement.outcome {
        case .completed: settlement.keptResult == nil ? "c" : "k"
        case .failed: settlement.routedLetter == nil ? "f" : "d"
        case .cancelled: "x"
        case .retry: "r"
        case .snoozed: "s"
        case .released: "b"
        case .waitingForChildren: "w"
        case .rateLimited: "l"
        }
    }

    /// Writes the id and what the outcome has.
    private func write(
        _ settlement: Settlement, to arguments: inout RedisArguments, _ coder: inout OptionsCoder
    ) throws(StoreError) {
        arguments.append(settlement.lease.job.id.text)
        switch settlement.outcome {
        case .completed(let result):
            arguments.append(result.text)
            guard let kept = settlement.keptResult else { break }
            arguments.append(keys.result(kept.name, kept.key, in: queue))
            arguments.append(max(kept.lifetime.wholeMilliseconds, 1))
        case .failed(let failure):
            arguments.append(failure.reason)
            Self.write(traceOf: failure, to: &arguments)
            arguments.append(failure.isExhausted ? "1" : "0")
            guard var letter = settlement.routedLetter else { break }
            if let reason = letter.options.deadLetter?.reason {
                letter.options.deadLetter?.reason = FlowField.reason(reason)
            }
            arguments.append(keys.base(letter.queue))
            arguments.append(letter.id.text)
            let job = letter.job(name: "letter", payload: .null)
            arguments.append(try coder.text(job.storedOptions) ?? EnqueueCall.defaultOptions)
            arguments.append(letter.options.priority)
            arguments.append(letter.options.group ?? "")
            arguments.append(letter.options.lifo ? "1" : "0")
        case .cancelled, .released, .waitingForChildren: break
        case .retry(let delay, let failure):
            arguments.append(max(delay.wholeMilliseconds, 0))
            arguments.append(failure.reason)
            Self.write(traceOf: failure, to: &arguments)
        case .snoozed(let delay): arguments.append(max(delay.wholeMilliseconds, 0))
        case .rateLimited(let delay):
            arguments.append(max(min(delay, RateLimit.longestSpan).wholeMilliseconds, 0))
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
        guard signs.utf8.count == settle.count(where: { $0.problem(in: queue) == nil }) else {
            throw StoreError(
                .corrupt, "the exchange of \(queue) answered \(signs.utf8.count) of \(settle.count) outcomes")
        }
        var reply = ExchangeReply(isPaused: items[1].int == 1)
        if claim != nil, let due = items[2].int, due >= 0 { reply.nextDueIn = .milliseconds(due) }
        var statuses = signs.utf8.makeIterator()
        reply.settled = settle.map { settlement in
            if let problem = settlement.problem(in: queue) { return .refused(problem) }
            return statuses.next() == UInt8(ascii: "s") ? .settled : .leaseLost
        }
        reply.claimed.reserveCapacity(items.count / 3 - 1)
        let now = Int64(time).map(Timestamp.init(milliseconds:))
        for index in stride(from: 4, to: items.count, by: 3) {
            guard let id = items[index].text, let number = items[index + 1].int else {
                throw StoreError(.corrupt, "the exchange of \(queue) handed out a job in a form that is not its own")
            }
            let key = JobKey(queue: queue, id: JobID(stored: id))
            let hash = JobHash(items[index + 2])
            var job = hash.record(key, state: .active, isClaimed: true, options: &coder)
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
            var claimed = ClaimedJob(job: job, lease: lease, leaseFor: remaining)
            if job.options.resultCache != nil {
                claimed.cachedResult = hash.value(of: "drover:cached").map(JSONText.init(trusted:))
            }
            reply.claimed.append(claimed)
        }
        return reply
    }
}
