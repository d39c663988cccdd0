import DroverConformance
import Testing

@Suite("Conformance of Redis")
struct ConformanceTests {
    // One after another: times to live go on at the server meanwhile, and all at once each takes as long as all.
    @Test("conforms", .serialized, arguments: ConformanceCase.all)
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
