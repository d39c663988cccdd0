import DroverCore
import DroverTesting
import Synchronization
import Testing

@testable import Drover

/// How far apart rounds begin in which parents are told of jobs that other clients ended.
@Suite("Rounds over parents", .timeLimit(.minutes(10)))
struct ParentRoundTests {
    private let clock = ManualClock()

    /// The part of a service that begins rounds, alone: nobody else sleeps on the clock.
    private func heartbeat(_ store: any JobStore) throws -> Heartbeat {
        let engineClock = EngineClock(clock)
        let keeper = LeaseKeeper(
            store: store, shortestLease: .seconds(30), clock: engineClock,
            timer: ClockDelayTimer(clock: engineClock), logger: quiet)
        let watcher = WakeUpWatcher(store: store, queues: ["q"], clock: engineClock, logger: quiet)
        let scope = WorkerScope(
            queue: "q", concurrency: 1, options: WorkerOptions(), configuration: ServiceConfiguration(clock: clock),
            store: store, clock: engineClock, keeper: keeper, logger: quiet)
        let worker = QueueWorker(scope: scope, handlers: Handlers(), index: 0, keeper: keeper, watcher: watcher)
        return try #require(Heartbeat([worker]))
    }

    /// Lets two processes live, of which one ends after some wakes, and moves the clock from each wake to the next.
    ///
    /// - Parameters:
    ///   - offset: how long after the first the second begins.
    ///   - death: after how many wakes.
    ///   - isFirst: whether the first one ends.
    private func live(offset: Duration, death: Int, isFirst: Bool) async throws -> Rounds {
        let rounds = Rounds(clock)
        let store = RoundStore(rounds)
        let heartbeats = [try heartbeat(store), try heartbeat(store)]
        var lives = [Task { await heartbeats[0].run() }]
        try await clock.waitForSleepers(1)
        clock.advance(by: offset)
        lives.append(Task { await heartbeats[1].run() })
        for wake in 0..<16 {
            try await clock.waitForSleepers(lives.count)
            if wake == death {
                let life = lives.remove(at: isFirst ? 0 : 1)
                life.cancel()
                await life.value
            }
            clock.advance(by: try #require(clock.nextWakeIn))
        }
        try await clock.waitForSleepers(lives.count)
        for life in lives {
            life.cancel()
            await life.value
        }
        return rounds
    }

    @Test(
        "Rounds of two processes that know of such jobs begin 3.7 s after one another at most, whichever of them ends and when",
        arguments: [1, 100, 600, 1224, 1225, 1226, 1800, 2400, 2449], [true, false])
    func gaps(offset: Int, isFirst: Bool) async throws {
        for death in 0..<10 {
            let start = clock.now.offset
            let rounds = try await live(offset: .milliseconds(offset), death: death, isFirst: isFirst)
            #expect(rounds.begun.first == start)
            let instants = rounds.begun + [clock.now.offset]
            #expect(instants.count > 6)
            for (one, next) in zip(instants, instants.dropFirst()) {
                #expect(next - one <= .milliseconds(3675), "after \(one - start), an end at wake \(death)")
            }
            // One alone leaves none, and two that take turns.
            #expect(rounds.left > 0 || offset == 1225 || death < 4)
        }
    }

    @Test(
        "A process alone begins one each 2.45 s, each 4.9 s where it was not told of such jobs, and leaves none",
        arguments: [true, false])
    func alone(isReported: Bool) async throws {
        let rounds = Rounds(clock)
        let store = FaultInjectingStore(RoundStore(rounds))
        // Whoever was not told whether there is something to do looks.
        if !isReported { store.failNext(.heartbeat, .lostReply, times: 100) }
        let heartbeat = try heartbeat(store)
        let life = Task { await heartbeat.run() }
        for _ in 0..<6 {
            try await clock.waitForSleepers(1)
            clock.advance(by: try #require(clock.nextWakeIn))
        }
        try await clock.waitForSleepers(1)
        life.cancel()
        await life.value
        #expect(rounds.begun == (0..<7).map { .milliseconds(isReported ? 2450 : 4900) * $0 })
        #expect(rounds.left == 0)
    }
}

/// When whole rounds began, for all processes, as a server notes it.
private final class Rounds: Sendable {
    private struct State {
        var begun: [Duration] = []
        var left = 0
    }

    private let clock: ManualClock
    private let state = Mutex(State())

    init(_ clock: ManualClock) { self.clock = clock }

    /// When rounds began.
    var begun: [Duration] { state.withLock { $0.begun } }
    /// How many were left to another process.
    var left: Int { state.withLock { $0.left } }

    /// A round, over as soon as it begins, unless the last one began a short time ago.
    func begin() -> ParentRelease {
        let now = clock.now.offset
        return state.withLock { state in
            if let last = state.begun.last, now - last < .milliseconds(1225) {
                state.left += 1
                return ParentRelease(isLeft: true)
            }
            state.begun.append(now)
            return ParentRelease()
        }
    }
}

/// A store with parents that other clients may not tell.
private struct RoundStore: ForwardingStore {
    let base: any JobStore = ReferenceStore(clock: ManualWallClock())
    private let rounds: Rounds

    init(_ rounds: Rounds) { self.rounds = rounds }

    var traits: StoreTraits {
        var traits = base.traits
        traits.isSharedWithBullMQ = true
        return traits
    }

    func heartbeat(_ reports: [WorkerReport]) async throws(StoreError) -> Bool { true }

    func releaseParents(after cursor: PageCursor?, limit: Int) async throws(StoreError) -> ParentRelease {
        rounds.begin()
    }
}
