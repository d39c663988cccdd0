import DroverCore
import DroverTesting
import Testing

@testable import Drover

@Suite struct IntervalTests {
    private func slot(
        every: Int64, offset: Int64? = nil, start: Int64? = nil, after previous: Int64?, now: Int64
    ) -> [Int64] {
        let next = Interval(every: .milliseconds(every), offset: offset.map { .milliseconds($0) }).next(
            after: previous.map { Timestamp(milliseconds: $0) }, now: Timestamp(milliseconds: now),
            startsAt: start.map { Timestamp(milliseconds: $0) })
        return [next.slot.milliseconds, next.offset]
    }

    @Test func theFirstTimeIsNowAndDecidesTheOffset() {
        #expect(slot(every: 1000, after: nil, now: 12_345) == [12_345, 345])
        #expect(slot(every: 1000, offset: 0, after: nil, now: 12_345) == [12_345, 345])
    }

    @Test func theFirstTimeFollowsTheOffset() {
        #expect(slot(every: 1000, offset: 400, after: nil, now: 12_345) == [12_400, 400])
        #expect(slot(every: 1000, offset: 345, after: nil, now: 12_345) == [13_345, 345])
        #expect(slot(every: 1000, offset: 100, after: nil, now: 12_345) == [13_100, 100])
    }

    @Test func theFirstTimeIsTheStartUnlessItIsPast() {
        #expect(slot(every: 1000, offset: 100, start: 20_777, after: nil, now: 12_345) == [20_777, 100])
        #expect(slot(every: 1000, start: 20_777, after: nil, now: 12_345) == [20_777, 777])
        #expect(slot(every: 1000, start: 5, after: nil, now: 12_345) == [12_345, 345])
    }

    @Test func aLaterTimeIsASpanAfterTheOneBefore() {
        #expect(slot(every: 1000, offset: 345, after: 12_345, now: 12_346) == [13_345, 345])
        #expect(slot(every: 1000, offset: 345, after: 12_345, now: 13_345) == [13_345, 345])
    }

    @Test func missedTimesAreLeftOut() {
        #expect(slot(every: 1000, offset: 345, after: 12_345, now: 99_500) == [100_345, 345])
        #expect(slot(every: 1000, offset: 345, after: 12_345, now: 99_345) == [100_345, 345])
        #expect(slot(every: 1000, offset: 345, after: 12_345, now: 99_344) == [99_345, 345])
        #expect(slot(every: 1000, after: 12_345, now: 99_500) == [100_000, 0])
    }

    @Test func theTimesAreThoseOfTheProtocol() {
        var random = TestRun.generator()
        for _ in 0..<20_000 {
            let every = Int64.random(in: 1...5000, using: &random)
            let offset = Bool.random(using: &random) ? Int64.random(in: 0..<every, using: &random) : nil
            let start = Int.random(in: 0..<4, using: &random) == 0 ? Int64.random(in: 0...100_000, using: &random) : nil
            let previous = Bool.random(using: &random) ? Int64.random(in: 0...100_000, using: &random) : nil
            let now = Int64.random(in: 0...100_000, using: &random)
            let expected = protocolNext(previous, every, now, offset ?? 0, start)
            #expect(slot(every: every, offset: offset, start: start, after: previous, now: now) == expected)
        }
    }

    /// NEXT of PROTOCOL 15.2, line by line.
    private func protocolNext(
        _ previous: Int64?, _ every: Int64, _ now: Int64, _ offset: Int64, _ start: Int64?
    ) -> [Int64] {
        var next: Int64
        if let previous {
            next = previous + every
            if next < now {
                let aligned = now / every * every + offset
                next = aligned > now ? aligned : aligned + every
            }
        } else if let start {
            next = max(start, now)
        } else if offset > 0 {
            next = now / every * every + offset
            if next <= now { next += every }
        } else {
            next = now
        }
        return [next, offset == 0 ? next - next / every * every : offset]
    }

    @Test func timesAtTheEndsOfTheCalendarDoNotTrap() {
        for now in [Int64.min, -1, .max] {
            for offset: Int64? in [nil, 1, 999] {
                for previous: Int64? in [nil, .min, .max] {
                    #expect(slot(every: 1000, offset: offset, after: previous, now: now).count == 2)
                }
            }
        }
        #expect(slot(every: 1000, after: nil, now: -1) == [-1, 999])
        #expect(slot(every: 1000, offset: 400, after: nil, now: -1) == [400, 400])
    }

    @Test(arguments: [0, -1, 200 * 366 * 86_400_000])
    func anIntervalIsAtLeastAMillisecondAndAtMostACentury(_ every: Int64) {
        #expect(problem(every: every, offset: nil)?.subject == "interval")
    }

    @Test(arguments: [-1, 1000, 5000])
    func anOffsetLiesWithinTheInterval(_ offset: Int64) {
        #expect(problem(every: 1000, offset: offset)?.subject == "offset")
        #expect(problem(every: 1000, offset: 999) == nil)
    }

    private func problem(every: Int64, offset: Int64?) -> ValidationError? {
        Schedule(
            key: ScheduleKey(queue: "q", id: ScheduleID(stored: "s")),
            timing: .every(.milliseconds(every), offset: offset.map { .milliseconds($0) }), name: "n"
        ).problem
    }
}
