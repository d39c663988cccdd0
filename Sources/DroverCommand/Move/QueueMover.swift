import DroverCore

/// Moves one queue from store to store.
///
/// Each step is a page that is stored at the target and then removed at the source. Both write a checkpoint with the step, so that a
/// mover that takes over knows where the other one died (`docs/decisions/0011-moving-in-numbered-steps.md`).
struct QueueMover {
    /// A store and its name for people.
    struct Place {
        var store: any JobStore
        var name: String
    }

    /// In which order the states are moved: what workers can begin with goes first.
    private static let states: [JobState] = [
        .waiting, .prioritized, .grouped, .delayed, .waitingChildren, .completed, .failed,
    ]

    let queue: QueueName
    let source: Place
    let target: Place
    /// How many jobs a step carries.
    let batch: Int
    /// How many ids the target's counter is ahead of the source's.
    let reserve: Int64
    /// Called after each step, with how many jobs arrived by it; says whether to go on.
    let stepped: (Int) -> Bool
    private(set) var tally: MoveTally
    private var wasPaused = false
    private var move = ""
    private var number = 0
    private(set) var isStopped = false
    /// The first job of the last page of which nothing left.
    private var stuck: JobStamp?

    init(
        _ queue: QueueName, from source: Place, to target: Place, batch: Int, reserve: Int64,
        stepped: @escaping (Int) -> Bool
    ) {
        self.queue = queue
        self.source = source
        self.target = target
        self.batch = batch
        self.reserve = reserve
        self.stepped = stepped
        tally = MoveTally(queue: queue)
    }

    // MARK: Beginning

    /// Begins the move, or goes on with the one that was cut off. From here on the source's queue is paused.
    mutating func open(fresh: String) async throws {
        let before = try await source.store.queue(queue)
        let (here, there) = (try await point(source), try await point(target))
        let opening = try MoveOpening(
            of: queue, source: here.checkpoint, target: there.checkpoint, isPaused: before?.isPaused ?? false,
            fresh: fresh)
        (move, wasPaused, number) = (opening.move, opening.wasPaused, opening.number)
        tally.remains = here.remains
        tally.isRepeated = opening.isRepeated
        if opening.isKnown {
            _ = try await source.store.configure([.pause(queue)])
            if let unfinished = opening.unfinished {
                number += 1
                let report = try await leave(jobs: unfinished.jobs, schedules: unfinished.schedules)
                tally.finishedBefore += report.removed
                try await takeBack(report.held, unfinished)
            }
            return
        }
        _ = try await done(
            source, MoveStep(queue: queue, expected: opening.sourceMark, checkpoint: sourceCheckpoint))
        try await refuseSameStore(undoing: here.checkpoint)
        _ = try await source.store.configure([.pause(queue)])
        if wasPaused || opening.resumesTarget {
            _ = try await target.store.configure([wasPaused ? .pause(queue) : .resume(queue)])
        }
        let limits: [QueueSetting] = [
            before?.maxLength.map { .maxLength(queue, $0) }, before?.concurrency.map { .concurrency(queue, $0) },
            before?.rateLimit.map { .rateLimit(queue, $0) },
        ].compactMap { $0 }
        if !limits.isEmpty { _ = try await target.store.configure(limits) }
        try await copyGroups()
        _ = try await done(
            target,
            MoveStep(
                queue: queue, expected: opening.targetMark, checkpoint: targetCheckpoint(),
                idsAbove: here.lastID + reserve))
    }

    /// Sets what is set of groups at the target, before the first of their jobs arrives.
    private func copyGroups() async throws {
        var cursor: PageCursor?
        var isFirst = true
        repeat {
            let page = try await source.store.jobs(
                matching: JobQuery(queue: queue, part: .groups), page: Page(limit: Batch.size, after: cursor))
            var settings: [QueueSetting] = []
            if isFirst { settings = page.everyGroup.settings.map { .group(queue, nil, $0) } }
            isFirst = false
            for group in page.groups {
                let own = group.own.settings + (group.isPaused ? [.pause] : [])
                settings += own.map { .group(queue, group.name, $0) }
            }
            if !settings.isEmpty { _ = try await target.store.configure(settings) }
            cursor = page.next
        } while cursor != nil
    }

    private func point(_ place: Place) async throws -> MovePoint {
        try await place.store.movePage(MoveQuery(queue: queue, part: .point), page: Page(limit: 1)).point
    }

    /// Two names of one store can't be told from each other but by writing to one and looking into the other.
    private func refuseSameStore(undoing before: MoveCheckpoint?) async throws {
        let mine = sourceCheckpoint
        guard try await point(target).checkpoint?.mark == mine.mark else { return }
        _ = try await done(source, MoveStep(queue: queue, expected: mine.mark, checkpoint: before))
        throw CommandFailure.usage(
            "\(source.name) and \(target.name) are the same store", advice: "name another target")
    }

    private var sourceCheckpoint: MoveCheckpoint {
        MoveCheckpoint(move: move, role: .source, number: number, peer: target.name, wasPaused: wasPaused)
    }

    private func targetCheckpoint(
        jobs: [JobStamp] = [], schedules: [ScheduleStamp] = []
    ) -> MoveCheckpoint {
        MoveCheckpoint(
            move: move, role: .target, number: number, peer: source.name, wasPaused: wasPaused, jobs: jobs,
            schedules: schedules)
    }

    // MARK: Moving

    /// Moves what the source has now, and what comes in while it does.
    ///
    /// - Parameter shown: called after each step.
    /// - Returns: how many jobs and schedules arrived.
    mutating func pass(_ shown: () -> Void) async throws -> Int {
        tally.left = [:]
        var moved = try await passSchedules(shown)
        for state in Self.states where !isStopped { moved += try await pass(state, shown) }
        return moved
    }

    private mutating func passSchedules(_ shown: () -> Void) async throws -> Int {
        var cursor: PageCursor?
        var moved = 0
        repeat {
            let page = try await source.store.movePage(
                MoveQuery(queue: queue, part: .schedules), page: Page(limit: min(batch, 100), after: cursor))
            // One whose job runs goes on when that has ended.
            let ready = page.schedules.filter { !$0.isRunning && $0.pending?.obstacle == nil }
            if !ready.isEmpty {
                try await step(page.point, schedules: ready)
                shown()
                moved += ready.count
            }
            cursor = page.next
        } while cursor != nil && !isStopped
        return moved
    }

    private mutating func pass(_ state: JobState, _ shown: () -> Void) async throws -> Int {
        var cursor: PageCursor?
        var moved = 0
        var left: [String: Int] = [:]
        while !isStopped {
            let page = try await source.store.movePage(
                MoveQuery(queue: queue, part: .jobs(state)), page: Page(limit: batch, after: cursor))
            let movable = page.jobs.filter { $0.obstacle == nil }
            if movable.isEmpty {
                for job in page.jobs { left[job.obstacle ?? "", default: 0] += 1 }
                guard let next = page.next else { break }
                cursor = next
                continue
            }
            // What was moved leaves the source: the next page begins at the same place.
            try await step(page.point, jobs: movable, state)
            shown()
            moved += movable.count
        }
        tally.left.merge(left, uniquingKeysWith: +)
        return moved
    }

    /// Stores a page at the target, then removes it at the source.
    private mutating func step(
        _ point: MovePoint, jobs: [WholeJob] = [], _ state: JobState = .waiting, schedules: [WholeSchedule] = []
    ) async throws {
        let before = targetCheckpoint().mark
        number += 1
        let pending = schedules.compactMap(\.pending)
        let checkpoint = targetCheckpoint(
            jobs: jobs.map(\.stamp) + pending.map(\.stamp), schedules: schedules.map(\.stamp))
        let arrived = try await done(
            target,
            MoveStep(
                queue: queue, expected: before, checkpoint: checkpoint, idsAbove: point.lastID + reserve,
                arrivingSchedules: schedules, arriving: jobs))
        let report = try await leave(jobs: checkpoint.jobs, schedules: checkpoint.schedules)
        if schedules.isEmpty {
            tally.moved[state] += arrived.stored
        } else {
            for job in pending.prefix(arrived.stored) { tally.moved[job.record.state] += 1 }
        }
        tally.schedules += arrived.schedules
        noteKnown(arrived, schedules)
        try await takeBack(report.held, checkpoint)
        try noteProgress(jobs, report)
        if !stepped(jobs.count + pending.count) { isStopped = true }
    }

    /// The target tells how many it knew, and not which: with none of them new, it knew all.
    private mutating func noteKnown(_ arrived: MoveReport, _ schedules: [WholeSchedule]) {
        tally.knownJobs += arrived.known
        tally.knownSchedules += schedules.count - arrived.schedules
        if arrived.schedules == 0 { tally.namesOfKnown += schedules.map(\.record.schedule.key.id.text) }
    }

    /// Jobs that somebody removed or changed meanwhile do not leave, and are not met again; others must not be met for ever.
    private mutating func noteProgress(_ jobs: [WholeJob], _ report: MoveReport) throws {
        let first = report.removed == 0 ? jobs.first?.stamp : nil
        if let first, first == stuck {
            throw CommandFailure(
                .failed, "the job \(first.id) of the queue \"\(queue)\" does not leave \(source.name)",
                advice: "look at it with drover job, and run drover move again")
        }
        stuck = first
    }

    private func leave(jobs: [JobStamp], schedules: [ScheduleStamp]) async throws -> MoveReport {
        var before = sourceCheckpoint
        before.number -= 1
        return try await done(
            source,
            MoveStep(
                queue: queue, expected: before.mark, checkpoint: sourceCheckpoint, leavingSchedules: schedules,
                leaving: jobs))
    }

    /// Takes jobs away from the target again that a worker has begun at the source: somebody has resumed its queue.
    private func takeBack(_ held: [JobID], _ checkpoint: MoveCheckpoint) async throws {
        if held.isEmpty { return }
        let ids = Set(held)
        let report = try await done(
            target,
            MoveStep(
                queue: queue, expected: checkpoint.mark, checkpoint: checkpoint,
                leaving: checkpoint.jobs.filter { ids.contains($0.id) }))
        let taken = report.removed == held.count ? "it was taken back" : "some of them may run twice"
        throw CommandFailure(
            .failed,
            "the queue \"\(queue)\" was resumed in \(source.name) while it was moved, and \(Counted.text(held.count, "job")) "
                + "began there; \(taken): \(held.prefix(3).map(\.text).joined(separator: ", "))",
            advice: "leave the queue paused, and run drover move again")
    }

    private func done(_ place: Place, _ step: MoveStep) async throws -> MoveReport {
        switch try await place.store.move(step) {
        case .done(let report): return report
        case .conflict:
            throw CommandFailure(
                .failed, "another drover move is at work on the queue \"\(queue)\"", advice: "let it come to its end")
        case .refused(let refusals):
            let named = refusals.prefix(3).map(\.problem.description).joined(separator: "; ")
            let more = refusals.count > 3 ? ", and \(refusals.count - 3) more" : ""
            throw CommandFailure(
                .failed, "the queue \"\(queue)\" in \(place.name): \(named)\(more)",
                advice: "nothing of it was lost; run drover move again then")
        }
    }

    // MARK: Ending

    /// Ends the move. The source's queue stays paused.
    mutating func close() async throws {
        _ = try await done(target, MoveStep(queue: queue, expected: targetCheckpoint().mark, checkpoint: nil))
        var ended = sourceCheckpoint
        ended.hasEnded = true
        _ = try await done(source, MoveStep(queue: queue, expected: sourceCheckpoint.mark, checkpoint: ended))
    }

    /// Counts what is in the source now.
    mutating func look() async throws -> JobCounts {
        let counts = try await source.store.queue(queue)?.counts ?? JobCounts()
        tally.there = counts
        return counts
    }
}
