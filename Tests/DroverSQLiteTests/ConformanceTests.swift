import DroverConformance
import Testing

@Suite("Conformance of SQLite")
struct ConformanceTests {
    @Test("conforms", arguments: ConformanceCase.all, [SQLiteFixture.Place.file, .memory])
    func conforms(_ behaviour: ConformanceCase, on place: SQLiteFixture.Place) async throws {
        try await run(behaviour, on: place)
    }

    // In an application's database, one after another, to leave room for tests that wait for each other under a lock.

    @Test("conforms in an application's pool", .serialized, arguments: ConformanceCase.all)
    func conformsInPool(_ behaviour: ConformanceCase) async throws { try await run(behaviour, on: .pool) }

    @Test("conforms in an application's queue", .serialized, arguments: ConformanceCase.all)
    func conformsInQueue(_ behaviour: ConformanceCase) async throws { try await run(behaviour, on: .queue) }

    @Test("conforms in an application's queue in memory", .serialized, arguments: ConformanceCase.all)
    func conformsInMemory(_ behaviour: ConformanceCase) async throws { try await run(behaviour, on: .memoryQueue) }

    private func run(_ behaviour: ConformanceCase, on place: SQLiteFixture.Place) async throws {
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
