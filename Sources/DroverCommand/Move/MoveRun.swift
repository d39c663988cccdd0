import DroverCore
import Synchronization

/// Moves the queues of a store, one after the other, as the command says.
struct MoveRun {
    let session: Session
    let source: QueueMover.Place
    let target: QueueMover.Place
    /// The queues to move; nil for all.
    let queues: [QueueName]?
    /// How many jobs a step carries.
    let batch: Int
    /// How many ids the target's counter is ahead of the source's.
    let reserve: Int64
    /// How long to wait for jobs that are active at the source.
    let wait: Duration
    let stop: StopWish

    /// How often the source is looked at while nothing can be moved.
    private static let pause: Duration = .milliseconds(250)

    /// The queues of the source that are to be moved.
    ///
    /// - Throws: ``CommandFailure`` for one that is unknown or damaged.
    func summaries() async throws -> [QueueSummary] {
        try await source.store.summaries(of: queues, in: source.name)
    }

    /// What would be moved, without doing it.
    func preview(_ queue: QueueSummary) async throws -> MoveTally {
        var tally = MoveTally(queue: queue.name)
        tally.there = queue.counts
        func pages(_ part: MoveQuery.Part, _ read: (MovePage) -> Void) async throws {
            var cursor: PageCursor?
            repeat {
                let page = try await source.store.movePage(
                    MoveQuery(queue: queue.name, part: part), page: Page(limit: Batch.size, after: cursor))
                read(page)
                cursor = page.next
            } while cursor != nil && !stop.isAsked
        }
        try await pages(.schedules) { page in
            tally.schedules += page.schedules.count
            tally.remains = page.point.remains
        }
        for state in JobState.allCases where state != .active {
            try await pages(.jobs(state)) { page in
                for job in page.jobs {
                    if let obstacle = job.obstacle {
                        tally.left[obstacle, default: 0] += 1
                    } else {
                        tally.moved[state] += 1
                    }
                }
            }
        }
        return tally
    }

    /// Moves each queue until it is empty, or was for a moment.
    func moveAll(_ summaries: [QueueSummary], _ progress: inout ProgressLine) async throws -> [MoveTally] {
        let total = summaries.reduce(0) { $0 + $1.counts.total }
        let count = Counter()
        var tallies: [MoveTally] = []
        for summary in summaries where !stop.isAsked {
            var mover = mover(summary.name, count)
            try await mover.open(fresh: freshName())
            try await moveWhole(&mover, count, total, &progress)
            if !mover.isStopped { try await mover.close() }
            tallies.append(mover.tally)
        }
        return tallies
    }

    private func moveWhole(
        _ mover: inout QueueMover, _ count: Counter, _ total: Int, _ progress: inout ProgressLine
    ) async throws {
        let waited = Stopwatch(session.clock)
        var isFirst = true
        while true {
            let moved = try await mover.pass { progress.show(count.value, of: total) }
            let counts = try await mover.look()
            if mover.isStopped { return }
            if counts[.active] > 0 {
                if waited.elapsed > wait { return }
                try await settle(mover.queue)
            } else if moved == 0 || !isFirst && moved < batch {
                // What has come in since is little: producers that go on adding must not keep the end away.
                return
            }
            isFirst = false
        }
    }

    /// Lets jobs that are active end, and puts back those whose workers are gone.
    private func settle(_ queue: QueueName) async throws {
        _ = try await source.store.reclaimStalled(queue, maxStalled: 1, limit: Batch.size)
        try await session.clock.sleep(for: Self.pause)
    }

    /// Goes on carrying what comes in, also of queues that are new, until it is asked to stop.
    func follow(_ progress: inout ProgressLine) async throws -> [MoveTally] {
        let count = Counter()
        var movers: [QueueName: QueueMover] = [:]
        while !stop.isAsked {
            var moved = 0
            for summary in try await summaries() where !stop.isAsked {
                var mover = movers[summary.name] ?? mover(summary.name, count)
                if movers[summary.name] == nil { try await mover.open(fresh: freshName()) }
                // Kept also where the next call fails: what it has done is told.
                movers[summary.name] = mover
                moved += try await mover.pass { progress.show(count.value) }
                if summary.counts[.active] > 0 { try await settle(summary.name) }
                movers[summary.name] = mover
            }
            if moved == 0 { try await session.clock.sleep(for: Self.pause) }
        }
        var tallies: [MoveTally] = []
        for (_, var mover) in movers.sorted(by: { $0.key < $1.key }) {
            _ = try await mover.look()
            try await mover.close()
            tallies.append(mover.tally)
        }
        return tallies
    }

    private func mover(_ queue: QueueName, _ count: Counter) -> QueueMover {
        QueueMover(queue, from: source, to: target, batch: batch, reserve: reserve) { [stop] moved in
            count.add(moved)
            return !stop.isAsked
        }
    }

    /// A name that no other move has.
    private func freshName() -> String {
        var random = SystemRandomNumberGenerator()
        return String(random.next(), radix: 36)
    }

    /// Counts what was moved, over all queues.
    private final class Counter: Sendable {
        private let number = Mutex(0)
        var value: Int { number.withLock { $0 } }
        func add(_ count: Int) { number.withLock { $0 += count } }
    }
}
