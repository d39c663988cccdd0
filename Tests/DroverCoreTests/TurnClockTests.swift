import DroverCore
import Testing

@Suite struct TurnClockTests {
    /// Who has the turns among members that always have jobs; nil stands for the jobs without a group.
    private func turns(_ count: Int, weights: [Int64], hasPlain: Bool = false) -> [Int?] {
        var clock = TurnClock()
        var places = weights.map { clock.entry(ofWeight: $0) }
        return (0..<count).map { _ in
            let first = places.indices.min { places[$0] < places[$1] } ?? 0
            if hasPlain, clock.isPlainFirst(before: places[first]) {
                clock.passPlain()
                return nil
            }
            places[first] = clock.pass(places[first], weight: weights[first])
            return first
        }
    }

    @Test("Members of equal weight have a turn each in every round")
    func equal() {
        let turns = turns(300, weights: [1, 1, 1])
        for round in stride(from: 0, to: 300, by: 3) { #expect(Set(turns[round..<round + 3]) == [0, 1, 2]) }
    }

    @Test("Turns are shared by weight", arguments: [[1, 2], [1, 10], [3, 7], [1, 100], [2, 2, 5]] as [[Int64]])
    func weighted(_ weights: [Int64]) {
        let total = Int(weights.reduce(0, +))
        let turns = turns(total * 20, weights: weights)
        for (member, weight) in weights.enumerated() {
            let share = turns.count { $0 == member }
            #expect(abs(share - Int(weight) * 20) <= max(2, Int(weight) / 4), "\(share) turns of weight \(weight)")
        }
    }

    @Test("Jobs without a group are one more member of weight 1")
    func plain() {
        let turns = turns(400, weights: [1, 2], hasPlain: true)
        #expect((98...102).contains(turns.count { $0 == nil }))
    }

    @Test("Who enters late stands among those who run, not before them")
    func late() {
        var clock = TurnClock()
        var place = clock.entry(ofWeight: 1)
        for _ in 0..<1000 { place = clock.pass(place, weight: 1) }
        let entry = clock.entry(ofWeight: 1)
        #expect(entry <= place)
        #expect(entry > clock.now)
    }

    @Test("A member that leaves and enters with each turn moves the clock as one that stays")
    func trickle() {
        var clock = TurnClock()
        let waiting = clock.entry(ofWeight: 1) + TurnClock.round
        var turns = 0
        while clock.entry(ofWeight: 1) < waiting, turns < 10 {
            _ = clock.pass(clock.entry(ofWeight: 1), weight: 1)
            turns += 1
        }
        #expect(turns == 1)
    }

    @Test(
        "A weight out of range counts as the nearest",
        arguments: [(0, 5040), (-3, 5040), (1, 5040), (100, 50), (1000, 50)])
    func bounds(_ weight: Int64, _ stride: Int64) { #expect(TurnClock.stride(ofWeight: weight) == stride) }
}
