import DroverConformance
import DroverTesting
import ProcessTesting
import Testing

@Suite("Conformance of SQLite")
struct ConformanceTests {
    @Test("conforms", arguments: ConformanceCase.all, SQLiteFixture.Place.allCases)
    func conforms(_ behaviour: ConformanceCase, on place: SQLiteFixture.Place) async throws {
        let fixture = try await SQLiteFixture(place)
        do {
            try await behaviour.run(on: fixture)
            await fixture.dispose()
        } catch {
            await fixture.dispose()
            throw error
        }
    }
}

@Suite("Model runs of SQLite")
struct ModelTests {
    @Test("Answers as the reference store does, in memory")
    func memory() async throws {
        try await run(TestSettings.number("DROVER_MODEL_OPERATIONS", default: 5000), on: .memory)
    }

    @Test("Answers as the reference store does, on a file")
    func file() async throws {
        try await run(TestSettings.number("DROVER_MODEL_OPERATIONS", default: 5000) / 5, on: .file)
    }

    private func run(_ operations: Int, on place: SQLiteFixture.Place) async throws {
        let run = ModelRun(seed: TestSettings.generator().seed, operations: operations)
        let done = try await run.run { [BelievedFixture(), try await SQLiteFixture(place, timer: TimelessClock())] }
        #expect(done == operations)
        print("figure: \(done) operations without a difference on SQLite (\(place.testDescription))")
    }
}
