import DroverCore
import DroverTesting
import Testing

@testable import Drover

@Suite struct BackoffTests {
    @Test func aFixedWaitIsTheSameAfterEveryAttempt() {
        let backoff = Backoff.fixed(.milliseconds(700))
        for k in [1, 2, 10, 1_000_000] {
            #expect(backoff.wait(afterAttempt: k, random: 0.9) == .milliseconds(700))
        }
    }

    @Test(arguments: zip([1, 2, 3, 4, 11], [1000, 2000, 4000, 8000, 1_024_000]))
    func anExponentialWaitDoubles(_ k: Int, _ milliseconds: Int) {
        #expect(
            Backoff.exponential(base: .seconds(1)).wait(afterAttempt: k, random: 0.5) == .milliseconds(milliseconds))
    }

    @Test func noWaitOverflowsOrIsLongerThanADelayMayBe() {
        let backoff = Backoff.exponential(base: .seconds(1))
        for k in [40, 53, 54, 62, 63, 64, 65, 1_000_000, .max] {
            #expect(backoff.wait(afterAttempt: k, random: 0) == NewJob.longestDelay)
        }
    }

    @Test func theBoundCutsTheWaitBeforeTheJitter() {
        let backoff = Backoff.exponential(base: .seconds(1), jitter: 0.5, maximum: .seconds(10))
        #expect(backoff.wait(afterAttempt: 30, random: 0) == .seconds(5))
        #expect(backoff.wait(afterAttempt: 30, random: 0.999_999) <= .seconds(10))
        #expect(
            Backoff.exponential(base: .seconds(1), maximum: .seconds(3)).wait(afterAttempt: 2, random: 0) == .seconds(2)
        )
    }

    @Test func aBaseOfZeroNeverWaits() {
        #expect(Backoff.exponential(base: .zero).wait(afterAttempt: 70, random: 0.5) == .zero)
        #expect(Backoff.fixed(.zero, jitter: 1).wait(afterAttempt: 1, random: 0.5) == .zero)
    }

    @Test func jitterDrawsFromItsShareOfTheWaitAndSpreadsOverAllOfIt() {
        var random = TestRun.generator()
        for jitter in [0.1, 0.5, 1.0] {
            let backoff = Backoff.fixed(.seconds(10), jitter: jitter)
            let waits = (0..<2000).map { _ in
                backoff.wait(afterAttempt: 1, random: Double.random(in: 0..<1, using: &random)).wholeMilliseconds
            }
            let lowest = Int64(10_000 * (1 - jitter)) - 1
            #expect(waits.allSatisfy { $0 >= lowest && $0 <= 10_000 })
            let middle = (lowest + 10_000) / 2
            #expect(waits.contains { $0 < middle } && waits.contains { $0 > middle })
        }
    }

    private func job(attempts: Int, made: Int, backoff: Backoff? = nil) -> JobRecord {
        var job = JobRecord(
            key: JobKey(queue: "q", id: JobID(stored: "1")), name: "n", payload: .null,
            options: JobOptions(attempts: attempts, backoff: backoff), state: .active, priority: 0,
            createdAt: Timestamp(milliseconds: 0))
        job.attemptsMade = made
        return job
    }

    @Test func aFailedAttemptIsTriedAgainUntilTheAttemptsAreUsedUp() {
        let policy = RetryPolicy(random: { 0 })
        let backoff = Backoff.exponential(base: .seconds(1))
        #expect(
            policy.outcome(of: job(attempts: 3, made: 0, backoff: backoff), reason: "r", isFinal: false)
                == .retry(after: .seconds(1), Failure(reason: "r")))
        #expect(
            policy.outcome(of: job(attempts: 3, made: 1, backoff: backoff), reason: "r", isFinal: false)
                == .retry(after: .seconds(2), Failure(reason: "r")))
        #expect(
            policy.outcome(of: job(attempts: 3, made: 2, backoff: backoff), reason: "r", isFinal: false)
                == .failed(Failure(reason: "r", isExhausted: true)))
    }

    @Test func withoutABackoffTheNextAttemptDoesNotWait() {
        #expect(
            RetryPolicy(random: { 0 }).outcome(of: job(attempts: 2, made: 0), reason: "r", isFinal: false)
                == .retry(after: .zero, Failure(reason: "r")))
    }

    @Test func aFinalFailureLeavesAttemptsUnused() {
        #expect(
            RetryPolicy(random: { 0 }).outcome(of: job(attempts: 5, made: 0), reason: "r", isFinal: true)
                == .failed(Failure(reason: "r", isExhausted: false)))
    }

    @Test func aReasonIsCutToALineForPeople() {
        let outcome = RetryPolicy(random: { 0 }).outcome(
            of: job(attempts: 1, made: 0), reason: String(repeating: "x", count: 10_000), isFinal: false)
        guard case .failed(let failure) = outcome else {
            Issue.record("the job fails")
            return
        }
        #expect(failure.reason.count == RetryPolicy.longestReason)
    }
}
