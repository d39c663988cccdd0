import DroverConformance
import DroverTesting
import Testing

@Suite struct ModelTests {
    @Test func aModelRunFindsNoDifferenceBetweenTwoReferenceStores() async throws {
        let run = ModelRun(seed: TestRun.generator().seed, operations: 20_000)
        #expect(try await run.run { [ReferenceFixture(), ReferenceFixture()] } == 20_000)
    }

    @Test("a wrong store is caught, and few operations show it", arguments: WrongStore.Fault.allCases)
    func catches(_ fault: WrongStore.Fault) async throws {
        let run = ModelRun(seed: 1, operations: 20_000)
        let difference = try await #require(throws: ModelDifference.self) {
            try await run.run { [ReferenceFixture(), ReferenceFixture(fault)] }
        }
        #expect(difference.operations.count <= 9, "\(difference)")
        #expect(difference.seed == 1)
    }

    @Test("a start of no length is one of one operation", arguments: [0, -1])
    func shortestStart(length: Int) async throws {
        let run = ModelRun(seed: 1, operations: 3, operationsPerStart: length)
        #expect(try await run.run { [ReferenceFixture(), ReferenceFixture()] } == 3)
    }
}
