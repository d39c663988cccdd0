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

    @Test func aRetryThatWouldBeginTooLateIsNotMade() {
        var job = job(attempts: 9, made: 0, backoff: .fixed(.seconds(10)))
        job.processedAt = Timestamp(milliseconds: 45_000)
        job.options.retryFor = .seconds(60)
        let policy = RetryPolicy(random: { 0 })
        func outcome(after elapsed: Duration) -> Outcome {
            policy.outcome(of: job, reason: "r", isFinal: false, elapsed: elapsed)
        }
        #expect(outcome(after: .seconds(5)) == .retry(after: .seconds(10), Failure(reason: "r")))
        #expect(outcome(after: .milliseconds(5001)) == .failed(Failure(reason: "r", isExhausted: true)))
    }

    @Test func theWorkersBoundHoldsForJobsWithoutOne() {
        var job = job(attempts: 9, made: 0)
        job.processedAt = Timestamp(milliseconds: 2000)
        var policy = RetryPolicy(random: { 0 }, retryFor: .seconds(1))
        #expect(
            policy.outcome(of: job, reason: "r", isFinal: false) == .failed(Failure(reason: "r", isExhausted: true)))
        job.options.retryFor = .seconds(3)
        #expect(policy.outcome(of: job, reason: "r", isFinal: false) == .retry(after: .zero, Failure(reason: "r")))
        policy.retryFor = nil
        job.options.retryFor = nil
        #expect(policy.outcome(of: job, reason: "r", isFinal: false) == .retry(after: .zero, Failure(reason: "r")))
    }

    @Test func aStrategySeesWhatFailedAndSaysTheWait() {
        struct Busy: Error {}
        let strategy: BackoffStrategy = { failed in
            failed.error is Busy ? .seconds(100 * failed.number) : failed.reason == "never" ? nil : .seconds(-1)
        }
        let policy = RetryPolicy(random: { 0 }, strategies: ["polite": strategy])
        let job = job(attempts: 9, made: 2, backoff: .custom("polite", base: .seconds(7)))
        func outcome(_ reason: String, _ error: (any Error)?) -> Outcome {
            policy.outcome(of: job, reason: reason, error: error, isFinal: false)
        }
        #expect(outcome("r", Busy()) == .retry(after: .seconds(300), Failure(reason: "r")))
        #expect(outcome("r", nil) == .retry(after: .zero, Failure(reason: "r")))
        #expect(outcome("never", nil) == .failed(Failure(reason: "never", isExhausted: true)))
    }

    @Test func aStrategyThatTheWorkerDoesNotHaveWaitsTheBase() {
        let job = job(attempts: 9, made: 0, backoff: .custom("polite", base: .seconds(7)))
        #expect(
            RetryPolicy(random: { 0 }).outcome(of: job, reason: "r", isFinal: false)
                == .retry(after: .seconds(7), Failure(reason: "r")))
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
