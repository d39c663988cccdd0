public import DroverCore
import Logging

/// How a schedule behaves, beside its times and its job. Every option has a default.
public struct ScheduleOptions: Sendable {
    /// No slot before it; nil begins at once.
    public var startsAt: Timestamp?
    /// No slot after it; nil never ends.
    public var endsAt: Timestamp?
    /// How many jobs it makes in all; nil for no bound.
    public var limit: Int?
    /// Jobs become due up to this long after their slot, so that many schedules of one minute do not begin together.
    public var jitter: Duration = .zero
    /// What becomes of slots that passed while nobody worked.
    public var catchUp = Schedule.CatchUp.skip
    /// What becomes of a slot that comes while the job before it runs.
    public var overlap = Schedule.Overlap.allow

    /// Options with every default.
    public init() {}
}

extension JobService {
    /// Declares a schedule by a cron expression, which is stored when ``run()`` begins. Call it before.
    ///
    /// Every process may declare the same schedule: each of its slots is run once, however many there are. Declared
    /// again without a change it is left as it is; changed, as by a new release, it is replaced, and with the same times
    /// goes on where it was. One whose end has passed is not stored.
    ///
    /// - Parameters:
    ///   - id: names the schedule in the queue of its jobs.
    ///   - cron: when, as ``CronExpression`` reads it.
    ///   - timeZone: whose clock it goes by, a name of the IANA database.
    ///   - options: how it behaves.
    ///   - jobOptions: how its jobs are run; nil takes the type's.
    ///   - payload: what its jobs are given. It is made once, here.
    public func schedule<P: JobPayload>(
        _ id: String, cron: String, timeZone: String = "UTC", options: ScheduleOptions = ScheduleOptions(),
        jobOptions: JobOptions? = nil, _ payload: () -> P
    ) {
        declare(id, .cron(cron, timeZone: timeZone), options, jobOptions, payload())
    }

    /// Declares a schedule that runs every so long, as ``schedule(_:cron:timeZone:options:jobOptions:_:)`` does by an
    /// expression.
    ///
    /// - Parameters:
    ///   - id: names the schedule in the queue of its jobs.
    ///   - interval: how long from slot to slot, in whole milliseconds.
    ///   - offset: how far slots lie from the multiples of the interval since 1970-01-01 UTC; nil begins at once.
    ///   - options: how it behaves.
    ///   - jobOptions: how its jobs are run; nil takes the type's.
    ///   - payload: what its jobs are given. It is made once, here.
    public func schedule<P: JobPayload>(
        _ id: String, every interval: Duration, offset: Duration? = nil, options: ScheduleOptions = ScheduleOptions(),
        jobOptions: JobOptions? = nil, _ payload: () -> P
    ) {
        declare(id, .every(interval, offset: offset), options, jobOptions, payload())
    }

    /// Stores a schedule now. One with its queue and id is replaced; it stays paused and keeps its count of jobs.
    ///
    /// - Returns: the slot of its next job; nil when it is paused.
    /// - Throws: ``DroverError`` with the code `refused` or `payloadTooLarge`; `StoreError`, after which it may have been
    ///   stored or not.
    @discardableResult
    public func put(_ schedule: Schedule) async throws -> Timestamp? { try await put(schedule, encryption: nil) }

    /// Stores a schedule now, as ``put(_:)``, and says what of its payload is encrypted.
    ///
    /// - Parameters:
    ///   - schedule: the schedule, its payload plain.
    ///   - parts: what of its payload is encrypted; nil leaves it to what is said of the queue.
    /// - Throws: as ``put(_:)``.
    @discardableResult
    public func put(_ schedule: Schedule, encryption parts: EncryptedParts?) async throws -> Timestamp? {
        try await put(try stored(schedule, parts), first: nil)
    }

    /// Refuses a schedule that no store would take.
    func check(_ schedule: Schedule) throws {
        try configuration.checkPayload(try stored(schedule, nil).payload)
        _ = try SlotPlan(schedule)
        if let problem = schedule.problem { throw problem }
    }

    /// Stores a declared schedule, unless it is stored so already or is over. What a worker has not come to yet of a schedule
    /// with the same times is kept.
    ///
    /// - Parameter parts: what is said of the encryption of its payload.
    func keep(_ schedule: Schedule, encryption parts: EncryptedParts? = nil) async throws {
        let record = try await record(of: schedule.key)
        let schedule = try stored(schedule, parts, insteadOf: record?.schedule)
        if let record, schedule.isStored(as: record.schedule) { return }
        if let end = schedule.endsAt, end < configuration.wallClock.now {
            logger.notice(
                "schedule is over and was not stored",
                metadata: [
                    "schedule": .string(schedule.key.id.text), "queue": .string(schedule.key.queue.text),
                    "end": .stringConvertible(end.milliseconds),
                ])
            return
        }
        guard let record, !record.hasEnded, schedule.hasTimes(of: record.schedule) else {
            try await put(schedule, first: nil)
            return
        }
        let job = JobKey(queue: schedule.key.queue, id: schedule.key.id.job(at: record.slot))
        let pending = try await store.jobs([job]).first??.state
        guard pending == .delayed || pending == .waiting || pending == .prioritized else {
            try await put(schedule, first: nil)
            return
        }
        try await put(schedule, first: record.slot)
    }

    /// Stores a schedule whose first slot is the given one; nil for the next by its times.
    @discardableResult
    private func put(_ schedule: Schedule, first: Timestamp?) async throws -> Timestamp? {
        try configuration.checkPayload(schedule.payload)
        do {
            let slots = try SlotPlan(schedule)
            var plan =
                try first.map { SchedulePlan(schedule, first: $0, due: slots.due($0)) }
                ?? slots.beginning(now: configuration.wallClock.now)
            if store.traits.isSharedWithBullMQ, let problem = slots.cronParserProblem {
                warn(of: problem, in: schedule)
            }
            for _ in 0..<Self.mostTakenSlots {
                switch try await store.put([plan]).first {
                case .stored(let slot)?: return slot
                case .paused?: return nil
                case .refused(let problem)?: throw problem
                case .taken(let slot)?:
                    guard let next = slots.following(slot) else {
                        throw ValidationError("schedule", "has no free time")
                    }
                    plan.first = next
                    plan.due = slots.due(next)
                case nil: throw StoreError(.corrupt, "the store \(store.traits.name) gave no answer for a schedule")
                }
            }
            throw ValidationError("schedule", "jobs exist for its next \(Self.mostTakenSlots) times; remove them")
        } catch let problem as ValidationError {
            throw DroverError(.refused, "the schedule \(schedule.key) was not stored: \(problem)", cause: problem)
        }
    }

    /// Makes a paused schedule go on.
    ///
    /// - Throws: ``DroverError`` with the code `notFound` or `refused`; `StoreError`.
    public func resume(_ key: ScheduleKey) async throws {
        guard let record = try await record(of: key) else {
            throw DroverError(.notFound, "there is no schedule \(key)")
        }
        do {
            let first = try SlotPlan(record.schedule).beginning(now: configuration.wallClock.now).first
            switch try await store.apply([ScheduleCommand.resume(key, from: first)]).first {
            case .done?: return
            case .refused(let problem)?: throw problem
            default: throw DroverError(.notFound, "there is no schedule \(key)")
            }
        } catch let problem as ValidationError {
            throw DroverError(.refused, "the schedule \(key) does not go on: \(problem)", cause: problem)
        }
    }

    /// The schedule as it is stored; nil when it is not.
    func record(of key: ScheduleKey) async throws -> ScheduleRecord? {
        let query = ScheduleQuery(queue: key.queue, part: .ids([key.id]))
        return try await store.schedules(query, page: Page(limit: 1)).schedules.first
    }

    /// Tells of a pattern that BullMQ's clients, should they work the queue too, would end or move the schedule by.
    private func warn(of problem: String, in schedule: Schedule) {
        logger.warning(
            "BullMQ's workers can't take this schedule on; let none of them work its queue, or write it otherwise",
            metadata: [
                "schedule": .string(schedule.key.id.text), "queue": .string(schedule.key.queue.text),
                "reason": .string(problem),
            ])
    }

    /// How many slots that have jobs already are passed over when a schedule is stored.
    private static let mostTakenSlots = 32

    private func declare(
        _ id: String, _ timing: Schedule.Timing, _ options: ScheduleOptions, _ jobOptions: JobOptions?,
        _ payload: some JobPayload
    ) {
        func make() throws -> Schedule {
            let key = ScheduleKey(queue: type(of: payload).queue, id: try ScheduleID(id))
            var schedule = Schedule(
                key: key, timing: timing, name: type(of: payload).name,
                payload: try PayloadCoding(isStable: true).encode(payload),
                options: jobOptions ?? type(of: payload).options)
            schedule.startsAt = options.startsAt
            schedule.endsAt = options.endsAt
            schedule.limit = options.limit
            schedule.jitter = options.jitter
            schedule.catchUp = options.catchUp
            schedule.overlap = options.overlap
            return schedule
        }
        add(Result { try make() }, encryption: type(of: payload).encryption)
    }
}

extension Schedule {
    /// Whether a stored schedule says all that this one does. Stores fill in the offset of an interval.
    fileprivate func isStored(as stored: Schedule) -> Bool {
        let own = inWholeMilliseconds
        var stored = stored
        if case .every(let length, nil) = own.timing, stored.timing.interval == length { stored.timing = own.timing }
        return stored == own
    }

    /// Whether its slots are those of another schedule.
    fileprivate func hasTimes(of other: Schedule) -> Bool {
        var other = other
        other.key = key
        other.name = name
        other.payload = payload
        other.options = options
        other.limit = limit
        other.jitter = jitter
        other.catchUp = catchUp
        other.overlap = overlap
        return isStored(as: other)
    }
}
