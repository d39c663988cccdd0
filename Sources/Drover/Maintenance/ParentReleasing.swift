import DroverCore
import Logging

/// Tells parents what became of their children under clients that know only of the first of several parents.
///
/// Every process that works does it, for all queues of the store, so that a parent goes to work within 5 s though nobody but
/// such clients works the queues of its flow. Where there is no such job, a round is one small call.
struct ParentReleasing: Sendable {
    /// How long a round is after the one before.
    static let interval: Duration = .seconds(4)
    /// How many jobs one call looks at, about.
    static let step = 1000
    /// How many calls one round makes at most; the next goes on where it stopped.
    static let stepsPerRound = 50

    let scope: WorkerScope

    /// Goes on until the task is cancelled. Does nothing where only Drover ends jobs.
    func run() async {
        guard scope.store.traits.isSharedWithBullMQ else { return }
        var cursor: PageCursor?
        repeat { cursor = await round(from: cursor) } while await scope.clock.sleep(for: Self.interval)
    }

    private func round(from start: PageCursor?) async -> PageCursor? {
        var cursor = start
        for _ in 0..<Self.stepsPerRound {
            do {
                cursor = try await scope.store.releaseParents(after: cursor, limit: Self.step).next
            } catch {
                // The next round tries again. A call cut short by the end of the service is not worth a line.
                if !Task.isCancelled { scope.logger.warning("telling the parents of jobs failed: \(error)") }
                return nil
            }
            if cursor == nil { return nil }
        }
        return cursor
    }
}
