import DroverCore
import Testing

@testable import Drover

/// How long a worker that finds nothing waits for a hint.
@Suite struct IdleWaitTests {
    private func exchange(_ state: inout DispatcherState) throws -> DispatcherState.Exchange {
        let step = state.next()
        guard case .exchange(let exchange) = step else {
            Issue.record("an exchange was expected, not \(step)")
            throw WrongStep()
        }
        return exchange
    }

    private struct WrongStep: Error {}

    /// Looks once, and says how long to wait then.
    private func look(_ state: inout DispatcherState, _ reply: DispatcherState.Reply) throws -> Duration? {
        state.answered(try exchange(&state), reply)
        return state.hunger
    }

    /// A state that has found nothing this often.
    private func quiet(looks: Int, concurrency: Int = 1) throws -> DispatcherState {
        var state = DispatcherState(concurrency: concurrency)
        for _ in 0..<looks {
            _ = try look(&state, .init(claimed: 0))
            state.waitIsOver()
        }
        return state
    }

    @Test func theWaitDoublesWithEachLookThatFindsNothingUpToTheLongest() throws {
        var state = DispatcherState(concurrency: 1)
        for seconds in [5, 10, 20, 40, 80, 120, 120] {
            #expect(try look(&state, .init(claimed: 0)) == .seconds(seconds))
            state.waitIsOver()
        }
    }

    @Test func aWakeUpBringsTheWaitBack() throws {
        var state = try quiet(looks: 4)
        #expect(try look(&state, .init(claimed: 0)) == .seconds(80))
        state.wakeUp()
        #expect(try look(&state, .init(claimed: 0)) == .seconds(5))
    }

    @Test func aJobThatIsFoundBringsTheWaitBack() throws {
        var state = try quiet(looks: 4, concurrency: 2)
        #expect(try look(&state, .init(claimed: 1)) == .seconds(5))
        state.waitIsOver()
        #expect(try look(&state, .init(claimed: 0)) == .seconds(10))
    }

    @Test func theNextDueJobBoundsEachWaitAndDoesNotLengthenTheNext() throws {
        var state = try quiet(looks: 4)
        #expect(try look(&state, .init(claimed: 0, nextDueIn: .seconds(3))) == .seconds(3))
        state.waitIsOver()
        #expect(try look(&state, .init(claimed: 0)) == .seconds(80))
        state.waitIsOver()
        #expect(try look(&state, .init(claimed: 0, nextDueIn: .seconds(3600))) == .seconds(120))
    }

    @Test func aPausedQueueIsLookedAtLessAndLessOften() throws {
        var state = try quiet(looks: 1)
        #expect(try look(&state, .init(claimed: 0, nextDueIn: .zero, isPaused: true)) == .seconds(10))
    }

    @Test func anExchangeThatWasGivenUpBringsTheWaitBack() throws {
        var state = try quiet(looks: 4)
        state.abandoned(try exchange(&state))
        #expect(state.hunger == .seconds(5))
    }

    @Test func aWaitThatEndsAfterAWakeUpDoesNotLengthenTheNext() throws {
        var state = try quiet(looks: 0)
        _ = try look(&state, .init(claimed: 0))
        state.wakeUp()
        state.waitIsOver()
        #expect(try look(&state, .init(claimed: 0)) == .seconds(5))
    }

    @Test func aLongestWaitBelowTheFirstOneIsTakenAsThat() throws {
        var state = DispatcherState(concurrency: 1, idleWait: .seconds(9), longestIdleWait: .seconds(1))
        for _ in 0..<3 {
            #expect(try look(&state, .init(claimed: 0)) == .seconds(9))
            state.waitIsOver()
        }
        var options = WorkerOptions()
        options.idleWait = .seconds(300)
        #expect(options.withinBounds.longestIdleWait == .seconds(300))
    }
}
