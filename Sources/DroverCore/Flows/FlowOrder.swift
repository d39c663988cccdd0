/// Puts jobs that wait for others into a row. Pure.
package enum FlowOrder {
    /// Jobs that wait for each other in a circle, by their places: each waits for the next, and the last is the first again.
    package struct Cycle: Error, Hashable {
        /// The places.
        package var places: [Int]

        /// A cycle, told from the first of its places.
        fileprivate init(through places: [Int]) {
            let first = places.indices.min { places[$0] < places[$1] } ?? 0
            self.places = Array(places[first...] + places[..<first]) + places[first...].prefix(1)
        }

        /// A cycle from its places.
        package init(places: [Int]) { self.places = places }
    }

    /// The places of all jobs that can be reached, each behind all that wait for it: first the first root with what is below it
    /// alone, level by level downwards, as a tree is written.
    ///
    /// - Parameters:
    ///   - roots: where to begin, in their order.
    ///   - children: of each place those that it waits for.
    /// - Throws: the first cycle that is met.
    package static func row(from roots: [Int], children: [[Int]]) throws(Cycle) -> [Int] {
        /// Children of a place that are still to be visited, from the last to the first.
        var left = children.map(\.count)
        var isMet = [Bool](repeating: false, count: children.count)
        var isDone = isMet
        var ended: [Int] = []
        for root in roots.reversed() where !isMet[root] {
            isMet[root] = true
            var path = [root]
            while let place = path.last {
                guard left[place] > 0 else {
                    isDone[place] = true
                    ended.append(place)
                    path.removeLast()
                    continue
                }
                left[place] -= 1
                let child = children[place][left[place]]
                if !isMet[child] {
                    isMet[child] = true
                    path.append(child)
                } else if !isDone[child], let start = path.firstIndex(of: child) {
                    throw Cycle(through: Array(path[start...]))
                }
            }
        }
        return ended.reversed()
    }
}
