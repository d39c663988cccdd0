import DroverConformance
import Testing

@Suite("Conformance of Redis")
struct ConformanceTests {
    @Test("conforms", arguments: ConformanceCase.all)
    func conforms(_ behaviour: ConformanceCase) async throws {
        let fixture = try await RedisFixture()
        do {
            try await behaviour.run(on: fixture)
            await fixture.dispose()
        } catch {
            await fixture.dispose()
            throw error
        }
    }
}
