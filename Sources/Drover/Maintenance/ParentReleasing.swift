import DroverCore
import Logging

/// Tells parents what became of their children under clients that know only of the first of several parents.
///
/// Every process that works does it, for all queues of the store, so that a parent goes to work within 5 s though nobody but
/// such clients works the queues of its flow. Where there is no such job, a round is one small call, or none right after a
/// ``Heartbeat``, which tells.
///
/// A process that was told that there are such jobs looks each 2.45 s, another one each 4.9 s. Of several processes one does the work of
/// a round: who finds that another one began a whole round less than ``ParentRelease/freshness`` ago leaves it. So where there have
/// been such jobs for a heartbeat's time, rounds begin 3.7 s after one another at most, whichever processes live or die.
struct ParentReleasing: Sendable {
    /// How long a look is after the one before, at most.
    static let interval: Duration = ParentRelease.freshness * 4
    /// How many jobs one call looks at, about.
    static let step = 1000
    /// How many calls one round makes at most; the next goes on where it stopped.
    static let stepsPerRound = 50

    private let scope: WorkerScope
    private var cursor: PageCursor?

    /// - Returns: nil on a store where only Drover ends jobs: there is nothing to do.
    init?(_ scope: WorkerScope) {
        guard scope.store.traits.isSharedWithBullMQ else { return nil }
        self.scope = scope
    }

    /// Looks through the jobs that several wait for, or through the next of very many.
    ///
    /// - Returns: whether it was left to another process that has just done it.
    mutating func round() async -> Bool {
        for _ in 0..<Self.stepsPerRound {
            do {
                let release = try await scope.store.releaseParents(after: cursor, limit: Self.step)
                if release.isLeft { return true }
                cursor = release.next
            } catch {
                // The next round tries again. A call cut short by the end of the service is not worth a line.
                if !Task.isCancelled { scope.logger.warning("telling the parents of jobs failed: \(error)") }
                cursor = nil
            }
            if cursor == nil { return false }
        }
        return false
    }
}
