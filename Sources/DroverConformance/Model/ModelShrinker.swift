/// Finds a short sequence that still makes the stores differ: leaves out queues and kinds of operations, then parts,
/// large ones first, while that works.
struct ModelShrinker {
    /// Replays a sequence on fresh stores.
    let replay: ([ModelOperation]) async throws -> FoundDifference?
    /// From how many operations on leaving out any few of them at once takes too long.
    private static let fewOperations = 12
    /// How many operations may be replayed. The work counts and not the tries: a try takes as long as its sequence.
    var budget = 300_000

    /// A short sequence and the difference that it makes.
    mutating func shrink(
        _ operations: [ModelOperation], _ difference: FoundDifference
    ) async throws -> ([ModelOperation], FoundDifference) {
        var best = try await leaveOutGroups(of: (operations, difference))
        var chunk = max(1, operations.count / 2)
        while budget > 0 {
            let before = best.0.count
            best = try await leaveOut(chunk, of: best)
            if chunk > 1 {
                chunk /= 2
            } else if best.0.count == before {
                break
            }
        }
        // A simpler operation may make others needless.
        while budget > 0 {
            let before = best.0.count
            best = try await leaveOut(1, of: try await simplify(best))
            if best.0.count == before { best = try await leaveOutFew(of: best) }
            if best.0.count == before { break }
        }
        return best
    }

    /// Leaves out all operations of a kind, or of a queue, at once: what belongs together can't be told from its place.
    private mutating func leaveOutGroups(
        of best: ([ModelOperation], FoundDifference)
    ) async throws -> ([ModelOperation], FoundDifference) {
        var best = best
        for queue in Set(best.0.compactMap(\.queue)).sorted() {
            let fewer = best.0.filter { $0.queue != queue }
            if let difference = try await differs(fewer) { best = (fewer, difference) }
        }
        for kind in Set(best.0.map(\.kind)).sorted() {
            let fewer = best.0.filter { $0.kind != kind }
            if let difference = try await differs(fewer) { best = (fewer, difference) }
        }
        return best
    }

    private mutating func leaveOut(
        _ chunk: Int, of best: ([ModelOperation], FoundDifference)
    ) async throws -> ([ModelOperation], FoundDifference) {
        var best = best
        // From the end, where what matters to the difference is near.
        var end = best.0.count
        while end > 0 && budget > 0 {
            let start = max(0, end - chunk)
            var fewer = best.0
            fewer.removeSubrange(start..<end)
            if let difference = try await differs(fewer) { best = (fewer, difference) }
            end = start
        }
        return best
    }

    /// Leaves out any two or three of a short sequence at once: a limit and the claims under it may need each other.
    private mutating func leaveOutFew(
        of best: ([ModelOperation], FoundDifference)
    ) async throws -> ([ModelOperation], FoundDifference) {
        let all = best.0.indices
        guard all.count <= Self.fewOperations else { return best }
        for first in all {
            for second in all.dropFirst(first + 1) {
                for third in all.dropFirst(second) where budget > 0 {
                    // The third may be the second: then there are two.
                    let fewer = all.filter { $0 != first && $0 != second && $0 != third }.map { best.0[$0] }
                    if let difference = try await differs(fewer) { return (fewer, difference) }
                }
            }
        }
        return best
    }

    private mutating func simplify(
        _ best: ([ModelOperation], FoundDifference)
    ) async throws -> ([ModelOperation], FoundDifference) {
        var best = best
        var index = 0
        search: while index < best.0.count && budget > 0 {
            for simpler in best.0[index].simpler {
                var changed = best.0
                changed[index] = simpler
                if let difference = try await differs(changed) {
                    best = (changed, difference)
                    continue search
                }
            }
            index += 1
        }
        return best
    }

    private mutating func differs(_ operations: [ModelOperation]) async throws -> FoundDifference? {
        budget -= max(operations.count, 1)
        return try await replay(operations)
    }
}
