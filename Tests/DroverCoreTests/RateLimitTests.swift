import DroverCore
import Testing

@Suite struct RateLimitTests {
    private let limit = RateLimit(max: 3, per: .seconds(10))

    @Test("A span is brought up to whole milliseconds")
    func whole() {
        var limit = RateLimit(max: 1, per: .microseconds(1001))
        #expect(limit.per == .milliseconds(2))
        limit.per = .microseconds(1)
        #expect(limit.per == .milliseconds(1))
        #expect(RateLimit(max: 1, per: .zero).problem != nil)
    }

    @Test("A slice counts until a whole span after its end, and says when that is")
    func use() {
        let slices: [Int64: Int64] = [10: 2, 50: 1]
        let end = Timestamp(milliseconds: 11 * 100 + 10_000)
        #expect(limit.use(slices, at: end + .milliseconds(-1)) == RateLimit.Use(jobs: 3, firstEnd: end))
        let second = Timestamp(milliseconds: 51 * 100 + 10_000)
        #expect(limit.use(slices, at: end) == RateLimit.Use(jobs: 1, firstEnd: second))
        #expect(limit.use(slices, at: second) == RateLimit.Use(jobs: 0, firstEnd: nil))
    }

    @Test("A slice that lies further ahead than the next one counts for nothing")
    func ahead() {
        let now = Timestamp(milliseconds: 1_000)
        #expect(limit.use([10: 1, 11: 1, 12: 1], at: now).jobs == 2)
    }
}
