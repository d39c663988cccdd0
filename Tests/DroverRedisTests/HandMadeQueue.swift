import DroverCore
import Foundation
import RedisTesting

/// A queue under a prefix of its own, with short words for the store and for the keys by hand.
struct HandMadeQueue: Sendable {
    let fixture: RedisFixture
    private let server: RedisServer
    private let base: String

    /// Gives `body` a queue that nobody has used, and removes it afterwards.
    static func with(_ body: (HandMadeQueue) async throws -> Void) async throws {
        let server = try await RedisServer.shared
        let prefix = RedisServer.freshPrefix()
        let fixture = try await RedisFixture(on: server, prefix: prefix)
        do {
            try await body(HandMadeQueue(fixture: fixture, server: server, base: prefix + ":q:"))
            await fixture.dispose()
        } catch {
            await fixture.dispose()
            throw error
        }
    }

    /// Gives a command whose second word is a key of the queue, without what all of them begin with.
    @discardableResult
    func redis(_ words: String...) async throws -> String { try await redis(words) }

    /// Gives a command whose words are in a list.
    @discardableResult
    func redis(_ words: [String]) async throws -> String {
        try await server.command([words[0], base + words[1]] + words.dropFirst(2))
    }

    /// Adds jobs, which must be taken, and returns their ids.
    @discardableResult
    func enqueue(_ jobs: [NewJob]) async throws -> [String] {
        try await fixture.store.enqueue("q", jobs).map { result in
            guard case .added(let id) = result else { throw NotAdded(result: result) }
            return id.text
        }
    }

    /// The ids of claimed jobs.
    func claim(_ limit: Int) async throws -> [String] {
        try await exchange(claim: limit).claimed.map(\.job.key.id.text)
    }

    /// The whole key of a job.
    func key(_ id: String) -> String { base + id }

    /// Completes jobs and claims others.
    func exchange(settling claimed: [ClaimedJob] = [], claim limit: Int?) async throws -> ExchangeReply {
        try await settle(claimed.map { ($0, .completed(.null)) }, claim: limit)
    }

    /// Settles jobs and claims others.
    @discardableResult
    func settle(_ outcomes: [(ClaimedJob, Outcome)], claim limit: Int?) async throws -> ExchangeReply {
        try await fixture.store.exchange(
            "q", id: ExchangeID(UUID().uuidString),
            settle: outcomes.map { Settlement(lease: $0.lease, outcome: $1) },
            claim: limit.map { Claim(limit: $0, lease: .seconds(30), worker: "worker") })
    }

    /// A job was not taken.
    private struct NotAdded: Error {
        let result: EnqueueResult
    }
}
