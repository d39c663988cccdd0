import DroverCore
import DroverSQLite

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Enqueues until the disk is full, makes room, goes on, and looks whether all that was acknowledged is there.
///
/// Lines: `full CODE-AND-MESSAGE`, `acknowledged N`, `found N`, `after ID`.
struct Fill {
    private static let queue: QueueName = "full"

    let path: String
    /// A file beside the store that takes up room until it is removed.
    let ballast: String

    func run() async throws {
        try Data(repeating: 1, count: 512 * 1024).write(to: URL(filePath: ballast))
        let store = SQLiteStore(path: path)
        try await store.prepare()
        let payload = try JSONText(#""\#(String(repeating: "y", count: 4000))""#)
        var acknowledged: [JobID] = []
        do throws(StoreError) {
            while acknowledged.count < 10_000 {
                let results = try await store.enqueue(Self.queue, [NewJob(name: "fill", payload: payload)])
                if case .added(let id) = results[0] { acknowledged.append(id) }
            }
        } catch {
            Workload.say("full \(error)")
        }
        Workload.say("acknowledged \(acknowledged.count)")
        // Reads still work, and the claim that can't be stored says so as well.
        Workload.say("found \(try await count(acknowledged, in: store))")

        try FileManager.default.removeItem(atPath: ballast)
        let results = try await store.enqueue(Self.queue, [NewJob(name: "after")])
        Workload.say("after \(results[0].id.map(\.text) ?? "nothing")")
        let reply = try await store.exchange(
            Self.queue, id: .claim, settle: [], claim: Claim(limit: 5, lease: .seconds(60), worker: "w"))
        Workload.say("claimed \(reply.claimed.count)")
        await store.close()

        let again = SQLiteStore(path: path)
        try await again.prepare()
        Workload.say("found \(try await count(acknowledged, in: again))")
        await again.close()
    }

    private func count(_ ids: [JobID], in store: SQLiteStore) async throws -> Int {
        try await store.jobs(ids.map { JobKey(queue: Self.queue, id: $0) }).count { $0 != nil }
    }
}

extension ExchangeID {
    fileprivate static let claim = ExchangeID("claim")
}
