public import DroverCore
import Foundation

extension JobService {
    /// Reserves some of each of these allowances, or nothing.
    ///
    /// ```swift
    /// let reservation = try await jobs.reserve(Allowance("uploads:\(user)", max: 2, per: .seconds(86_400)))
    /// ```
    ///
    /// - Parameters:
    ///   - allowances: of which.
    ///   - amount: how much of each; 1 to their `Allowance.max`.
    ///   - id: what is reserved under it already, and still counts, counts once, so that with an id the call may be
    ///     repeated; nil makes a new one.
    /// - Returns: what was reserved, for ``refund(_:)``.
    /// - Throws: ``AllowanceSpent``; `ValidationError` for numbers and texts that break a rule; `StoreError`, after which it may be
    ///   reserved or not.
    @discardableResult
    public func reserve(_ allowances: Allowance..., amount: Int = 1, id: String? = nil) async throws -> Reservation {
        try await reserve(allowances.map { AllowanceShare($0, amount: amount) }, id: id)
    }

    /// Reserves all of these shares, or nothing.
    ///
    /// - Throws: as ``reserve(_:amount:id:)``.
    @discardableResult
    public func reserve(_ shares: [AllowanceShare], id: String? = nil) async throws -> Reservation {
        try await store.reserve(shares, id: id ?? UUID().uuidString)
    }

    /// Gives back what was reserved, if it still counts. Repeating it gives back nothing more.
    ///
    /// - Returns: how much was given back, over all its allowances.
    /// - Throws: `StoreError`.
    @discardableResult
    public func refund(_ reservation: Reservation) async throws -> Int { try await store.refund(reservation) }

    /// How much of the allowance with this key is reserved.
    ///
    /// - Throws: `ValidationError` for a key that breaks a rule; `StoreError`.
    public func use(ofAllowance key: String) async throws -> AllowanceUse {
        guard case .use(let use) = try await store.allow(.look(key: key)) else { return AllowanceUse(used: 0) }
        return use
    }

    /// Enqueues a typed job if these allowances have something left: a bound of how many jobs somebody may make.
    ///
    /// Where no job is stored, because it is refused, its id is known or another one stands for it, what was reserved is
    /// given back. Where the store doesn't answer it stays reserved. So with an `id` the call may be repeated: a job that is
    /// there is found, whatever the allowances have left. What holds a deduplication is not looked for then.
    ///
    /// ```swift
    /// try await jobs.add(Export(user: id), within: [Allowance("exports:\(id)", max: 2, per: .seconds(86_400))])
    /// ```
    ///
    /// - Parameters:
    ///   - payload: what the handler is given.
    ///   - allowances: of which one is reserved each.
    ///   - id: an id of the program's own, as of ``add(_:id:delay:runAt:options:whenFull:)``.
    ///   - delay: how long the job waits before it may be claimed.
    ///   - runAt: from when it may be claimed; give this or `delay`.
    ///   - options: how it is run; nil takes the type's.
    ///   - whenFull: what to do where the queue holds as many jobs as it may.
    /// - Returns: the job's key.
    /// - Throws: ``AllowanceSpent``, and as `add` without allowances.
    @discardableResult
    public func add<P: JobPayload>(
        _ payload: P, within allowances: [Allowance], id: JobID? = nil, delay: Duration? = nil,
        runAt: Timestamp? = nil, options: JobOptions? = nil, whenFull: WhenFull? = nil
    ) async throws -> JobKey {
        let job = try newJob(payload, id: id, delay: delay, runAt: runAt, options: options)
        let whenFull = whenFull ?? configuration.whenFull
        let results = try await within(allowances, of: job, in: P.queue) {
            try await enqueue([job], in: P.queue, whenFull)
        }
        if whenFull != .refuse, results.first?.isQueueFull == true { try Task.checkCancellation() }
        return try key(of: job, in: P.queue, results)
    }

    /// Enqueues a job made elsewhere if these allowances have something left, as
    /// ``add(_:within:id:delay:runAt:options:whenFull:)`` does.
    ///
    /// - Parameters:
    ///   - job: the job, its payload in plain.
    ///   - queue: its queue.
    ///   - allowances: of which one is reserved each; for none nothing is.
    ///   - parts: as of `add` without allowances.
    /// - Returns: what became of the job.
    /// - Throws: ``AllowanceSpent``, and as `add` without allowances.
    public func add(
        _ job: NewJob, to queue: QueueName, within allowances: [Allowance], encryption parts: EncryptedParts? = nil
    ) async throws -> EnqueueResult {
        let results = try await within(allowances, of: job, in: queue) {
            try await add([job], to: queue, encryption: parts)
        }
        guard let result = results.first else { throw StoreError(.corrupt, "the store gave no answer for a job") }
        return result
    }

    /// Reserves one of each allowance, and gives it back where no job is stored. A job that is there needs none.
    private func within(
        _ allowances: [Allowance], of job: NewJob, in queue: QueueName, _ enqueue: () async throws -> [EnqueueResult]
    ) async throws -> [EnqueueResult] {
        if allowances.isEmpty { return try await enqueue() }
        let reservation: Reservation
        do { reservation = try await reserve(allowances.map { AllowanceShare($0) }) } catch let error as AllowanceSpent
        {
            guard let id = job.id, case .some(.some) = try await store.jobs([JobKey(queue: queue, id: id)]).first else {
                throw error
            }
            return [.duplicate(id)]
        }
        let results: [EnqueueResult]
        do { results = try await enqueue() } catch let error as DroverError where error.code == .refused {
            // It did not come to the store.
            try await refund(reservation)
            throw error
        }
        if case .added = results.first {} else { try await refund(reservation) }
        return results
    }
}

extension JobContext {
    /// Reserves some of each of these allowances, or nothing. Without an id it counts once for the job, however often that is
    /// tried; a job that reserves of one allowance several times gives an id of its own for each.
    ///
    /// - Throws: ``AllowanceSpent``, which a handler may let through: the job is then put off until there is enough.
    ///   Otherwise as ``JobService/reserve(_:amount:id:)``.
    @discardableResult
    public func reserve(_ allowances: Allowance..., amount: Int = 1, id: String? = nil) async throws -> Reservation {
        let shares = allowances.map { AllowanceShare($0, amount: amount) }
        return try await worker.store.reserve(shares, id: id ?? idempotencyKey)
    }

    /// Gives back what was reserved, if it still counts.
    ///
    /// - Returns: how much was given back, over all its allowances.
    /// - Throws: `StoreError`.
    @discardableResult
    public func refund(_ reservation: Reservation) async throws -> Int { try await worker.store.refund(reservation) }
}

extension JobStore {
    fileprivate func reserve(_ shares: [AllowanceShare], id: String) async throws -> Reservation {
        if case .spent(let key, let freeIn) = try await allow(.reserve(id: id, shares)) {
            throw AllowanceSpent(key: key, freeIn: freeIn)
        }
        return Reservation(id: id, shares: shares)
    }

    fileprivate func refund(_ reservation: Reservation) async throws -> Int {
        let command = AllowanceCommand.refund(id: reservation.id, keys: reservation.shares.map(\.allowance.key))
        guard case .refunded(let amount) = try await allow(command) else { return 0 }
        return amount
    }

    /// Applies one command.
    ///
    /// - Throws: `ValidationError` where it is refused; `StoreError`.
    fileprivate func allow(_ command: AllowanceCommand) async throws -> AllowanceResult {
        guard let result = try await apply([command]).first else {
            throw StoreError(.corrupt, "a command to an allowance was not answered")
        }
        if case .refused(let problem) = result { throw problem }
        return result
    }
}
