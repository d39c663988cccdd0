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
        #expect(woken == [0, 2])
        let call = state.begin(now: .seconds(1))
        #expect(call.interest.work == ["b"])
    }

    @Test func anEmptyAnswerMeansThatTheTimeIsUp() {
        var state = WakeUpState(queues: queues)
        _ = state.hungry(0, until: .seconds(5), now: .zero)
        _ = state.hungry(1, until: .seconds(9), now: .zero)
        _ = state.begin(now: .zero)
        let woken = state.ended(WakeUp(), now: .seconds(1))
        #expect(woken == [0])
    }

    @Test func afterAFailedCallOnlyThoseWhoseTimeHasPassedAreCalled() {
        var state = WakeUpState(queues: queues)
        _ = state.hungry(0, until: .seconds(5), now: .zero)
        _ = state.hungry(1, until: .seconds(9), now: .zero)
        _ = state.begin(now: .zero)
        let woken = state.failed(now: .seconds(1))
        #expect(woken.isEmpty)
        let woken2 = state.failed(now: .seconds(6))
        #expect(woken2 == [0])
    }

    @Test func withoutHungryWorkersTheCallWaitsForCancellationsAlone() {
        var state = WakeUpState(queues: queues)
        let call = state.begin(now: .zero)
        #expect(call.interest.work.isEmpty)
        #expect(call.interest.cancellations == ["a", "b"])
        #expect(call.atMost == WakeUpState.longestWait)
    }
}
