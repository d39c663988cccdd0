import DroverCore
import Testing

@testable import Drover

@Suite struct AttemptExitTests {
    private struct Broken: Error, CustomStringConvertible {
        var description: String { "it broke" }
    }

    private let policy = RetryPolicy(random: { 0 })

    private func job(attempts: Int = 1) -> JobRecord {
        var options = JobOptions(attempts: attempts)
        options.timeout = .seconds(9)
        return JobRecord(
            key: JobKey(queue: "q", id: JobID(stored: "1")), name: "resize", payload: .null, options: options,
            state: .active, priority: 0, createdAt: Timestamp(milliseconds: 0))
    }

    private func reason(_ outcome: Outcome?) -> String? {
        switch outcome {
        case .failed(let failure)?, .retry(_, let failure)?: failure.reason
        case .completed?, .snoozed?, .waitingForChildren?, .cancelled?, .released?, .rateLimited?, nil: nil
        }
    }

    private func isRetry(_ outcome: Outcome?) -> Bool {
        if case .retry? = outcome { true } else { false }
    }

    @Test func aReturnedResultCompletesTheJob() {
        #expect(AttemptExit.completed(.null).outcome(of: job(), by: policy) == .completed(.null))
    }

    @Test func aThrownErrorFailsTheAttemptWithItsDescription() {
        let exit = AttemptExit(throwing: Broken())
        #expect(reason(exit.outcome(of: job(), by: policy)) == "it broke")
        #expect(isRetry(exit.outcome(of: job(attempts: 2), by: policy)))
    }

    @Test func anUnrecoverableErrorFailsTheJobWhateverAttemptsAreLeft() {
        let outcome = AttemptExit(throwing: Unrecoverable("bad address")).outcome(of: job(attempts: 9), by: policy)
        #expect(outcome == .failed(Failure(reason: "bad address")))
    }

    @Test func aJobWaitsForItsChildrenWithoutAFailureAlsoAtAShutdown() {
        let exit = AttemptExit(throwing: WaitForChildren())
        #expect(exit.outcome(of: job(), by: policy) == .waitingForChildren)
        #expect(exit.after(.shutdown).outcome(of: job(), by: policy) == .waitingForChildren)
        #expect(exit.after(.cancelRequested).outcome(of: job(), by: policy) == .cancelled)
    }

    @Test func aSnoozePutsTheJobOffWithoutAFailure() {
        let outcome = AttemptExit(throwing: Snooze(for: .seconds(3))).outcome(of: job(), by: policy)
        #expect(outcome == .snoozed(.seconds(3)))
    }

    @Test func anUndecodablePayloadIsFinal() {
        let error = UndecodablePayload(expected: "Mail", error: Broken())
        let outcome = AttemptExit(throwing: error).outcome(of: job(attempts: 9), by: policy)
        #expect(!isRetry(outcome))
        #expect(reason(outcome)?.contains("does not decode as Mail") == true)
    }

    @Test func aMissingHandlerFailsTheAttemptAndNamesTheJob() {
        #expect(reason(AttemptExit.noHandler.outcome(of: job(), by: policy)) == "no handler for resize")
        #expect(isRetry(AttemptExit.noHandler.outcome(of: job(attempts: 2), by: policy)))
    }

    @Test func aDeferredFailureIsFinal() {
        let outcome = AttemptExit.deferredFailure(Failure.stalledReason).outcome(of: job(attempts: 9), by: policy)
        #expect(outcome == .failed(Failure(reason: "job stalled more than allowable limit")))
    }

    @Test func aResultOverTheLimitFailsTheAttemptAndSaysHowLongItMayBe() {
        let outcome = AttemptExit.resultTooLarge(bytes: 20, limit: 10).outcome(of: job(), by: policy)
        #expect(reason(outcome) == "the result has 20 bytes; at most 10 are accepted")
    }

    @Test func aTimeoutFailsTheAttemptAndSaysAfterHowLong() {
        let outcome = AttemptExit.timedOut.outcome(of: job(attempts: 2), by: policy)
        #expect(isRetry(outcome))
        #expect(reason(outcome) == "timed out after 9.0 seconds")
    }

    @Test func aCancelledJobIsSettledAsCancelled() {
        #expect(AttemptExit.cancelRequested.outcome(of: job(attempts: 9), by: policy) == .cancelled)
    }

    @Test func anExpiredJobFailsForGoodAndIsNotExhausted() {
        for attempts in [1, 9] {
            let outcome = AttemptExit.expired.outcome(of: job(attempts: attempts), by: policy)
            #expect(outcome == .failed(Failure(reason: Failure.expiredReason)))
        }
    }

    @Test func anAttemptWithoutItsLeaseSettlesNothing() {
        #expect(AttemptExit.leaseLost.outcome(of: job(), by: policy) == nil)
    }

    @Test func anAttemptCutOffByAShutdownGivesItsJobBack() {
        #expect(AttemptExit.shutDown.outcome(of: job(), by: policy) == .released)
    }

    @Test func onlyWhatTheJobItselfHasMakesItUnreadable() {
        // A handler that awaits another job may see that one's result as unreadable.
        let foreign = AttemptExit(
            throwing: DroverError(.unreadable, "the job q/1 has completed, and its result is sealed"))
        let own = AttemptExit(throwing: DroverError(.unreadable, "the step", cause: UnreadableValue.plainStep))
        guard case .threw = foreign, case .unreadable = own else {
            Issue.record("\(foreign), \(own)")
            return
        }
    }

    @Test func anUnreadableStepIsNotTriedBeyondTheDeadlineForRetries() {
        var job = job(attempts: 9)
        job.options.retryFor = .seconds(10)
        job.processedAt = job.createdAt
        let outcome = AttemptExit.unreadable(.plainStep).outcome(of: job, by: policy, after: .seconds(11))
        guard case .failed = outcome else {
            Issue.record("\(String(describing: outcome))")
            return
        }
    }

    @Test func aStopDecidesOverWhatTheHandlerAnswered() {
        for exit in [AttemptExit.completed(.null), .threw(CancellationError()), .snoozed(Snooze(for: .zero))] {
            #expect(exit.after(.leaseLost).outcome(of: job(), by: policy) == nil)
            #expect(exit.after(.cancelRequested).outcome(of: job(), by: policy) == .cancelled)
            #expect(reason(exit.after(.timedOut).outcome(of: job(), by: policy))?.hasPrefix("timed out") == true)
        }
    }

    @Test func aShutdownLetsAnAnswerCountAndTurnsAnErrorIntoARelease() {
        #expect(AttemptExit.completed(.null).after(.shutdown).outcome(of: job(), by: policy) == .completed(.null))
        #expect(AttemptExit(throwing: Broken()).after(.shutdown).outcome(of: job(), by: policy) == .released)
        #expect(
            AttemptExit(throwing: Unrecoverable("no")).after(.shutdown).outcome(of: job(), by: policy)
                == .failed(Failure(reason: "no", isExhausted: true)))
    }

    @Test func theGraverOfTwoStopsWins() {
        let claimed = ClaimedJob(
            job: job(), lease: Lease(job: job().key, token: LeaseToken("t"), duration: .seconds(1)),
            leaseFor: .seconds(1))
        let attempt = Attempt(number: 0, claimed: claimed)
        #expect(attempt.fate.stop == nil)
        attempt.stop(.timedOut)
        attempt.stop(.shutdown)
        #expect(attempt.fate.stop == .timedOut)
        attempt.stop(.leaseLost)
        attempt.stop(.cancelRequested)
        #expect(attempt.fate.stop == .leaseLost)
    }
}
