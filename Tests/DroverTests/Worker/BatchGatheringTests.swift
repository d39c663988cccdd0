import Testing

@testable import Drover

@Suite struct BatchGatheringTests {
    private func gathering(upTo: Int = 4, atLeast: Int = 2, within: Duration = .seconds(10)) -> BatchGathering {
        BatchGathering(.init(upTo: upTo, atLeast: atLeast, within: within))
    }

    @Test func aLineBeginsWhenItHasTheLeastLengthAndNobodyIsOnTheWay() {
        var gathering = gathering()
        gathering.expect([1, 2, 3])
        gathering.join(1, group: "", now: .zero)
        gathering.join(2, group: "", now: .zero)
        #expect(gathering.take(now: .zero).isEmpty)
        gathering.join(3, group: "", now: .zero)
        #expect(gathering.take(now: .zero) == [[1, 2, 3]])
        #expect(gathering.waitingCount == 0 && gathering.nextDeadline == nil)
    }

    @Test func oneThatEndsBeforeItComesHoldsNobodyUp() {
        var gathering = gathering()
        gathering.expect([1, 2, 3])
        gathering.join(1, group: "", now: .zero)
        gathering.join(2, group: "", now: .zero)
        gathering.missed(3)
        #expect(gathering.take(now: .zero) == [[1, 2]])
    }

    @Test func aBatchHasNoMoreThanItMay() {
        var gathering = gathering()
        gathering.expect(1...10)
        for number in 1...10 { gathering.join(number, group: "", now: .zero) }
        #expect(gathering.take(now: .zero) == [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10]])
    }

    @Test func tooFewWaitUntilTheFirstHasWaitedLongEnough() {
        var gathering = gathering(atLeast: 3)
        gathering.join(1, group: "", now: .seconds(5))
        gathering.join(2, group: "", now: .seconds(9))
        #expect(gathering.nextDeadline == .seconds(15))
        #expect(gathering.take(now: .seconds(14)).isEmpty)
        #expect(gathering.take(now: .seconds(15)) == [[1, 2]])
    }

    @Test func oneWhoNeverComesHoldsAFullEnoughLineUpForTheTimeOnly() {
        var gathering = gathering(atLeast: 1, within: .zero)
        gathering.expect([1, 2])
        gathering.join(1, group: "", now: .zero)
        #expect(gathering.take(now: .zero).isEmpty)
        #expect(gathering.nextDeadline == BatchGathering.extraPatience)
        #expect(gathering.take(now: BatchGathering.extraPatience) == [[1]])
    }

    @Test func oneOnTheWayIsWaitedForALittleBeyondTheTime() {
        var gathering = gathering(atLeast: 3)
        gathering.expect([1, 2])
        gathering.join(1, group: "", now: .zero)
        #expect(gathering.nextDeadline == .seconds(10) + BatchGathering.extraPatience)
        #expect(gathering.take(now: .seconds(10)).isEmpty)
        gathering.join(2, group: "", now: .seconds(10))
        #expect(gathering.take(now: .seconds(10)) == [[1, 2]])
    }

    @Test func withoutAMinimumJobsBeginAtOnce() {
        var gathering = gathering(atLeast: 1, within: .zero)
        gathering.join(7, group: "", now: .zero)
        #expect(gathering.take(now: .zero) == [[7]])
    }

    @Test func groupsAreNotMixedAndHaveTimesOfTheirOwn() {
        var gathering = gathering()
        gathering.join(1, group: "a", now: .zero)
        gathering.join(2, group: "b", now: .seconds(1))
        gathering.join(3, group: "a", now: .seconds(2))
        #expect(gathering.take(now: .seconds(2)) == [[1, 3]])
        #expect(gathering.nextDeadline == .seconds(11))
        #expect(gathering.take(now: .seconds(11)) == [[2]])
    }

    @Test func oneWhoLeavesIsInNoBatchAndMovesTheDeadline() {
        var gathering = gathering(atLeast: 3)
        gathering.join(1, group: "", now: .zero)
        gathering.join(2, group: "", now: .seconds(4))
        let left = [1, 1, 9].map { gathering.leave($0) }
        #expect(left == [true, false, false])
        #expect(gathering.waiting == [2] && gathering.nextDeadline == .seconds(14))
        #expect(gathering.take(now: .seconds(14)) == [[2]])
        let late = gathering.leave(2)
        #expect(!late)
    }

    @Test func whatIsLeftOfALineKeepsItsOwnTime() {
        var gathering = gathering(upTo: 2, atLeast: 2)
        for (number, second) in [(1, 0), (2, 3), (3, 6)] { gathering.join(number, group: "", now: .seconds(second)) }
        #expect(gathering.take(now: .seconds(6)) == [[1, 2]])
        #expect(gathering.nextDeadline == .seconds(16))
    }

    @Test func noBatchBeginsWhileItDrainsAndWhoeverWaitsOrComesIsGivenBack() {
        var gathering = gathering(upTo: 2, atLeast: 2)
        gathering.join(1, group: "", now: .zero)
        gathering.join(2, group: "b", now: .zero)
        let waiting = gathering.drain()
        #expect(waiting == [1, 2])
        let isTaken = gathering.join(3, group: "", now: .seconds(1))
        #expect(!isTaken)
        #expect(gathering.take(now: .seconds(60)).isEmpty)
        #expect(gathering.nextDeadline == nil)
        let hasWaited = [1, 2, 3].map { gathering.leave($0) }
        #expect(hasWaited == [true, true, true])
    }

    @Test func numbersOutOfRangeAreTakenAsTheNearest() {
        var gathering = gathering(upTo: 0, atLeast: -1, within: .seconds(-1))
        gathering.join(1, group: "", now: .zero)
        #expect(gathering.take(now: .zero) == [[1]])
    }
}
