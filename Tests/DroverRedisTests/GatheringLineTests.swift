import DroverTesting
import Testing

@testable import DroverRedis

/// Which calls go out at once, which together.
@Suite struct GatheringLineTests {
    private typealias Line = GatheringLine<Int>

    /// A line whose answers may stand in an expectation.
    private final class Rig {
        private var line = Line()

        var isIdle: Bool { line.isIdle }
        var waitingCount: Int { line.waitingCount }

        @discardableResult
        func arrive(_ call: Int, size: Int = 1) -> Bool { line.arrive(call, size: size) }

        @discardableResult
        func answered(callers: Int = 1) -> [Int] { line.answered(callers: callers) }
    }

    @Test("A few callers each go at once, however many calls are under way")
    func few() {
        let line = Rig()
        for call in 1...Line.few { #expect(line.arrive(call)) }
        for _ in 1...Line.few { #expect(line.answered() == []) }
        #expect(line.isIdle)
    }

    @Test("Of many callers the later ones gather, and go out as one in their order when few calls are under way")
    func many() {
        let line = Rig()
        for call in 1...Line.few { #expect(line.arrive(call)) }
        for call in Line.few + 1...100 { #expect(!line.arrive(call)) }
        for _ in Line.width..<Line.few { #expect(line.answered() == []) }
        #expect(line.answered() == Array(Line.few + 1...100))
        #expect(line.waitingCount == 0)
        #expect(!line.isIdle)
    }

    @Test("Whoever comes while others wait stands behind them")
    func order() {
        let line = Rig()
        for call in 1...Line.few { line.arrive(call, size: Line.largest) }
        for call in 101...103 { line.arrive(call, size: Line.largest) }
        for _ in Line.width..<Line.few { #expect(line.answered() == []) }
        // Each is as large as what goes out as one.
        for call in 101...102 { #expect(line.answered() == [call]) }
        #expect(!line.arrive(104))
        #expect(line.answered() == [103])
        #expect(line.answered() == [104])
    }

    @Test("A call that is larger than what goes out as one goes alone")
    func large() {
        let line = Rig()
        for call in 1...Line.few { line.arrive(call) }
        line.arrive(20, size: Line.largest * 3)
        line.arrive(21)
        for _ in Line.width..<Line.few { #expect(line.answered() == []) }
        #expect(line.answered() == [20])
        #expect(line.answered() == [21])
    }

    @Test("When there were few callers for a while, each goes at once again")
    func forgets() {
        let line = Rig()
        for call in 1...Line.few + 1 { line.arrive(call) }
        while line.waitingCount > 0 { line.answered() }
        for _ in 1...Line.width { line.answered() }
        for _ in 1...2 * Line.memory {
            #expect(line.arrive(0))
            line.answered()
        }
        for call in 1...Line.few { #expect(line.arrive(call)) }
    }

    @Test("Whatever comes and goes, nobody is left waiting when nothing is under way", arguments: 1...20)
    func liveness(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let line = Rig()
        var underWay: [[Int]] = [], seen: [Int] = [], next = 0
        for step in 0..<3000 {
            if step < 2000 && Bool.random(using: &random) {
                for _ in 0..<Int.random(in: 1...40, using: &random) {
                    if line.arrive(next, size: Int.random(in: 1...Line.largest, using: &random)) {
                        underWay.append([next])
                    }
                    next += 1
                }
            } else if !underWay.isEmpty {
                let answered = underWay.remove(at: Int.random(in: underWay.indices, using: &random))
                seen += answered
                let more = line.answered(callers: answered.count)
                if !more.isEmpty { underWay.append(more) }
            }
            #expect(line.waitingCount == 0 || !underWay.isEmpty, "seed \(seed)")
        }
        while let answered = underWay.popLast() {
            seen += answered
            let more = line.answered(callers: answered.count)
            if !more.isEmpty { underWay.append(more) }
        }
        #expect(seen.sorted() == Array(0..<next), "seed \(seed)")
        #expect(line.isIdle, "seed \(seed)")
    }
}
