import DroverConformance
import DroverCore
import DroverTesting
import Testing

/// The reference store on a clock that the case moves.
struct ReferenceFixture: ConformanceFixture {
    let store: any JobStore
    private let clock = ManualWallClock()

    /// A fixture of the store as it is, or with a fault.
    init(_ fault: WrongStore.Fault? = nil) {
        let reference = ReferenceStore(clock: clock)
        if let fault { store = WrongStore(base: reference, fault: fault) } else { store = reference }
    }

    func advance(by span: Duration) { clock.advance(by: span) }
    func dispose() async { await store.close() }
}

@Suite struct ConformanceTests {
    @Test("conforms", arguments: ConformanceCase.all)
    func conforms(_ behaviour: ConformanceCase) async throws {
        let fixture = ReferenceFixture()
        try await fixture.store.prepare()
        try await behaviour.run(on: fixture)
        await fixture.dispose()
    }

    @Test func theSuiteHasAtLeast120CasesAndEachNamesItsRuleOnce() {
        let names = ConformanceCase.all.map(\.description)
        #expect(names.count >= 120)
        #expect(Set(names).count == names.count)
    }

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
        #expect(difference.operations.count <= 8, "\(difference)")
        #expect(difference.seed == 1)
    }

    @Test("a wrong store fails a case of the suite", arguments: WrongStore.Fault.allCases)
    func suiteCatches(_ fault: WrongStore.Fault) async throws {
        var failures: [String] = []
        for behaviour in ConformanceCase.all {
            let fixture = ReferenceFixture(fault)
            do { try await behaviour.run(on: fixture) } catch let failure as ConformanceFailure {
                failures.append("\(failure)")
            }
            await fixture.dispose()
        }
        #expect(!failures.isEmpty)
        #expect(failures.allSatisfy { $0.contains("DroverConformance/") }, "a failure tells its place")
    }
}
