import Dispatch
import DroverCore
import DroverTesting
import GRDB
import Testing

@testable import DroverSQLite

/// Turns on the application's writer.
///
/// On the main actor, so that calls made by its tasks are handed to the store in the order of the tasks, and all of them
/// before a later task runs. The time stands still, so that no call waits for too long while the writer is held.
@MainActor @Suite("Turns on the application's writer")
struct WriterTurnTests {
    /// Holds the application's writer until the gate is opened.
    private func hold(_ database: any DatabaseWriter) async throws -> DispatchSemaphore {
        let isHeld = Probe<Void>("held writer")
        let gate = DispatchSemaphore(value: 0)
        database.asyncWriteWithoutTransaction { _ in
            isHeld.signal()
            gate.wait()
        }
        try await isHeld.wait()
        return gate
    }

    /// Makes so many calls, and returns when the store has all of them.
    private func calls(
        _ count: Int, _ body: @escaping @MainActor @Sendable (Int) async throws -> Void
    ) async -> [Task<Void, any Error>] {
        let calls = (0..<count).map { number in Task { @MainActor in try await body(number) } }
        await Task { @MainActor in }.value
        return calls
    }

    @Test("However many calls of the store wait, a write of the application comes after one group of them")
    func fair() async throws {
        let order = Probe<Int>("writes")
        try await withApplication(.pool, timer: ManualClock()) { shop async throws in
            let gate = try await hold(shop.database)
            let store = shop.store
            let calls = await calls(1100) { number in
                try await store.write { _ throws(StoreError) in order.signal(number) }
            }
            for _ in 0..<2 { shop.database.asyncWriteWithoutTransaction { _ in order.signal(-1) } }
            gate.signal()
            for call in calls { try await call.value }
        }
        let places = order.values.indices.filter { order.values[$0] == -1 }
        #expect(places == [512, 513])
        #expect(order.values.filter { $0 >= 0 } == Array(0..<1100))
    }

    @Test("Closing does what waits, in however many groups, and leaves no statement behind")
    func closing() async throws {
        try await withApplication(.queue, timer: ManualClock()) { shop async throws in
            let gate = try await hold(shop.database)
            let store = shop.store
            let calls = await calls(1100) { _ in _ = try await store.add(1, to: "q") }
            let close = await self.calls(1) { _ in await store.close() }
            gate.signal()
            for call in calls + close { try await call.value }
            let jobs = try await shop.database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM drover_jobs") }
            #expect(jobs == 1100)
        }
    }
}
