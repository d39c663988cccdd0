import DroverTesting
import Testing

/// The sorted line under the reference store, against a sorted array.
@Suite struct LineTests {
    @Test func itKeepsTheOrderOfASortedArray() {
        var random = TestRun.generator()
        let seed = "\(random)"
        var line = Line<Int>()
        var model: [Place: Int] = [:]
        for step in 0..<20_000 {
            let place = Place(rank: .random(in: 0..<40, using: &random), order: .random(in: -200..<200, using: &random))
            // More comes than goes, so that chunks are split, then emptied at the end.
            if model[place] == nil, step < 15_000 || step.isMultiple(of: 3) {
                line.insert(step, at: place)
                model[place] = step
            } else {
                line.remove(at: place)
                model[place] = nil
            }
        }
        let sorted = model.sorted { $0.key < $1.key }
        #expect(line.count == sorted.count, "\(seed)")
        #expect(line.ascending(limit: .max).map(\.value) == sorted.map(\.value), "\(seed)")
        #expect(line.descending(limit: .max).map(\.value) == sorted.reversed().map(\.value), "\(seed)")
        for _ in 0..<500 {
            let rank = Int64.random(in: -1...40, using: &random)
            let place = Place(rank: rank, order: .random(in: -200..<200, using: &random))
            let behind = sorted.filter { $0.key > place }.prefix(7).map(\.value)
            let before = sorted.filter { $0.key < place }.reversed().prefix(7).map(\.value)
            #expect(line.ascending(after: place, limit: 7).map(\.value) == behind, "\(seed)")
            #expect(line.descending(before: place, limit: 7).map(\.value) == before, "\(seed)")
        }
        for place in model.keys { line.remove(at: place) }
        #expect(line.isEmpty && line.first == nil, "\(seed)")
    }
}
