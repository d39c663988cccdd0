import DroverCore
import Testing

@Suite struct TimeTests {
    @Test(
        "a span is rounded up to whole milliseconds, so that nothing is due too early",
        arguments: [
            (.zero, 0), (.milliseconds(1), 1), (.milliseconds(1500), 1500), (.seconds(3), 3000), (.microseconds(1), 1),
            (.nanoseconds(1), 1), (.microseconds(999), 1), (.microseconds(1000), 1), (.microseconds(1001), 2),
            (.milliseconds(-1), -1), (.microseconds(-1), 0), (.microseconds(-999), 0), (.microseconds(-1001), -1),
            (.milliseconds(-1500), -1500), (.seconds(-3), -3000),
            (Duration(secondsComponent: 0, attosecondsComponent: 1), 1),
        ] as [(Duration, Int64)])
    func roundsUp(_ span: Duration, _ milliseconds: Int64) {
        #expect(span.wholeMilliseconds == milliseconds)
    }

    @Test func spansBeyondTheRangeStopAtItsEnds() {
        #expect(Duration.seconds(Int64.max).wholeMilliseconds == .max)
        #expect(Duration.seconds(Int64.min).wholeMilliseconds == .min)
        #expect(Duration.seconds(Int64.max / 1000).wholeMilliseconds == Int64.max / 1000 * 1000)
        let last = Duration.seconds(Int64.max / 1000) + .milliseconds(807)
        #expect(last.wholeMilliseconds == .max)
        #expect((last + .milliseconds(1)).wholeMilliseconds == .max)
    }

    @Test func addingToAnInstantStopsAtTheLargestAndDoesNotTrap() {
        let instant = Timestamp(milliseconds: 1000)
        #expect((instant + .milliseconds(5)).milliseconds == 1005)
        #expect((instant + .milliseconds(-5)).milliseconds == 995)
        #expect((instant + .seconds(Int64.max)).milliseconds == .max)
        #expect((Timestamp(milliseconds: -1000) + .seconds(Int64.min)).milliseconds == .min)
    }

    @Test func theDifferenceOfInstantsIsASpan() {
        #expect(Timestamp(milliseconds: 1500) - Timestamp(milliseconds: 500) == .seconds(1))
        #expect(Timestamp(milliseconds: 500) - Timestamp(milliseconds: 1500) == .seconds(-1))
        #expect(Timestamp(milliseconds: 1) < Timestamp(milliseconds: 2))
    }

    @Test func theSystemClockTellsWholeMillisecondsOfThePresent() {
        let clock = SystemWallClock()
        let first = clock.now
        #expect(first.milliseconds > 1_700_000_000_000 && first.milliseconds < 4_000_000_000_000)
    }
}
