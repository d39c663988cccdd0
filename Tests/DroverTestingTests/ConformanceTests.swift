import DroverConformance
import DroverCore
import DroverTesting
import Foundation
import Testing

/// The reference store on a clock that the case moves.
struct ReferenceFixture: ConformanceFixture {
    let store: any JobStore
    private let clock = ManualWallClock()

    /// A fixture of another store, whose time does not matter.
    init(_ store: any JobStore) { self.store = store }

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

    @Test func theRulesAreThoseOfTheContractAndEachOfItsTenHasACase() throws {
        let rules = Set(ConformanceCase.all.map(\.rule))
        let ten = Set((1...10).map { "rule \($0)" })
        #expect(rules.isSuperset(of: ten))
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        let page = try String(contentsOf: root.appending(path: "docs/store-contract.md"), encoding: .utf8)
        let words = Set(page.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init))
        // What every store does outside the ten rules, told beside its declaration.
        let lifecycle: Set = ["prepare", "close", "traits"]
        for rule in rules.subtracting(ten).subtracting(lifecycle) {
            for word in rule.lowercased().split(separator: " ") {
                #expect(words.contains(String(word)), "the contract has no \(rule)")
            }
        }
    }

    @Test func aStoreWhosePagesHaveNoEndFailsAndDoesNotHang() async throws {
        struct EndlessStore: ForwardingStore {
            let base: any JobStore

            func events(_ query: EventQuery, waitingAtMost wait: Duration) async throws(StoreError) -> EventPage {
                try await base.events(EventQuery(queue: query.queue, start: .beginning, limit: 1), waitingAtMost: wait)
            }
        }
        let endless = try #require(ConformanceCase.all.first { $0.name == "events belong to one queue" })
        let fixture = ReferenceFixture(EndlessStore(base: ReferenceStore()))
        let failure = await #expect(throws: ConformanceFailure.self) { try await endless.run(on: fixture) }
        #expect(failure?.message.contains("no end") == true)
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
