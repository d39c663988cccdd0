/// Where something stands in a line: by rank, then by order of entry.
package struct Place: Hashable, Comparable, Sendable {
    /// What the line is sorted by: a priority, or an instant in milliseconds.
    package var rank: Int64
    /// Its turn among equal ranks. Unique in a line.
    package var order: Int64

    package init(rank: Int64, order: Int64) {
        self.rank = rank
        self.order = order
    }

    package static func < (left: Place, right: Place) -> Bool { (left.rank, left.order) < (right.rank, right.order) }
}

/// Values in the order of their places.
///
/// Kept in chunks of bounded size, so that entering, leaving and seeking cost
/// about the logarithm of the length.
package struct Line<Value: Sendable>: Sendable {
    package struct Entry: Sendable {
        package var place: Place
        package var value: Value
    }

    /// An empty line.
    package init() {}

    /// Sorted, and none of them empty.
    private var chunks: [[Entry]] = []
    private static var longestChunk: Int { 256 }

    package private(set) var count = 0

    package var isEmpty: Bool { count == 0 }
    package var first: Entry? { chunks.first?.first }

    /// Puts a value at a place that nothing else has.
    package mutating func insert(_ value: Value, at place: Place) {
        let entry = Entry(place: place, value: value)
        count += 1
        guard !chunks.isEmpty else { return chunks = [[entry]] }
        let chunk = min(chunk(holding: place), chunks.count - 1)
        chunks[chunk].insert(entry, at: Self.offset(of: place, in: chunks[chunk]))
        if chunks[chunk].count > Self.longestChunk {
            let half = chunks[chunk].count / 2
            let back = Array(chunks[chunk][half...])
            chunks[chunk].removeSubrange(half...)
            chunks.insert(back, at: chunk + 1)
        }
    }

    /// Takes away what stands at a place; nothing happens where nothing does.
    ///
    /// - Returns: whether something did.
    @discardableResult
    package mutating func remove(at place: Place) -> Bool {
        let chunk = chunk(holding: place)
        guard chunk < chunks.count else { return false }
        let offset = Self.offset(of: place, in: chunks[chunk])
        guard chunks[chunk][offset].place == place else { return false }
        chunks[chunk].remove(at: offset)
        if chunks[chunk].isEmpty { chunks.remove(at: chunk) }
        count -= 1
        return true
    }

    /// Up to `limit` entries behind a place, or from the start, in ascending order.
    package func ascending(after place: Place? = nil, limit: Int) -> [Entry] {
        var found: [Entry] = []
        var index = place.map { chunk(holding: $0) } ?? 0
        while index < chunks.count, found.count < limit {
            let behind = chunks[index].drop { entry in place.map { entry.place <= $0 } ?? false }
            found.append(contentsOf: behind.prefix(limit - found.count))
            index += 1
        }
        return found
    }

    /// Up to `limit` entries before a place, or from the end, in descending order.
    package func descending(before place: Place? = nil, limit: Int) -> [Entry] {
        var found: [Entry] = []
        var index = min(place.map { chunk(holding: $0) } ?? chunks.count, chunks.count - 1)
        while index >= 0, found.count < limit {
            let before = chunks[index].reversed().drop { entry in place.map { entry.place >= $0 } ?? false }
            found.append(contentsOf: before.prefix(limit - found.count))
            index -= 1
        }
        return found
    }

    /// The first chunk whose last entry is not before `place`; the number of chunks when there is none.
    private func chunk(holding place: Place) -> Int {
        Self.partition(chunks.count) { index in chunks[index].last.map { $0.place < place } ?? false }
    }

    /// The offset of the first entry that is not before `place`.
    private static func offset(of place: Place, in chunk: [Entry]) -> Int {
        partition(chunk.count) { chunk[$0].place < place }
    }

    /// The first index below `count` for which `isBefore` is false, by halving.
    private static func partition(_ count: Int, _ isBefore: (Int) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isBefore(middle) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
