import DroverCore
import Testing

@testable import Drover

@Suite struct WakeUpStateTests {
    private let queues: [QueueName] = ["a", "b", "a"]

    @Test func oneCallCoversAllHungryQueuesAndTheCancellationsOfAll() {
        var state = WakeUpState(queues: queues)
        _ = state.hungry(0, until: .seconds(5), now: .zero)
        _ = state.hungry(1, until: .seconds(3), now: .zero)
        let call = state.begin(now: .seconds(1))
        #expect(call.interest.work == ["a", "b"])
        #expect(call.interest.cancellations == ["a", "b"])
        #expect(call.atMost == .seconds(2))
    }

    @Test func aQueueThatBecomesHungryCutsTheCallShort() {
        var state = WakeUpState(queues: queues)
        _ = state.begin(now: .zero)
        let mustRestart = state.hungry(1, until: .seconds(5), now: .zero)
        #expect(mustRestart)
        #expect(state.mustRestart)
        let woken = state.ended(WakeUp(), now: .seconds(1))
        #expect(woken.isEmpty)
        let call = state.begin(now: .seconds(1))
        #expect(call.interest.work == ["b"])
    }

    @Test func aQueueThatTheCallCoversDoesNotCutItShort() {
        var state = WakeUpState(queues: queues)
        _ = state.hungry(0, until: .seconds(5), now: .zero)
        _ = state.begin(now: .zero)
        let mustRestart = state.hungry(0, until: .seconds(6), now: .seconds(1))
        #expect(!mustRestart)
        let mustRestart2 = state.hungry(2, until: .seconds(6), now: .seconds(1))
        #expect(!mustRestart2)
    }

    @Test func anEarlierDeadlineCutsTheCallShort() {
        var state = WakeUpState(queues: queues)
        _ = state.hungry(0, until: .seconds(5), now: .zero)
        _ = state.begin(now: .zero)
        let mustRestart = state.hungry(0, until: .seconds(2), now: .seconds(1))
        #expect(mustRestart)
    }

    @Test func aWakeUpCallsEveryWorkerOfItsQueueHungryOrNot() {
        var state = WakeUpState(queues: queues)
        _ = state.hungry(0, until: .seconds(5), now: .zero)
        _ = state.hungry(1, until: .seconds(5), now: .zero)
        _ = state.begin(now: .zero)
        let woken = state.ended(WakeUp(work: ["a"]), now: .seconds(1))
        #expect(woken == [.init(worker: 0, cause: .hint), .init(worker: 2, cause: .hint)])
        let call = state.begin(now: .seconds(1))
        #expect(call.interest.work == ["b"])
    }

    @Test func anEmptyAnswerMeansThatTheTimeIsUp() {
        var state = WakeUpState(queues: queues)
        _ = state.hungry(0, until: .seconds(5), now: .zero)
        _ = state.hungry(1, until: .seconds(9), now: .zero)
        _ = state.begin(now: .zero)
        let woken = state.ended(WakeUp(), now: .seconds(1))
        #expect(woken == [.init(worker: 0, cause: .time)])
    }

    @Test func aHintCountsMoreThanTheEndOfTheWait() {
        var state = WakeUpState(queues: queues)
        _ = state.hungry(0, until: .seconds(5), now: .zero)
        _ = state.hungry(1, until: .seconds(5), now: .zero)
        _ = state.begin(now: .zero)
        let woken = state.ended(WakeUp(work: ["b"]), now: .seconds(5))
        #expect(woken == [.init(worker: 0, cause: .time), .init(worker: 1, cause: .hint)])
    }

    @Test func afterAFailedCallEverybodyIsCalledSinceHintsMayBeLost() {
        var state = WakeUpState(queues: queues)
        _ = state.hungry(0, until: .seconds(5), now: .zero)
        _ = state.hungry(1, until: .seconds(120), now: .zero)
        _ = state.begin(now: .zero)
        let woken = state.failed(now: .seconds(1))
        #expect(woken == [.init(worker: 0, cause: .hint), .init(worker: 1, cause: .hint)])
    }

    @Test func whileCallsGoOnToFailOnlyThoseWhoseTimeHasPassedAreCalled() {
        var state = WakeUpState(queues: queues)
        _ = state.begin(now: .zero)
        let first = state.failed(now: .zero)
        #expect(first.isEmpty)
        _ = state.hungry(0, until: .seconds(5), now: .zero)
        _ = state.hungry(1, until: .seconds(9), now: .zero)
        let early = state.failed(now: .seconds(1))
        #expect(early.isEmpty)
        let late = state.failed(now: .seconds(6))
        #expect(late == [.init(worker: 0, cause: .hint)])
        _ = state.begin(now: .seconds(6))
        _ = state.ended(WakeUp(cancellations: ["a"]), now: .seconds(7))
        let again = state.failed(now: .seconds(8))
        #expect(again == [.init(worker: 1, cause: .hint)])
    }

    @Test func aCallThatWasCutShortDoesNotShowThatCallsSucceedAgain() {
        var state = WakeUpState(queues: queues)
        _ = state.begin(now: .zero)
        _ = state.failed(now: .zero)
        _ = state.begin(now: .zero)
        // The worker that the failure woke has looked in vain, and waits again.
        let mustRestart = state.hungry(0, until: .seconds(5), now: .zero)
        #expect(mustRestart)
        let cut = state.ended(WakeUp(), now: .zero)
        #expect(cut.isEmpty && state.isFailing)
        _ = state.begin(now: .zero)
        let early = state.failed(now: .seconds(1))
        #expect(early.isEmpty)
        _ = state.begin(now: .seconds(1))
        _ = state.ended(WakeUp(), now: .seconds(5))
        #expect(!state.isFailing)
    }

    @Test func aQueueWhoseWorkersHaveLeftCutsTheCallShort() {
        var state = WakeUpState(queues: queues)
        for worker in 0..<3 { _ = state.hungry(worker, until: .seconds(5), now: .zero) }
        _ = state.begin(now: .zero)
        let first = state.left(0)
        #expect(!first, "the other worker of the queue still waits")
        let second = state.left(2)
        #expect(second)
        let again = state.left(2)
        #expect(!again)
        let woken = state.ended(WakeUp(), now: .seconds(1))
        #expect(woken.isEmpty)
        let call = state.begin(now: .seconds(1))
        #expect(call.interest.work == ["b"])
    }

    @Test func aWorkerWithoutUseForWorkIsLeftOutOfTheNextCall() {
        var state = WakeUpState(queues: queues)
        _ = state.hungry(1, until: .seconds(5), now: .zero)
        _ = state.begin(now: .zero)
        state.sated(1)
        #expect(!state.mustRestart)
        let woken = state.ended(WakeUp(work: ["b"]), now: .seconds(1))
        #expect(woken == [.init(worker: 1, cause: .hint)], "what the pending call tells is kept")
        let call = state.begin(now: .seconds(1))
        #expect(call.interest.work.isEmpty)
    }

    @Test func aWorkerThatDidNotWaitLeavesWithoutCuttingTheCallShort() {
        var state = WakeUpState(queues: queues)
        _ = state.begin(now: .zero)
        let mustRestart = state.left(1)
        #expect(!mustRestart)
    }

    @Test func withoutHungryWorkersTheCallWaitsForCancellationsAlone() {
        var state = WakeUpState(queues: queues)
        let call = state.begin(now: .zero)
        #expect(call.interest.work.isEmpty)
        #expect(call.interest.cancellations == ["a", "b"])
        #expect(call.atMost == WakeUpState.longestWait)
    }
}
