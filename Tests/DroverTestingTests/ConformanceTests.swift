import DroverConformance
import DroverCore
import DroverTesting
import Testing

/// The reference store on a clock that the case moves.
struct ReferenceFixture: ConformanceFixture {
    private let clock = ManualWallClock()
    private let reference: ReferenceStore

    init() { reference = ReferenceStore(clock: clock) }

    var store: any JobStore { reference }
    func advance(by span: Duration) { clock.advance(by: span) }
    func dispose() async { await reference.close() }
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
}
