import DroverCore
import DroverTesting
import Testing

@testable import Drover

@Suite struct DispatcherStateTests {
    private func settlement(_ number: Int) -> Settlement {
        let key = JobKey(queue: "q", id: JobID(stored: "\(number)"))
        return Settlement(
            lease: Lease(job: key, token: LeaseToken("t"), duration: .seconds(30)), outcome: .completed(.null))
    }

    private func exchange(_ state: inout DispatcherState) throws -> DispatcherState.Exchange {
        guard case .exchange(let exchange) = state.next() else {
            Issue.record("an exchange was expected")
            throw WrongStep()
        }
        return exchange
    }

    private func expectStep(
        _ step: DispatcherState.Step, of state: inout DispatcherState, at location: SourceLocation = #_sourceLocation
    ) {
        let next = state.next()
        #expect(next == step, sourceLocation: location)
    }

    private struct WrongStep: Error {}

    /// A state whose first exchange has claimed so many jobs, which run.
    private func running(
        _ count: Int, concurrency: Int, inFlight: Int = 2, limit: Int? = nil
    ) throws -> DispatcherState {
        var state = DispatcherState(concurrency: concurrency, maximumInFlight: inFlight, limit: limit)
        let first = try exchange(&state)
        state.answered(first, .init(claimed: count))
        return state
    }

    @Test func theFirstStepClaimsEverySlot() throws {
        var state = DispatcherState(concurrency: 7)
        let first = try exchange(&state)
        #expect(first.claim == 7)
        #expect(first.settlements.isEmpty)
    }

    @Test func slotsAskedForByAnExchangeInFlightAreNotAskedForAgain() throws {
        var state = DispatcherState(concurrency: 7)
        _ = try exchange(&state)
        expectStep(.park, of: &state)
    }

    @Test func aSingleFinishedJobIsSettledAtOnceAndItsSlotClaimed() throws {
        var state = try running(3, concurrency: 3)
        expectStep(.park, of: &state)
        state.attemptEnded(1, settlement(1))
        #expect(state.hasStep)
        let second = try exchange(&state)
        #expect(second.settlements == [settlement(1)])
        #expect(second.attempts == [1])
        #expect(second.claim == 1)
    }

    @Test func outcomesGatherBesideACallUntilTheyAreAShare() throws {
        var state = try running(10, concurrency: 10)
        state.attemptEnded(1, settlement(1))
        #expect(try exchange(&state).attempts == [1])
        for number in 2...5 { state.attemptEnded(number, settlement(number)) }
        #expect(!state.hasStep)
        expectStep(.park, of: &state)
        state.attemptEnded(6, settlement(6))
        #expect(try exchange(&state).attempts == [2, 3, 4, 5, 6])
    }

    @Test func whatIsLessThanAShareTravelsWhenTheCallIsBack() throws {
        var state = try running(10, concurrency: 10)
        state.attemptEnded(1, settlement(1))
        let call = try exchange(&state)
        state.attemptEnded(2, settlement(2))
        expectStep(.park, of: &state)
        state.answered(call, .init(claimed: 0))
        #expect(try exchange(&state).attempts == [2])
    }

    @Test func aWorkerOfFewJobsGathersNothingForItsSecondCall() throws {
        var state = try running(3, concurrency: 3)
        for number in 1...2 {
            state.attemptEnded(number, settlement(number))
            #expect(try exchange(&state).attempts == [number])
        }
        state.attemptEnded(3, settlement(3))
        expectStep(.park, of: &state)
    }

    @Test func aWorkerThatRunsNothingAsksForAllItsSlotsInOneCall() throws {
        for concurrency in [1, 5, 100] {
            var state = DispatcherState(concurrency: concurrency, maximumInFlight: 4)
            #expect(try exchange(&state).claim == concurrency)
            expectStep(.park, of: &state)
        }
    }

    @Test func noMoreThanTheAllowedExchangesAreInFlight() throws {
        for allowed in 1...4 {
            var state = try running(100, concurrency: 100, inFlight: allowed)
            for number in 0..<100 { state.attemptEnded(number, settlement(number)) }
            for _ in 0..<allowed { #expect(try exchange(&state).attempts.count >= 25) }
            expectStep(.park, of: &state)
        }
    }

    @Test func theJobsOfAWorkerArePartedAmongItsCalls() throws {
        var state = try running(100, concurrency: 100, inFlight: 4)
        for number in 0..<50 { state.attemptEnded(number, settlement(number)) }
        #expect(try exchange(&state).attempts == Array(0..<25))
        #expect(try exchange(&state).attempts == Array(25..<50))
    }

    @Test func oneLateJobHoldsUpNoShare() throws {
        var state = try running(100, concurrency: 100, inFlight: 4)
        state.attemptEnded(0, settlement(0))
        _ = try exchange(&state)
        for number in 1...23 { state.attemptEnded(number, settlement(number)) }
        expectStep(.park, of: &state)
        state.attemptEnded(24, settlement(24))
        #expect(try exchange(&state).attempts == Array(1...24))
    }

    @Test func everySettlementIsInExactlyOneExchange() throws {
        var random = TestRun.generator()
        func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
        var state = DispatcherState(concurrency: 20, maximumInFlight: 3)
        var flying: [DispatcherState.Exchange] = []
        var active: [Int] = []
        var started = 0
        var ended = 0
        var settled: [Int] = []
        for _ in 0..<20_000 {
            switch below(3) {
            case 0:
                if case .exchange(let exchange) = state.next() {
                    settled += exchange.attempts
                    #expect(exchange.attempts.count == exchange.settlements.count)
                    flying.append(exchange)
                }
            case 1 where !flying.isEmpty:
                let exchange = flying.remove(at: below(flying.count))
                let claimed = below(exchange.claim + 1)
                state.answered(exchange, .init(claimed: claimed))
                active += started..<(started + claimed)
                started += claimed
                if below(2) == 0 { state.wakeUp() }
            case 2 where !active.isEmpty:
                let attempt = active.remove(at: below(active.count))
                state.attemptEnded(attempt, settlement(attempt))
                ended += 1
            default: break
            }
            #expect(flying.count <= 3)
            #expect(active.count + flying.map(\.claim).reduce(0, +) <= 20)
        }
        state.drain()
        for attempt in active { state.attemptEnded(attempt, settlement(attempt)) }
        ended += active.count
        for exchange in flying { state.answered(exchange, .init(claimed: 0)) }
        while case .exchange(let exchange) = state.next() {
            settled += exchange.attempts
            state.answered(exchange, .init(claimed: 0))
        }
        expectStep(.stop, of: &state)
        #expect(settled.count == ended)
        #expect(Set(settled).count == ended)
    }

    @Test func aShortClaimIsFollowedByAWait() throws {
        var state = try running(1, concurrency: 4)
        expectStep(.park, of: &state)
        #expect(state.hunger == .seconds(5))
        state.wakeUp()
        #expect(state.hunger == nil)
        let planned1 = try exchange(&state)
        #expect(planned1.claim == 3)
    }

    @Test func aFilledClaimIsFollowedByAnotherAsSoonAsThereIsASlot() throws {
        var state = try running(2, concurrency: 2)
        #expect(state.hunger == nil)
        state.attemptEnded(0, nil)
        let planned2 = try exchange(&state)
        #expect(planned2.claim == 1)
    }

    @Test func theNextDueJobShortensTheWaitAndNeverLengthensIt() throws {
        for (due, wait) in [
            (Duration.seconds(2), Duration.seconds(2)), (.seconds(60), .seconds(5)), (.zero, .milliseconds(1)),
        ] {
            var state = DispatcherState(concurrency: 1)
            let first = try exchange(&state)
            state.answered(first, .init(claimed: 0, nextDueIn: due))
            #expect(state.hunger == wait)
        }
    }

    @Test func aPausedQueueIsNotAskedAgainBeforeTheWaitIsOver() throws {
        var state = DispatcherState(concurrency: 1)
        let first = try exchange(&state)
        state.answered(first, .init(claimed: 0, nextDueIn: .zero, isPaused: true))
        expectStep(.park, of: &state)
        #expect(state.hunger == .seconds(5))
    }

    @Test func aWakeUpThatComesWhileAClaimIsUnderWayIsKept() throws {
        var state = DispatcherState(concurrency: 1)
        let first = try exchange(&state)
        state.wakeUp()
        expectStep(.park, of: &state)
        state.answered(first, .init(claimed: 0))
        #expect(state.hunger == nil)
        let second = try exchange(&state)
        state.answered(second, .init(claimed: 0))
        #expect(state.hunger == .seconds(5))
    }

    @Test func aWakeUpThatFindsNoFreeSlotIsKeptUntilThereIsOne() throws {
        var state = DispatcherState(concurrency: 2)
        let first = try exchange(&state)
        state.answered(first, .init(claimed: 1))
        state.wakeUp()
        let second = try exchange(&state)
        state.answered(second, .init(claimed: 1))
        #expect(second.claim == 1)
        state.wakeUp()
        expectStep(.park, of: &state)
        state.attemptEnded(0, nil)
        let planned3 = try exchange(&state)
        #expect(planned3.claim == 1)
    }

    @Test func theReplyToARepeatedExchangeDoesNotProveThatTheQueueIsEmpty() throws {
        var state = DispatcherState(concurrency: 2)
        let first = try exchange(&state)
        state.answered(first, .init(claimed: 0, wasRepeated: true))
        let second = try exchange(&state)
        #expect(second.claim == 2)
        state.answered(second, .init(claimed: 0))
        expectStep(.park, of: &state)
    }

    @Test func anExchangeThatWasGivenUpFreesItsSlotsAfterAWait() throws {
        var state = try running(2, concurrency: 2)
        state.attemptEnded(1, settlement(1))
        let second = try exchange(&state)
        state.abandoned(second)
        expectStep(.park, of: &state)
        #expect(state.hunger == .seconds(5))
        state.wakeUp()
        let third = try exchange(&state)
        #expect(third.settlements.isEmpty)
        #expect(third.claim == 1)
    }

    @Test func aWakeUpDuringAnExchangeThatIsGivenUpIsKept() throws {
        var state = DispatcherState(concurrency: 1)
        let first = try exchange(&state)
        state.wakeUp()
        state.abandoned(first)
        #expect(try exchange(&state).claim == 1)
    }

    @Test func aLostLeaseFreesItsSlotWithoutASettlement() throws {
        var state = try running(1, concurrency: 1)
        state.attemptEnded(0, nil)
        let second = try exchange(&state)
        #expect(second.settlements.isEmpty)
        #expect(second.claim == 1)
    }

    @Test func drainingSettlesTheLastJobBeforeStopping() throws {
        var state = try running(1, concurrency: 2)
        state.drain()
        expectStep(.park, of: &state)
        state.attemptEnded(0, settlement(0))
        let last = try exchange(&state)
        #expect(last.claim == 0)
        expectStep(.park, of: &state)
        state.answered(last, .init(claimed: 0))
        expectStep(.stop, of: &state)
    }

    @Test func jobsClaimedByACallThatWasUnderWayWhenDrainingBeganAreStillSettled() throws {
        var state = DispatcherState(concurrency: 2)
        let first = try exchange(&state)
        state.drain()
        state.answered(first, .init(claimed: 2))
        expectStep(.park, of: &state)
        state.attemptEnded(1, settlement(1))
        state.attemptEnded(0, settlement(0))
        let planned4 = try exchange(&state)
        #expect(planned4.attempts == [1, 0])
    }

    @Test func anIdleWorkerThatDrainsStopsAtOnce() throws {
        var state = try running(0, concurrency: 3)
        state.drain()
        #expect(state.hasStep)
        expectStep(.stop, of: &state)
    }

    @Test func noMoreJobsAreClaimedThanTheLimitLeaves() throws {
        var state = DispatcherState(concurrency: 10, limit: 3)
        let first = try exchange(&state)
        #expect(first.claim == 3)
        state.answered(first, .init(claimed: 2))
        state.wakeUp()
        let planned5 = try exchange(&state)
        #expect(planned5.claim == 1)
    }

    @Test func aWorkerStopsWhenItsLimitIsReachedAndSettled() throws {
        var state = try running(2, concurrency: 2, limit: 2)
        state.attemptEnded(0, settlement(0))
        state.attemptEnded(1, settlement(1))
        let last = try exchange(&state)
        #expect(last.claim == 0)
        expectStep(.park, of: &state)
        state.answered(last, .init(claimed: 0))
        expectStep(.stop, of: &state)
    }

    @Test func aBatchIsBoundedAndTheRestTravelsNext() throws {
        let count = DispatcherState.largestBatch + 10
        var state = DispatcherState(concurrency: count, maximumInFlight: 1)
        for _ in 0..<2 {
            let claim = try exchange(&state)
            state.answered(claim, .init(claimed: claim.claim))
        }
        for number in 0..<count { state.attemptEnded(number, settlement(number)) }
        let full = try exchange(&state)
        #expect(full.attempts == Array(0..<DispatcherState.largestBatch))
        #expect(full.settlements.count == DispatcherState.largestBatch)
        state.answered(full, .init(claimed: 0))
        let rest = try exchange(&state)
        #expect(rest.attempts == Array(DispatcherState.largestBatch..<count))
    }

    @Test func exchangesAreNumberedWithoutRepeats() throws {
        var state = DispatcherState(concurrency: 1)
        var numbers: [Int] = []
        for _ in 0..<5 {
            let exchange = try exchange(&state)
            numbers.append(exchange.number)
            state.answered(exchange, .init(claimed: 1))
            state.attemptEnded(0, nil)
        }
        #expect(numbers == [1, 2, 3, 4, 5])
    }

    @Test func moreConcurrencyIsClaimedAtOnceAndLessWhenJobsHaveEnded() throws {
        var state = try running(3, concurrency: 3)
        expectStep(.park, of: &state)
        state.resize(to: 5)
        #expect(state.hasStep)
        let second = try exchange(&state)
        #expect(second.claim == 2)
        state.answered(second, .init(claimed: 2))
        state.resize(to: 2)
        for attempt in 1...3 { state.attemptEnded(attempt, settlement(attempt)) }
        let third = try exchange(&state)
        #expect(third.settlements.count == 3 && third.claim == 0)
        state.answered(third, .init(claimed: 0))
        state.attemptEnded(4, settlement(4))
        let fourth = try exchange(&state)
        #expect(fourth.settlements.count == 1 && fourth.claim == 1)
        state.resize(to: 0)
        #expect(state.concurrency == 1)
    }

    @Test func aHeldWorkerSettlesAndClaimsNothingUntilItIsLetGo() throws {
        var state = try running(2, concurrency: 3)
        state.hold(true)
        #expect(!state.hasStep && state.hunger == nil)
        state.attemptEnded(1, settlement(1))
        let second = try exchange(&state)
        #expect(second.settlements.count == 1 && second.claim == 0)
        state.answered(second, .init(claimed: 0))
        expectStep(.park, of: &state)
        state.hold(false)
        // The first claim had found the queue empty; it is hungry again, as it was.
        #expect(state.hunger != nil)
        state.wakeUp()
        #expect(try exchange(&state).claim == 2)
    }

    @Test func aWorkerWithMuchWorkGoesOnWhenItIsLetGo() throws {
        var state = try running(1, concurrency: 1)
        state.hold(true)
        state.attemptEnded(1, settlement(1))
        let second = try exchange(&state)
        state.answered(second, .init(claimed: 0))
        #expect(!state.hasStep)
        state.hold(false)
        #expect(try exchange(&state).claim == 1)
    }
}
