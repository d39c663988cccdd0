import DroverCore
import Logging

/// Keeps one queue in order while its worker runs: puts stalled jobs back, removes old finished ones, and takes schedules on
/// that nobody has.
///
/// Every worker of a queue does it, so that it is done as long as one lives; the calls are bounded and may overlap.
struct QueueMaintenance: Sendable {
    /// How many jobs one call looks at.
    static let step = 1000
    /// How many calls one round makes at most, so that a backlog does not keep the store from other work.
    static let stepsPerRound = 100

    let scope: WorkerScope

    /// Goes on until the task is cancelled.
    func run() async {
        let interval = scope.options.maintenanceInterval ?? Self.interval(for: scope.options.lease)
        var round = 0
        var hasSchedules = false
        repeat {
            await reclaim()
            if round % Self.roundsBetweenLooks == 0 { hasSchedules = await lookForSchedules() }
            if hasSchedules { await catchUp() }
            round += 1
            await prune(PruneRule(.completed, keeping: scope.completedRetention))
            await prune(PruneRule(.failed, keeping: scope.failedRetention))
            // Up to a tenth earlier, so that workers that start together do not meet for ever.
        } while await scope.clock.sleep(for: interval * (1 - 0.1 * scope.configuration.random()))
    }

    /// How often a queue is put in order unless the options say. A lease that a dead worker has just renewed runs out
    /// after one lease and is found within another one and a quarter: well before the third has passed.
    static func interval(for lease: Duration) -> Duration { lease * 5 / 4 }

    private func reclaim() async {
        for _ in 0..<Self.stepsPerRound {
            do {
                let stalled = try await scope.store.reclaimStalled(
                    scope.queue, maxStalled: scope.options.maxStalled, limit: Self.step)
                for job in stalled {
                    scope.logger.warning(
                        "job stalled and was put back",
                        metadata: [
                            "job_id": .string(job.key.id.text), "queue": .string(scope.queue.text),
                            "stalls": .stringConvertible(job.stalls),
                        ])
                }
                if stalled.count < Self.step { return }
            } catch {
                return failed("putting stalled jobs back", error)
            }
        }
    }

    /// Another program may have stored the first schedule of the queue, or removed the last: looked at after so many rounds.
    private static let roundsBetweenLooks = 16

    private func lookForSchedules() async -> Bool {
        do { return try await scope.schedules.hasSchedules() } catch {
            failed("looking for schedules", error)
            return true
        }
    }

    private func catchUp() async {
        do { try await scope.schedules.catchUp(limit: Self.step) } catch { failed("taking schedules on", error) }
    }

    private func prune(_ rule: PruneRule) async {
        if rule.retention == .keepAll { return }
        for _ in 0..<Self.stepsPerRound {
            do {
                if try await scope.store.prune(scope.queue, rule, limit: Self.step) < Self.step { return }
            } catch {
                return failed("removing old \(rule.finished.rawValue) jobs", error)
            }
        }
    }

    /// The next round tries again. A call cut short by the end of the worker is not worth a line.
    private func failed(_ what: String, _ error: StoreError) {
        if Task.isCancelled { return }
        scope.logger.warning("\(what) failed: \(error)", metadata: ["queue": .string(scope.queue.text)])
    }
}
