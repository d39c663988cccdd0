import RedisTesting

/// Runs random sequences on pairs, and finds a short sequence for a difference.
struct DifferentialRun {
    /// A difference with the sequence that makes it.
    struct Found: Error, CustomStringConvertible {
        let description: String
    }

    let seed: UInt64
    let operations: Int
    /// After how many operations to begin anew with empty prefixes.
    var operationsPerStart = 150
    /// After how many operations all keys are compared.
    var operationsPerComparison = 10
    let model: PythonPeer

    /// Does the run.
    ///
    /// - Returns: how many operations were done without a difference.
    /// - Throws: ``Found``, or what a peer or the store threw.
    func run() async throws -> Int {
        var done = 0
        var start: UInt64 = 0
        while done < operations {
            let length = min(operationsPerStart, operations - done)
            let startSeed = seed &+ start &* 0x2545_F491_4F6C_DD1D
            if let sequence = try await segment(startSeed, length) {
                let (shortest, difference) = try await shrink(sequence, metrics: points(startSeed))
                throw Found(
                    description: """
                        the store and BullMQ's model differ (seed \(seed), start \(start)) after:
                        \(shortest.enumerated().map { "  \($0.offset + 1). \($0.element)" }.joined(separator: "\n"))
                        \(difference)
                        """)
            }
            done += length
            start += 1
        }
        return done
    }

    private func points(_ startSeed: UInt64) -> Int { startSeed % 3 == 0 ? 0 : 5 }

    /// The operations from one start, drawn and done; those that made a difference, or nil.
    private func segment(_ startSeed: UInt64, _ length: Int) async throws -> [DifferentialOperation]? {
        var generator = DifferentialGenerator(seed: startSeed)
        var sequence: [DifferentialOperation] = []
        let difference = try await withPair(points(startSeed)) { pair in
            for index in 1...length {
                let operation = generator.next()
                sequence.append(operation)
                let (added, claimed) = try await pair.perform(operation)
                generator.observe(added: added, claimed: claimed)
                if index % operationsPerComparison == 0 || index == length { try await pair.compare() }
            }
        }
        return difference == nil ? nil : sequence
    }

    private func replay(_ sequence: [DifferentialOperation], _ metrics: Int) async throws -> String? {
        try await withPair(metrics) { pair in
            for (index, operation) in sequence.enumerated() {
                do {
                    _ = try await pair.perform(operation)
                    try await pair.compare()
                } catch let difference as DifferentialPair.Difference {
                    throw DifferentialPair.Difference(description: "at \(index + 1): \(difference)")
                }
            }
        }
    }

    /// Leaves out parts, large ones first, while there is a difference.
    private func shrink(
        _ sequence: [DifferentialOperation], metrics: Int
    ) async throws -> ([DifferentialOperation], String) {
        var best = sequence
        var difference = try await replay(best, metrics) ?? "which did not come again: do two runs meet on one server?"
        var chunk = max(1, best.count / 2)
        while true {
            var end = best.count
            let before = best.count
            while end > 0 {
                let start = max(0, end - chunk)
                var fewer = best
                fewer.removeSubrange(start..<end)
                if let found = try await replay(fewer, metrics) { (best, difference) = (fewer, found) }
                end = start
            }
            if chunk > 1 { chunk /= 2 } else if best.count == before { return (best, difference) }
        }
    }

    private func withPair(
        _ metrics: Int, _ body: (inout DifferentialPair) async throws -> Void
    ) async throws -> String? {
        var pair = try await DifferentialPair(model: model, metricsPoints: metrics)
        do {
            try await body(&pair)
            await pair.dispose()
            return nil
        } catch let difference as DifferentialPair.Difference {
            await pair.dispose()
            return difference.description
        } catch {
            await pair.dispose()
            throw error
        }
    }
}
