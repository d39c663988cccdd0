import DroverCore
import Testing

@testable import Drover

@Suite struct LeaseTableTests {
    private func lease(_ number: Int, queue: QueueName = "q", _ duration: Duration = .seconds(30)) -> Lease {
        Lease(job: JobKey(queue: queue, id: JobID(stored: "\(number)")), token: LeaseToken("t"), duration: duration)
    }

    private func table(_ count: Int) -> LeaseTable<Int> {
        var table = LeaseTable<Int>(idleTurn: .seconds(15))
        for number in 0..<count {
            _ = table.add(number, lease(number), number, remaining: .seconds(30), now: .zero)
        }
        return table
    }

    @Test func aLeaseIsDueWhenHalfOfItsTimeIsLeft() {
        let table = table(1)
        #expect(table.due(now: .seconds(14)).isEmpty)
        #expect(table.due(now: .seconds(15)).map(\.number) == [0])
    }

    @Test func allDueLeasesAreRenewedInOneTurn() {
        let table = table(50)
        #expect(Set(table.due(now: .seconds(15)).map(\.number)) == Set(0..<50))
    }

    @Test func aNewLeaseOfFullLengthNeedsNoEarlierTurn() {
        var table = LeaseTable<Int>(idleTurn: .seconds(15))
        let pause = table.planTurn(now: .zero)
        #expect(pause == .seconds(15))
        let isUrgent = table.add(1, lease(1), 1, remaining: .seconds(30), now: .seconds(1))
        #expect(!isUrgent)
    }

    @Test func aLeaseWithLittleTimeLeftCallsForAnEarlierTurn() {
        var table = LeaseTable<Int>(idleTurn: .seconds(15))
        _ = table.planTurn(now: .zero)
        let isUrgent = table.add(1, lease(1), 1, remaining: .seconds(20), now: .seconds(1))
        #expect(isUrgent)
        let pause = table.planTurn(now: .seconds(1))
        #expect(pause == .seconds(5))
        let isUrgent2 = table.add(2, lease(2), 2, remaining: .seconds(3), now: .seconds(1))
        #expect(isUrgent2)
        let pause2 = table.planTurn(now: .seconds(1))
        #expect(pause2 == .zero)
    }

    @Test func theNextTurnIsTheEarliestRenewal() {
        var table = table(1)
        _ = table.add(1, lease(1), 1, remaining: .seconds(30), now: .seconds(4))
        let pause = table.planTurn(now: .seconds(10))
        #expect(pause == .seconds(5))
    }

    @Test func aRenewalCountsFromTheMomentWhenItWasSent() {
        var table = table(1)
        let verdicts = table.renewed([(number: 0, status: .held)], sentAt: .seconds(15))
        #expect(verdicts.isEmpty)
        #expect(table.due(now: .seconds(29)).isEmpty)
        #expect(table.due(now: .seconds(30)).count == 1)
    }

    @Test func aLeaseThatTheStoreNoLongerKnowsIsLost() {
        var table = table(2)
        let verdicts = table.renewed([(number: 0, status: .lost), (number: 1, status: .held)], sentAt: .seconds(15))
        #expect(verdicts.map(\.0) == [0])
        #expect(verdicts.map(\.1) == [.lost])
        #expect(table.count == 1)
    }

    @Test func aCancelRequestIsReportedAndTheLeaseGoesOn() {
        var table = table(1)
        let verdicts = table.renewed([(number: 0, status: .cancelRequested)], sentAt: .seconds(15))
        #expect(verdicts.map(\.1) == [.cancelRequested])
        #expect(table.count == 1)
        #expect(table.due(now: .seconds(16)).isEmpty)
    }

    @Test func anAnswerForASettledAttemptIsIgnored() {
        var table = table(1)
        table.remove(0)
        let verdicts = table.renewed([(number: 0, status: .lost)], sentAt: .seconds(15))
        #expect(verdicts.isEmpty)
        #expect(table.count == 0)
    }

    @Test func aFailedRenewalIsTriedAgainSoonUntilTheLeaseHasRunOut() {
        var table = table(1)
        var now: Duration = .seconds(15)
        var tries = 0
        while table.count == 1, tries < 100 {
            tries += 1
            let lost = table.renewalFailed([0], .unreachable, now: now)
            if !lost.isEmpty {
                #expect(lost == [0])
                break
            }
            #expect(table.due(now: now).isEmpty)
            now += table.planTurn(now: now)
            #expect(table.due(now: now).count == 1)
        }
        #expect(now == .seconds(30))
        #expect(tries == 16)
    }

    @Test func aLeaseOutlivesAStoreThatNobodyCanWriteToBecauseNobodyCanTakeTheJob() {
        for trouble in [StoreError.Code.busy, .full] {
            var table = table(1)
            for second in 15...90 {
                let lost = table.renewalFailed([0], trouble, now: .seconds(second))
                #expect(lost.isEmpty)
            }
            let verdicts = table.renewed([(number: 0, status: .held)], sentAt: .seconds(90))
            #expect(verdicts.isEmpty)
            #expect(table.count == 1)
        }
    }

    @Test func aLateTurnRenewsBeforeItCountsALeaseAsLost() {
        let table = table(1)
        #expect(table.due(now: .seconds(300)).count == 1)
        #expect(table.count == 1)
    }

    @Test func hasteningMakesTheLeasesOfOneQueueDue() {
        var table = table(1)
        _ = table.add(1, lease(1, queue: "other"), 1, remaining: .seconds(30), now: .zero)
        table.hasten("other", now: .seconds(1))
        #expect(table.due(now: .seconds(1)).map(\.number) == [1])
        let pause = table.planTurn(now: .seconds(1))
        #expect(pause == .zero)
    }

    @Test func aLeaseHastenedWhileARenewalIsUnderWayIsDueAgain() {
        var table = table(1)
        table.hasten("q", now: .seconds(16))
        _ = table.renewed([(number: 0, status: .held)], sentAt: .seconds(15))
        #expect(table.due(now: .seconds(16)).map(\.number) == [0])
        _ = table.renewed([(number: 0, status: .held)], sentAt: .seconds(17))
        #expect(table.due(now: .seconds(18)).isEmpty)
    }
}
