import DroverConformance
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
