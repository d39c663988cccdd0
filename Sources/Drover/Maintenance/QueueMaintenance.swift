import DroverCore
import Logging

/// Keeps one queue in order while its worker runs: puts stalled jobs back, removes old finished ones, and says that the
/// worker lives.
///
/// Every worker of a queue does it, so that it is done as long as one lives; the calls are bounded and may overlap.
struct QueueMaintenance: Sendable {
    /// How many jobs one call looks at.
    static let step = 1000
    /// How many calls one round makes at most, so that a backlog does not keep a worker from its heartbeat.
    static let stepsPerRound = 100

    let scope: WorkerScope
    /// How many attempts run now.
    let running: @Sendable () -> Int

    /// Goes on until the task is cancelled.
    func run() async {
        await withTaskGroup { group in
            group.addTask { await keepOrder() }
            group.addTask { await beat() }
        }
    }

    /// Takes the worker off the list of the living.
    func sayGoodbye() async { await heartbeat(validFor: .zero) }

    private func keepOrder() async {
        let interval = scope.options.maintenanceInterval ?? scope.options.lease
        repeat {
            await reclaim()
            await prune(PruneRule(.completed, keeping: scope.completedRetention))
            await prune(PruneRule(.failed, keeping: scope.failedRetention))
            // Up to a tenth earlier, so that workers that start together do not meet for ever.
        } while await scope.clock.sleep(for: interval * (1 - 0.1 * scope.configuration.random()))
    }

    private func beat() async {
        repeat {
            await heartbeat(validFor: scope.options.heartbeatInterval * 3)
        } while await scope.clock.sleep(for: scope.options.heartbeatInterval)
    }

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

    private func heartbeat(validFor: Duration) async {
        let report = WorkerReport(
            id: scope.name, queue: scope.queue, host: HostIdentity.current.host,
            process: HostIdentity.current.process, concurrency: scope.concurrency, running: running(),
            validFor: validFor)
        do {
            try await scope.store.heartbeat(report)
        } catch {
            failed("the worker's heartbeat", error)
        }
    }

    /// The next round tries again. A call cut short by the end of the worker is not worth a line.
    private func failed(_ what: String, _ error: StoreError) {
        if Task.isCancelled { return }
        scope.logger.warning("\(what) failed: \(error)", metadata: ["queue": .string(scope.queue.text)])
    }
}
