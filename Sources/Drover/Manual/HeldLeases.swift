import DroverCore
import Logging

/// Renews the leases of jobs that were claimed by hand together, as long as the program keeps one of them.
final class HeldLeases: Sendable {
    let keeper: LeaseKeeper

    init(keeper: LeaseKeeper) {
        self.keeper = keeper
        keeper.start()
    }

    deinit { keeper.end() }

    /// How long a call is repeated whose answer does not come: within the lease, and while a store remembers it.
    static func patience(_ lease: Duration) -> Duration { min(lease / 2, .seconds(10)) }
}

extension WorkerScope {
    /// Calls the store until it answers or the time is up. A throw means that nothing is known (rule 2), so the same call
    /// goes out again.
    func patiently<Answer>(
        for patience: Duration, _ call: () async throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        let begin = clock.now()
        var failures = 0
        while true {
            do { return try await call() } catch {
                failures += 1
                if !error.isTransient || clock.now() - begin >= patience { throw error }
                let pause = Backoff.exponential(base: .milliseconds(20), jitter: 0.5, maximum: .seconds(1))
                let wait = pause.wait(afterAttempt: failures, random: configuration.random())
                if await !clock.sleep(for: wait) { throw error }
            }
        }
    }

    /// Takes the schedule of a claimed job on at once, unless its runs must not overlap.
    func stepOn(atClaimOf job: JobRecord) async {
        guard job.key.id.iteration != nil, let record = await schedules.schedule(of: job),
            record.schedule.overlap == .allow
        else { return }
        await schedules.step(record, now: job.processedAt ?? record.slot)
    }

    /// Takes the schedule of a settled job on, where nobody has yet.
    func stepOn(after job: JobRecord) async {
        guard job.key.id.iteration != nil, let record = await schedules.schedule(of: job) else { return }
        await schedules.step(record, now: max(configuration.wallClock.now, record.slot))
    }
}
