import Drover
import DroverCore

/// Goes over the payloads of queues, round after round until one changes nothing.
struct ReencryptRun {
    /// How it ended.
    enum Ending: String {
        /// The last round over each queue changed nothing.
        case complete
        /// Somebody wished it to stop.
        case stopped
        /// Each round found more: somebody goes on storing what is not as it is to be.
        case endless
    }

    /// In which order the states are gone over: the one in which jobs pass through them, so that they do not slip by.
    private static let states: [JobState] = [
        .waitingChildren, .delayed, .waiting, .prioritized, .grouped, .completed, .failed,
    ]
    /// How many jobs are read and written at once: few, so that little can happen to them between the two.
    private static let page = 200
    private static let mostRounds = 10

    private let service: JobService
    private let store: any JobStore
    /// The id of the key that encrypts.
    private let current: String
    private let stop: StopWish
    /// How far it has come.
    var progress: ProgressLine
    /// What was done, by queue.
    private(set) var tallies: [ReencryptTally]
    private var looked = 0
    private var total = 0

    /// How many payloads were encrypted anew.
    var changed: Int { tallies.reduce(0) { $0 + $1.jobs.changed + $1.schedules.changed } }

    init(
        service: JobService, store: any JobStore, current: String, queues: [QueueSummary], stop: StopWish,
        progress: ProgressLine
    ) {
        self.service = service
        self.store = store
        self.current = current
        self.stop = stop
        self.progress = progress
        tallies = queues.map(ReencryptTally.init)
    }

    /// Does it.
    ///
    /// - Throws: `StoreError` or ``DroverError``; what was encrypted before that stays so.
    mutating func run() async throws -> Ending {
        var open = Array(tallies.indices)
        for _ in 0..<Self.mostRounds {
            total = looked + open.reduce(0) { $0 + tallies[$1].size }
            for index in open {
                // Behind the last page nothing is left to stop.
                if try await !pass(index) { return .stopped }
            }
            open.removeAll { tallies[$0].changedLast == 0 }
            if open.isEmpty { return .complete }
        }
        return .endless
    }

    /// - Returns: whether it came to the end of the queue.
    private mutating func pass(_ index: Int) async throws -> Bool {
        let queue = tallies[index].queue
        tallies[index].begin()
        if try await !lookAtRunning(index) { return false }
        var cursor: PageCursor?
        for state in Self.states {
            repeat {
                if stop.isAsked { return false }
                let report = try await service.reencrypt(queue, in: state, after: cursor, limit: Self.page)
                tallies[index].add(report, to: \.jobs)
                show(report.looked)
                cursor = report.next
            } while cursor != nil
        }
        // Last, so that the job by which a schedule goes on counts among the jobs that were encrypted anew.
        repeat {
            if stop.isAsked { return false }
            let report = try await service.reencryptSchedules(of: queue, after: cursor, limit: Self.page)
            tallies[index].add(report, to: \.schedules)
            cursor = report.next
        } while cursor != nil
        return true
    }

    /// Jobs that run keep their payloads: what a handler replaces meanwhile would be lost.
    private mutating func lookAtRunning(_ index: Int) async throws -> Bool {
        var cursor: PageCursor?
        repeat {
            if stop.isAsked { return false }
            let page = try await store.jobs(
                matching: JobQuery(queue: tallies[index].queue, state: .active),
                page: Page(limit: Self.page, after: cursor))
            for job in page.jobs { tallies[index].addRunning(job, besides: current) }
            show(page.jobs.count)
            cursor = page.next
        } while cursor != nil
        return true
    }

    private mutating func show(_ count: Int) {
        looked += count
        progress.show(looked, of: total)
    }
}
