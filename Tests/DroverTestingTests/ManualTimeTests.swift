import DroverCore
import DroverTesting
import Testing

@Suite struct ManualTimeTests {
    @Test func advancingWakesThoseWhoseTimeHasComeAndNoOthers() async throws {
        let clock = ManualClock()
        let woken = Probe<Int>("woken sleepers")
        let sleepers = [10, 20, 30].map { seconds in
            Task {
                try await clock.sleep(for: .seconds(seconds))
                woken.signal(seconds)
            }
        }
        try await clock.waitForSleepers(3)
        #expect(clock.nextWakeIn == .seconds(10))
        clock.advance(by: .seconds(19))
        #expect(try await woken.wait() == [10])
        #expect(clock.sleeperCount == 2)
        clock.advance(by: .seconds(11))
        #expect(try await Set(woken.wait(for: 3)) == [10, 20, 30])
        #expect(clock.sleeperCount == 0)
        #expect(clock.nextWakeIn == nil)
        for sleeper in sleepers { try await sleeper.value }
    }

    @Test func sleepingUntilAnInstantThatHasPassedReturnsAtOnce() async throws {
        let clock = ManualClock()
        clock.advance(by: .seconds(5))
        try await clock.sleep(until: ManualClock.Instant(offset: .seconds(5)))
        try await clock.sleep(for: .zero)
        #expect(clock.now == ManualClock.Instant(offset: .seconds(5)))
    }

    @Test func aCancelledSleeperWakesWithAnError() async throws {
        let clock = ManualClock()
        let sleeper = Task { try await clock.sleep(for: .seconds(10)) }
        try await clock.waitForSleepers(1)
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
        #expect(clock.sleeperCount == 0)
    }

    @Test func aTaskThatIsAlreadyCancelledDoesNotSleep() async throws {
        let clock = ManualClock()
        let gate = Probe<Void>("gate")
        let sleeper = Task {
            // The wait ends with the cancellation; only the sleep behind it is of interest.
            _ = try? await gate.wait()
            try await clock.sleep(for: .seconds(10))
        }
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
    }

    @Test func waitingForSleepersInVainEnds() async throws {
        let clock = ManualClock()
        let error = await #expect(throws: WaitTimeout.self) {
            try await clock.waitForSleepers(1, timeout: .milliseconds(1))
        }
        #expect(error?.wanted == 1)
        #expect(error?.seen == 0)
    }

    @Test func aSleeperThatWakesSoonIsNoticedWhoeverElseSleeps() async throws {
        let clock = ManualClock()
        let late = Task { try await clock.sleep(for: .seconds(60)) }
        try await clock.waitForSleepers(1)
        let soon = Task { try await clock.sleep(for: .seconds(5)) }
        try await clock.waitForSleeper(wakingWithin: .seconds(5))
        #expect(clock.nextWakeIn == .seconds(5))
        clock.advance(by: .seconds(5))
        try await soon.value
        late.cancel()
    }

    @Test func aSleeperThatAnAdvanceBringsNearToItsTimeIsNoticed() async throws {
        let clock = ManualClock()
        let sleeper = Task { try await clock.sleep(for: .seconds(60)) }
        try await clock.waitForSleepers(1)
        async let noticed: Void = clock.waitForSleeper(wakingWithin: .seconds(10))
        clock.advance(by: .seconds(50))
        try await noticed
        sleeper.cancel()
    }

    @Test func waitingInVainForASleeperThatWakesSoonEndsAndCountsNoOther() async throws {
        let clock = ManualClock()
        let late = Task { try await clock.sleep(for: .seconds(60)) }
        try await clock.waitForSleepers(1)
        let error = await #expect(throws: WaitTimeout.self) {
            try await clock.waitForSleeper(wakingWithin: .seconds(59), timeout: .milliseconds(1))
        }
        #expect(error?.seen == 0)
        late.cancel()
    }

    @Test func bothClocksMoveTogetherAndAWokenSleeperSeesTheNewTime() async throws {
        let time = ManualTime()
        let start = time.wall.now
        let sleeper = Task {
            try await time.clock.sleep(for: .milliseconds(1500))
            return time.wall.now - start
        }
        try await time.clock.waitForSleepers(1)
        time.advance(by: .milliseconds(1500))
        #expect(try await sleeper.value == .milliseconds(1500))
    }

    @Test func theTimeOfDayMovesBothWaysAndAddsUpPartsOfAMillisecond() {
        let wall = ManualWallClock(start: Timestamp(milliseconds: 1000))
        wall.advance(by: .microseconds(600))
        #expect(wall.now == Timestamp(milliseconds: 1000))
        wall.advance(by: .microseconds(600))
        #expect(wall.now == Timestamp(milliseconds: 1001))
        wall.advance(by: .seconds(-1) - .microseconds(200))
        #expect(wall.now == Timestamp(milliseconds: 1))
    }
}
