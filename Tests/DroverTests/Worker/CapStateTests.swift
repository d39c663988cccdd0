import DroverTesting
import Testing

@testable import Drover

@Suite struct CapStateTests {
    @Test func whoIsAloneIsGivenAllThereIs() {
        var cap = CapState(limit: 5)
        #expect(cap.balance(0, returning: 0, wanting: 3) == 3)
        #expect(cap.balance(0, returning: 1, wanting: 9) == 3)
        #expect(cap.balance(0, returning: 0, wanting: 1) == 0)
    }

    @Test func whatIsReturnedGoesToWhoWaits() {
        var cap = CapState(limit: 1)
        #expect(cap.balance(0, returning: 0, wanting: 1) == 1)
        #expect(cap.balance(1, returning: 0, wanting: 1) == 0)
        #expect(cap.balance(0, returning: 1, wanting: 1) == 0)
        #expect(cap.next(but: 0) == 1)
        #expect(cap.balance(1, returning: 0, wanting: 1) == 1)
        #expect(cap.balance(1, returning: 1, wanting: 1) == 0)
        #expect(cap.next(but: 1) == 0)
    }

    @Test func aMemberIsCalledOnceUntilItComes() {
        var cap = CapState(limit: 1)
        _ = cap.balance(0, returning: 0, wanting: 1)
        _ = cap.balance(1, returning: 0, wanting: 1)
        _ = cap.balance(0, returning: 1, wanting: 0)
        #expect(cap.next(but: 0) == 1)
        #expect(cap.next(but: 0) == nil)
    }

    @Test func whoWantsNothingMoreLeavesTheLine() {
        var cap = CapState(limit: 1)
        _ = cap.balance(0, returning: 0, wanting: 1)
        _ = cap.balance(1, returning: 0, wanting: 1)
        _ = cap.balance(1, returning: 0, wanting: 0)
        #expect(cap.balance(0, returning: 1, wanting: 1) == 1)
    }

    @Test func aSmallerLimitHoldsForWhatIsGivenLater() {
        var cap = CapState(limit: 4)
        _ = cap.balance(0, returning: 0, wanting: 4)
        cap.resize(to: 2)
        #expect(cap.balance(0, returning: 2, wanting: 4) == 0)
        #expect(cap.balance(0, returning: 1, wanting: 4) == 1)
    }

    @Test func theLimitIsNeverPassedAndNobodyIsForgotten() {
        var random = TestRun.generator()
        func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
        let limit = 7
        var cap = CapState(limit: limit)
        var held = [0, 0, 0, 0]
        var taken = [0, 0, 0, 0]
        func balance(_ member: Int, returning returned: Int, wanting wanted: Int) {
            let given = cap.balance(member, returning: returned, wanting: wanted)
            held[member] += given - returned
            taken[member] += given
            #expect(held.reduce(0, +) <= limit && held.allSatisfy { $0 >= 0 })
        }
        for _ in 0..<20_000 {
            let member = below(4)
            balance(member, returning: below(held[member] + 1), wanting: 1 + below(5))
            while let next = cap.next(but: nil) { balance(next, returning: 0, wanting: 1 + below(5)) }
        }
        // All ask equally often; nobody may have much less than its part.
        let all = taken.reduce(0, +)
        #expect(taken.allSatisfy { $0 > all / 8 })
    }
}
