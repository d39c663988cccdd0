/// Runs long random sequences of operations on several stores side by side and compares every answer.
///
/// The first store is the one that is believed, usually the reference store. Every
/// ``operationsPerStart`` operations the run begins anew with empty stores, so that a failing
/// sequence is short to begin with; then it is shrunk.
///
/// ```swift
/// let run = ModelRun(seed: 1, operations: 100_000)
/// print(try await run.run { [try await ReferenceFixture(), try await MyFixture()] })
/// ```
public struct ModelRun: Sendable, CustomStringConvertible {
    /// What the operations follow from: the same seed gives the same operations to the same answers.
    public var seed: UInt64
    /// How many operations to do in all.
    public var operations: Int
    /// After how many operations to begin anew with empty stores; below 1 means 1.
    public var operationsPerStart: Int
    /// Whether instants and spans are compared exactly; true for stores on clocks that stand still between advances.
    /// Where all of these stand at the same instant at the start, schedules are drawn too.
    public var comparesTimes: Bool
    /// What is left to each store; nothing by default.
    public var latitude: ModelLatitude

    /// A run from its parts.
    public init(
        seed: UInt64, operations: Int, operationsPerStart: Int = 2000, comparesTimes: Bool = true,
        latitude: ModelLatitude = []
    ) {
        self.seed = seed
        self.operations = operations
        self.operationsPerStart = operationsPerStart
        self.comparesTimes = comparesTimes
        self.latitude = latitude
    }

    /// The seed and the length, for a test to print.
    public var description: String { "model run: seed \(seed), \(operations) operations" }

    /// Does the run.
    ///
    /// - Parameter make: makes fresh, empty stores, two or more; called at each start and for each try at shrinking.
    /// - Returns: how many operations were done without a difference.
    /// - Throws: ``ModelDifference`` when two stores answered differently, or what a fixture threw.
    @discardableResult
    public func run(on make: @escaping @Sendable () async throws -> [any ConformanceFixture]) async throws -> Int {
        var done = 0
        var start = 0
        while done < operations {
            let length = min(max(operationsPerStart, 1), operations - done)
            if let (sequence, found) = try await segment(start, length: length, make) {
                var shrinker = ModelShrinker { try await replay($0, make) }
                let (shortest, difference) = try await shrinker.shrink(sequence, found)
                throw ModelDifference(
                    seed: seed, start: start, operations: shortest.map(FoundDifference.text(of:)),
                    lastOperation: difference.operation,
                    firstAnswer: difference.first, otherAnswer: difference.other)
            }
            done += length
            start += 1
        }
        return done
    }

    /// The operations from one start, drawn and done.
    private func segment(
        _ start: Int, length: Int, _ make: () async throws -> [any ConformanceFixture]
    ) async throws -> ([ModelOperation], FoundDifference)? {
        var sequence: [ModelOperation] = []
        let found = try await withBoard(make) { board in
            var generator = ModelGenerator(
                seed: seed &+ UInt64(truncatingIfNeeded: start) &* 0x2545_F491_4F6C_DD1D,
                comparesTimes: comparesTimes, latitude: latitude, drawsSchedules: board.sharesInstants)
            for _ in 0..<length {
                let operation = generator.next()
                sequence.append(operation)
                switch try await board.step(operation) {
                case .success(let answer): generator.observe(operation, answer)
                case .failure(let difference): return difference
                }
            }
            return nil
        }
        return found.map { (sequence, $0) }
    }

    private func replay(
        _ sequence: [ModelOperation], _ make: () async throws -> [any ConformanceFixture]
    ) async throws -> FoundDifference? {
        try await withBoard(make) { board in
            for operation in sequence {
                if case .failure(let difference) = try await board.step(operation) { return difference }
            }
            return nil
        }
    }

    private func withBoard(
        _ make: () async throws -> [any ConformanceFixture], _ body: (inout ModelBoard) async throws -> FoundDifference?
    ) async throws -> FoundDifference? {
        let fixtures = try await make()
        precondition(fixtures.count >= 2, "a model run compares two stores or more")
        do {
            var board = try await ModelBoard(fixtures, comparesTimes: comparesTimes, latitude: latitude)
            let found = try await body(&board)
            for fixture in fixtures { await fixture.dispose() }
            return found
        } catch {
            for fixture in fixtures { await fixture.dispose() }
            throw error
        }
    }
}

/// Two stores answered differently to the same operations.
public struct ModelDifference: Error, Sendable, CustomStringConvertible {
    /// The seed of the run.
    public let seed: UInt64
    /// How often the run had begun anew before.
    public let start: Int
    /// The shortest sequence that was found to make the difference, one text an operation.
    public let operations: [String]
    /// The operation that was answered differently; it may be one that the run itself adds.
    public let lastOperation: String
    /// What the first store answered.
    public let firstAnswer: String
    /// What the other store answered.
    public let otherAnswer: String

    /// The seed, the operations and both answers.
    public var description: String {
        """
        two stores differ (seed \(seed), start \(start)) after \(operations.count) operations:
        \(operations.enumerated().map { "  \($0.offset + 1). \($0.element)" }.joined(separator: "\n"))
        at: \(lastOperation)
        first: \(firstAnswer)
        other: \(otherAnswer)
        """
    }
}
