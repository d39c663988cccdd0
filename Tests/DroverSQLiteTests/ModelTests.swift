import DroverConformance
import DroverTesting
import Testing

@Suite("Model runs of SQLite")
struct ModelTests {
    @Test("Answers as the reference store does, in memory")
    func memory() async throws {
        try await run(TestRun.number("DROVER_MODEL_OPERATIONS", default: 5000), on: .memory)
    }

    @Test("Answers as the reference store does, on a file")
    func file() async throws {
        try await run(TestRun.number("DROVER_MODEL_OPERATIONS", default: 5000) / 5, on: .file)
    }

    private func run(_ operations: Int, on place: SQLiteFixture.Place) async throws {
        let run = ModelRun(seed: TestRun.generator().seed, operations: operations)
        let done = try await run.run { [BelievedFixture(), try await SQLiteFixture(place, timer: TimelessClock())] }
        #expect(done == operations)
        TestRun.figure("\(done) operations without a difference on SQLite (\(place.testDescription))")
    }
}
