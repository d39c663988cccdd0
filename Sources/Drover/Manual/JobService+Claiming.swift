public import DroverCore
import Logging

extension JobService {
    /// How often one call asks for others in place of jobs that nobody may run.
    private static let mostRounds = 1000

    /// Claims jobs to work them by hand, without a worker.
    ///
    /// It does what a worker does around its handlers: payloads are opened, schedules are taken on, and jobs that must not
    /// run, as one that was cancelled or has expired, are failed and not handed out. Limits of the queue hold. When it finds
    /// nothing it puts stalled jobs back, and looks once more: without any worker nobody else would.
    ///
    /// - Parameters:
    ///   - queue: whose jobs; of any name.
    ///   - limit: how many at most; at least 1.
    ///   - lease: how long they are held unless they are renewed; at least 100 ms.
    ///   - renewing: whether their leases are renewed behind the program, as long as it keeps one of them, until they
    ///     are settled. A loss is seen by ``HeldJob/isLost``.
    ///   - worker: the name that is kept with the jobs; nil makes one of host, process and a random part.
    /// - Returns: the jobs, in the order in which they are to be begun; none when there is nothing to claim now.
    /// - Throws: ``DroverError`` with the code `refused` for a limit below 1, or `unreadable` when the next job can't be opened
    ///   here, for want of its key: it is back at the front, no attempt counts, and no others are claimed in its place;
    ///   `StoreError`. A job whose key is here and that does not open all the same, as one that was changed in the store, is failed
    ///   for good and kept, and others are claimed in its place, if the key opens another job: one of those that are claimed, or
    ///   else of the first of each state of the queue, which are looked at then. If it opens none, another key may have its id here:
    ///   the job is given back as above. Jobs that were claimed by a call whose answer was lost are taken over when their
    ///   leases have passed.
    public func claim(
        from queue: QueueName, limit: Int = 1, lease: Duration = .seconds(30), renewing: Bool = false,
        worker: String? = nil
    ) async throws -> [HeldJob] {
        if limit < 1 { throw DroverError(.refused, "a claim of \(limit) jobs was not made; ask for at least 1") }
        let scope = handScope(queue, lease, worker)
        // One for both rounds: when the last that keeps it is gone, its keeper keeps no more.
        let leases = renewing ? HeldLeases(keeper: scope.keeper) : nil
        let held = try await claim(limit, scope, leases)
        if !held.isEmpty { return held }
        let stalled = try await store.reclaimStalled(
            queue, maxStalled: scope.options.maxStalled, limit: QueueMaintenance.step)
        return stalled.isEmpty ? [] : try await claim(limit, scope, leases)
    }

    private func claim(
        _ limit: Int, _ scope: WorkerScope, _ leases: HeldLeases?
    ) async throws -> [HeldJob] {
        let queue = scope.queue
        let prefix = "\(scope.name):\(HostIdentity.randomPart())"
        var held: [HeldJob] = []
        var refused: [Settlement] = []
        var unreadable: DroverError?
        var evidence = KeyEvidence()
        for round in 0...Self.mostRounds {
            let room = round == Self.mostRounds || unreadable != nil ? 0 : limit - held.count
            let claim =
                room > 0
                ? Claim(
                    limit: room, lease: scope.options.lease, worker: scope.name, rate: scope.options.rateLimit) : nil
            let id = ExchangeID("\(prefix):\(round)")
            let sentAt = scope.keeper.now()
            let reply: ExchangeReply
            do throws(StoreError) {
                let settle = refused
                reply = try await scope.patiently(for: HeldLeases.patience(scope.options.lease)) {
                    () throws(StoreError) in
                    try await store.exchange(queue, id: id, settle: settle, claim: claim)
                }
            } catch {
                if held.isEmpty { throw error }
                logger.warning("claim ended early: \(error)", metadata: ["queue": .string(queue.text)])
                return held
            }
            refused = []
            var unopened: [(attempt: Attempt, error: UnreadableValue)] = []
            for (place, claimed) in reply.claimed.enumerated() {
                let attempt = Attempt(number: round * limit + place, claimed: claimed)
                await scope.stepOn(atClaimOf: claimed.job)
                switch await scope.take(attempt) {
                case .held(let opened):
                    leases?.keeper.exchange(settled: [], claimed: [attempt], sentAt: sentAt)
                    scope.log.started(attempt)
                    evidence.take(opened)
                    held.append(HeldJob(scope: scope, attempt: attempt, opened: opened, leases: leases))
                case .refused(let settlement):
                    refused.append(settlement)
                    await scope.stepOn(after: claimed.job)
                case .unreadable(let error): unopened.append((attempt, error))
                }
            }
            // Behind the others, any of which may be what shows that a key is the right one.
            var released: [Settlement] = []
            for (attempt, error) in unopened {
                let job = attempt.claimed.job
                if let key = error.misfitKey, await evidence.proves(key, in: scope) {
                    refused.append(scope.settle(attempt, .unrecoverable(Unrecoverable(error.reason)), keepsJob: true))
                    await scope.stepOn(after: job)
                } else {
                    released.append(scope.settle(attempt, .shutDown))
                    if unreadable == nil { unreadable = Self.notClaimed(job.key, error) }
                }
            }
            // The one that is settled last is the first again.
            refused += released.reversed()
            if refused.isEmpty { break }
        }
        if let unreadable {
            if held.isEmpty { throw unreadable }
            logger.warning("claim ended early: \(unreadable)", metadata: ["queue": .string(queue.text)])
        }
        return held
    }

    /// Takes up a job that was claimed by hand elsewhere, by what its ``HeldJob/lease`` says, and renews its lease.
    ///
    /// - Parameters:
    ///   - key: the job.
    ///   - token: the token of its lease.
    ///   - lease: how long the job is held from now on unless it is renewed; at least 100 ms.
    ///   - renewing: as in ``claim(from:limit:lease:renewing:worker:)``.
    /// - Returns: the job. Where its payload can't be opened here, or not be made of its inputs, it is held all the same, and
    ///   ``HeldJob/payloadProblem`` tells why.
    /// - Throws: ``DroverError`` with the code `leaseLost` when the job is not held under the token; `StoreError`.
    public func held(
        _ key: JobKey, token: LeaseToken, lease: Duration = .seconds(30), renewing: Bool = false
    ) async throws -> HeldJob {
        let scope = handScope(key.queue, lease, nil)
        let lease = Lease(job: key, token: token, duration: scope.options.lease)
        let sentAt = scope.keeper.now()
        let status = try await store.renew([lease]).first
        guard status == .held || status == .cancelRequested, let job = try await store.jobs([key]).first ?? nil else {
            throw DroverError(
                .leaseLost,
                "the job \(key) is not held under this token: it has ended, or its lease passed and it was taken over")
        }
        let attempt = Attempt(number: 0, claimed: ClaimedJob(job: job, lease: lease, leaseFor: lease.duration))
        if status == .cancelRequested { attempt.stop(.cancelRequested) }
        let leases = renewing ? HeldLeases(keeper: scope.keeper) : nil
        leases?.keeper.exchange(settled: [], claimed: [attempt], sentAt: sentAt)
        do {
            return HeldJob(scope: scope, attempt: attempt, opened: try await scope.prepared(job), leases: leases)
        } catch let error as StoreError where error.isTransient {
            throw error
        } catch {
            // Whoever renews or settles the job needs no payload.
            return HeldJob(
                scope: scope, attempt: attempt, opened: OpenedPayload(unopened: job.payload), leases: leases,
                payloadProblem: Self.payloadProblem(key, error))
        }
    }

    private static func notClaimed(_ key: JobKey, _ error: UnreadableValue) -> DroverError {
        DroverError(
            .unreadable,
            "the job \(key) was not claimed: \(error.reason). It is back at the front of its queue, and no attempt counts",
            cause: error)
    }

    private static func payloadProblem(_ key: JobKey, _ error: any Error) -> DroverError {
        switch error {
        case let error as UnreadableValue:
            DroverError(.unreadable, "the job \(key): \(error.reason)", cause: error)
        case let problem as InputMapping.Problem:
            DroverError(.undecodable, "the job \(key): \(problem.reason)", cause: problem)
        default:
            DroverError(.unreadable, "the job \(key): what its inputs come from can't be read: \(error)", cause: error)
        }
    }

    /// What jobs that are claimed by hand together share. The options of the queue's worker here, if there is one, hold for
    /// them, too.
    private func handScope(_ queue: QueueName, _ lease: Duration, _ name: String?) -> WorkerScope {
        let definition = definitions.first { $0.queue == queue }
        var options = definition?.options ?? WorkerOptions()
        options.lease = lease
        options.name = name
        let clock = EngineClock(configuration.clock)
        let keeper = LeaseKeeper(
            store: store, shortestLease: options.withinBounds.lease, clock: clock,
            timer: configuration.clock is ContinuousClock ? nil : ClockDelayTimer(clock: clock), logger: logger)
        return WorkerScope(
            queue: queue, concurrency: 1, options: options, configuration: configuration, store: store, clock: clock,
            keeper: keeper, logger: logger, parts: allParts)
    }
}

extension WorkerScope {
    /// What becomes of a job that was claimed by hand.
    fileprivate enum Take {
        case held(OpenedPayload?)
        case refused(Settlement)
        /// This program can't open it.
        case unreadable(UnreadableValue)
    }

    fileprivate func take(_ attempt: Attempt) async -> Take {
        let job = attempt.claimed.job
        if let exit = refusal(of: attempt.claimed) { return .refused(settle(attempt, exit)) }
        do { return .held(try await prepared(job)) } catch let error as UnreadableValue where error.opensElsewhere {
            return .unreadable(error)
        } catch { return .refused(settle(attempt, Self.exit(of: error))) }
    }

    /// What is settled of a job that is not handed out, which is counted and logged.
    ///
    /// - Parameter keepsJob: whether the job is kept whatever its own rule says.
    fileprivate func settle(_ attempt: Attempt, _ exit: AttemptExit, keepsJob: Bool = false) -> Settlement {
        let outcome = exit.outcome(of: attempt.claimed.job, by: policy) ?? .released
        log.ended(outcome, of: attempt, after: .zero)
        metrics.ended(outcome, after: .zero)
        if case .cached = exit { tellCached(attempt) }
        let settlement = settlement(of: attempt.claimed, outcome, keepsJob: keepsJob || exit.keepsJob)
        if let letter = settlement.deadLetter {
            metrics.deadLettered()
            log.deadLettered(attempt, to: letter.key)
        }
        return settlement
    }
}
