import DroverConformance
import DroverCore
import DroverTesting

// snippet.fixture
struct MyFixture: ConformanceFixture {
    let store: any JobStore
    private let clock = ManualWallClock()

    init() async throws {
        store = ReferenceStore(clock: clock)  // yours in its place
        try await store.prepare()
    }

    func advance(by span: Duration) async throws { clock.advance(by: span) }

    func dispose() async { await store.close() }
}
// snippet.end

// snippet.cases
for behaviour in ConformanceCase.all {
    let fixture = try await MyFixture()
    do {
        try await behaviour.run(on: fixture)
        print("ok: \(behaviour)")
    } catch {
        print("FAILED: \(behaviour): \(error)")
    }
    await fixture.dispose()
}
// snippet.end

// snippet.model
struct Believed: ConformanceFixture {
    let store: any JobStore
    private let clock = ManualWallClock()

    init() { store = ReferenceStore(clock: clock) }

    func advance(by span: Duration) async throws { clock.advance(by: span) }

    func dispose() async { await store.close() }
}

let run = ModelRun(seed: 1, operations: 10_000)
print("\(try await run.run { [Believed(), try await MyFixture()] }) operations without a difference")
// snippet.end
