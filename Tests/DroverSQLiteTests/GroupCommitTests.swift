import Dispatch
import DroverCore
import DroverTesting
import GRDB
import ProcessTesting
import Testing

@testable import DroverSQLite

/// Calls that share one transaction.
///
/// The tests run on the main actor: calls made by its tasks are handed to the
/// store in the order of the tasks, and all of them before a later task runs.
@MainActor @Suite("Group commit")
struct GroupCommitTests {
    private typealias Call<Answer> = @MainActor @Sendable () async throws -> Answer

    /// Holds the writer while calls gather, and lets it go.
    private final class Gate: Sendable {
        private let semaphore = DispatchSemaphore(value: 0)
        let isHeld = Probe<Void>("held writer")

        func hold(_ store: SQLiteStore) async throws {
            try await store.write { [self] _ throws(StoreError) in
                isHeld.signal()
                semaphore.wait()
            }
        }

        func open() { semaphore.signal() }
    }

    /// Lets the calls of `gather` come together in one group and returns their results.
    private func together<Answer: Sendable>(
        on store: SQLiteStore, _ calls: [Call<Answer>]
    ) async throws -> [Result<Answer, any Error>] {
        let gate = Gate()
        let holder = Task { @MainActor in try await gate.hold(store) }
        try await gate.isHeld.wait()
        let tasks = calls.map { call in
            Task { @MainActor in
                do { return Result<Answer, any Error>.success(try await call()) } catch { return .failure(error) }
            }
        }
        await Task { @MainActor in }.value
        gate.open()
        try await holder.value
        var results: [Result<Answer, any Error>] = []
        for task in tasks { results.append(await task.value) }
        return results
    }

    private static let poison = """
        CREATE TRIGGER poison BEFORE INSERT ON drover_jobs WHEN NEW.name = 'poison'
        BEGIN SELECT RAISE(%, 'poisoned'); END
        """

    @Test(
        "A call that fails leaves nothing behind and harms none of its group",
        arguments: ["ABORT", "FAIL", "ROLLBACK"])
    func failingCall(effect: String) async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            try await withStore(path) { _ = try await $0.add(1, to: "q") }
            try raw(path) { try $0.execute(sql: Self.poison.replacing("%", with: effect)) }
            try await withStore(path) { store in
                let lease = try #require(try await store.claim(1, of: "q", "before").claimed.first).lease
                var calls: [Call<Int>] = []
                for number in 0..<10 {
                    calls.append { try await store.add(2, to: "q", named: JobName("good-\(number)")).count }
                }
                let poisoned = [NewJob(name: "partial"), NewJob(name: "poison")]
                calls.insert({ try await store.enqueue("q", poisoned).count }, at: 5)
                calls.append { try await store.renew([lease]) == [.held] ? 1 : 0 }
                let results = try await together(on: store, calls)

                for (number, result) in results.enumerated() where number != 5 {
                    #expect(try result.get() == (number == 11 ? 1 : 2))
                }
                let error = #expect(throws: StoreError.self) { try results[5].get() }
                #expect(error?.message.contains("poisoned") == true)
                #expect(try await store.queues()[0].counts == JobCounts([.waiting: 20, .active: 1]))
                let events = try await store.events(
                    EventQuery(queue: "q", start: .beginning, limit: 1000), waitingAtMost: .zero)
                let names = events.events.compactMap { if case .added(let name) = $0.kind { name.text } else { nil } }
                #expect(Set(names) == Set(["test"] + (0..<10).map { "good-\($0)" }))
                #expect(names.count == 21)
            }
            try raw(path) { try $0.execute(sql: "DROP TRIGGER poison") }
            #expect(try FileAudit.problems(in: path) == [])
        }
    }

    @Test("A step of a sweep with a cursor of another store fails alone")
    func invalidCursor() async throws {
        try await withTemporaryFolder { folder in
            try await withStore(folder.file("jobs.sqlite")) { store in
                try await store.add(1, to: "q")
                let sweep = Sweep.clean("q", state: .waiting, olderThan: .seconds(1))
                let calls: [Call<Int>] = [
                    { try await store.add(1, to: "q").count },
                    { try await store.sweep(sweep, after: PageCursor("elsewhere"), limit: 10).removed },
                    { try await store.add(1, to: "q").count },
                ]
                let results = try await together(on: store, calls)
                #expect(try results[0].get() == 1)
                #expect(try results[2].get() == 1)
                let error = #expect(throws: StoreError.self) { try results[1].get() }
                #expect(error?.code == .invalid)
                #expect(try await store.queues()[0].counts[.waiting] == 3)
            }
        }
    }

    @Test("Calls that gather form one transaction, with renewals first")
    func oneTransaction() async throws {
        try await withTemporaryFolder { folder in
            try await withStore(folder.file("jobs.sqlite")) { store in
                let order = Probe<String>("calls")
                var calls: [Call<Void>] = []
                for name in ["first", "second", "renewal", "third"] {
                    calls.append {
                        try await store.write(urgent: name == "renewal") { _ throws(StoreError) in order.signal(name) }
                    }
                }
                _ = try await together(on: store, calls)
                #expect(order.values == ["renewal", "first", "second", "third"])
            }
        }
    }

    @Test("A group larger than one transaction takes is answered completely")
    func largeGroup() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            try await withStore(path) { store in
                let call: Call<Int> = { try await store.add(1, to: "q").count }
                let results = try await together(on: store, Array(repeating: call, count: 1300))
                #expect(try results.allSatisfy { try $0.get() == 1 })
                #expect(try await store.queues()[0].counts[.waiting] == 1300)
            }
            #expect(try FileAudit.problems(in: path) == [])
        }
    }

    @Test("Closing waits for the calls that have begun, and refuses those that come later")
    func closing() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            let store = SQLiteStore(path: path)
            try await store.prepare()
            let calls = (0..<20).map { _ in Task { @MainActor in try await store.add(1, to: "q").count } }
            await Task { @MainActor in }.value
            await store.close()
            for call in calls { #expect(try await call.value == 1) }
            await #expect(throws: StoreError.self) { try await store.add(1, to: "q") }
            #expect(try raw(path) { try Int.fetchOne($0, sql: "SELECT count(*) FROM drover_jobs") } == 20)
        }
    }
}
