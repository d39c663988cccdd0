import DroverConformance
import DroverTesting
import Testing

@Suite("Model runs of Redis")
struct ModelTests {
    @Test("Answers as SQLite and the reference store do")
    func sideBySide() async throws {
        let operations = TestRun.number("DROVER_REDIS_MODEL_OPERATIONS", default: 3000)
        // Locks, rates and remembered exchanges live by the server's time too: a start must be over before the shortest of
        // them, 5 s, also where the machine has much else to do.
        let run = ModelRun(
            seed: TestRun.generator().seed, operations: operations, operationsPerStart: 200,
            latitude: [.orderOfEnds, .pagesAmidChanges, .timesOfHolds])
        let done = try await run.run {
            [BelievedFixture(), try await MemoryFixture(), try await RedisFixture(timer: TimelessClock())]
        }
        #expect(done == operations)
        TestRun.figure("\(done) operations without a difference on SQLite, Redis and the reference store")
    }
}
