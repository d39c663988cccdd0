import DroverCore
import Synchronization

/// Gathers the jobs of one name of a worker: the thin shell around ``BatchGathering``.
///
/// Each job waits in the task of its own attempt, under its own timeout and lease; a batch runs in one task for all of them.
final class BatchLine: Sendable {
    /// A job that waits for its batch, or is in it.
    struct Member: Sendable {
        let context: JobContext
        let payload: any JobPayload
        let answer = BatchAnswer()

        var number: Int { context.attemptState.number }
    }

    private struct State {
        var gathering: BatchGathering
        var members: [Int: Member] = [:]
        var running: [Int: RunningBatch] = [:]
        var timer: (task: Task<Void, Never>, deadline: Duration)?
    }

    private let clock: EngineClock
    private let run: @Sendable (RunningBatch) async -> Void
    private let state: Mutex<State>

    /// - Parameter run: does a batch, and answers every member.
    init(_ rule: BatchGathering.Rule, clock: EngineClock, run: @escaping @Sendable (RunningBatch) async -> Void) {
        self.clock = clock
        self.run = run
        state = Mutex(State(gathering: BatchGathering(rule)))
    }

    /// Attempts were claimed that will come here, or be missed.
    func expect(_ numbers: [Int]) { state.withLock { $0.gathering.expect(numbers) } }

    /// An attempt has ended, and will not come.
    func missed(_ number: Int) {
        change { $0.gathering.missed(number) }
    }

    /// Waits for a batch, and for what it says of the job.
    func join(_ member: Member, group: String) async throws -> JSONText {
        return try await withTaskCancellationHandler {
            var isTaken = true
            change { state in
                if member.answer.isSettled { return }  // it was stopped before it came
                state.members[member.number] = member
                isTaken = state.gathering.join(member.number, group: group, now: clock.now())
            }
            if !isTaken { member.context.attemptState.stop(.shutdown) }
            return try await member.answer.value()
        } onCancel: {
            stopped(member)
        }
    }

    /// Lets no job wait any more: those that do are given back.
    func drain() {
        let waiting = state.withLock { state in
            let numbers = state.gathering.drain()
            // Its time no more comes.
            plan(&state)
            return numbers.compactMap { state.members[$0] }
        }
        for member in waiting { member.context.attemptState.stop(.shutdown) }
    }

    /// A job is to stop. One that waits goes at once; one whose batch runs ends with it, and ends it when it was the last.
    private func stopped(_ member: Member) {
        var batch: RunningBatch?
        change { state in
            batch = state.running[member.number]
            if batch != nil { return }
            if state.gathering.leave(member.number) { state.members[member.number] = nil }
            member.answer.settle(.failure(CancellationError()))
        }
        batch?.look()
    }

    /// Changes what is known, and does what follows from it.
    private func change(_ body: (inout State) -> Void) {
        let batches = state.withLock { state in
            body(&state)
            let batches = state.gathering.take(now: clock.now()).map { numbers in
                let batch = RunningBatch(numbers.compactMap { state.members.removeValue(forKey: $0) })
                for member in batch.members { state.running[member.number] = batch }
                return batch
            }
            plan(&state)
            return batches
        }
        for batch in batches { start(batch) }
    }

    /// Has the time of the line that waits longest looked at when it comes.
    private func plan(_ state: inout State) {
        let deadline = state.gathering.nextDeadline
        if state.timer?.deadline == deadline { return }
        state.timer?.task.cancel()
        state.timer = deadline.map { deadline in
            let span = max(deadline - clock.now(), .zero)
            // Unstructured: it belongs to no job, and is cancelled when the deadline is another one.
            let task = Task { [weak self, clock] in
                if await clock.sleep(for: span) { self?.timeIsUp() }
            }
            return (task, deadline)
        }
    }

    private func timeIsUp() {
        change { $0.timer = nil }
    }

    private func start(_ batch: RunningBatch) {
        // Unstructured: it belongs to all jobs of the batch, and is cancelled when each of them is to stop.
        batch.attach(
            Task {
                await run(batch)
                state.withLock { state in
                    for member in batch.members { state.running[member.number] = nil }
                }
            })
    }
}

/// A batch that runs.
final class RunningBatch: Sendable {
    let members: [BatchLine.Member]
    private let task = Mutex<Task<Void, Never>?>(nil)

    init(_ members: [BatchLine.Member]) { self.members = members }

    func attach(_ task: Task<Void, Never>) {
        self.task.withLock { $0 = task }
        look()
    }

    /// Cancels the batch when each of its jobs that has no answer is to stop.
    func look() {
        let left = members.filter { !$0.answer.isSettled }
        guard !left.isEmpty, left.allSatisfy({ $0.context.attemptState.fate.stop != nil }) else { return }
        task.withLock { $0 }?.cancel()
    }
}

/// What a batch says of one of its jobs: once, and its attempt ends.
final class BatchAnswer: Sendable {
    private struct State {
        var result: Result<JSONText, any Error>?
        var waiter: CheckedContinuation<JSONText, any Error>?
    }

    private let state = Mutex(State())

    var isSettled: Bool { state.withLock { $0.result != nil } }

    /// - Returns: whether this was the first answer, which counts.
    @discardableResult
    func settle(_ result: Result<JSONText, any Error>) -> Bool {
        let (isFirst, waiter) = state.withLock { state in
            if state.result != nil { return (false, CheckedContinuation<JSONText, any Error>?.none) }
            state.result = result
            defer { state.waiter = nil }
            return (true, state.waiter)
        }
        waiter?.resume(with: result)
        return isFirst
    }

    func value() async throws -> JSONText {
        try await withCheckedThrowingContinuation { continuation in
            let result = state.withLock { state in
                if state.result == nil { state.waiter = continuation }
                return state.result
            }
            if let result { continuation.resume(with: result) }
        }
    }
}
