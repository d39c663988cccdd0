import DroverCore
import Foundation
import RedisClient
import RedisTesting
import Testing

@testable import DroverRedis

/// The embedded scripts as the server knows them.
@Suite("Scripts", .timeLimit(.minutes(10)))
struct ScriptTests {
    /// A script, and a call of the store that runs it.
    struct Usage: Sendable, CustomTestStringConvertible {
        let script: RedisScript
        let call: @Sendable (any JobStore, QueueName) async throws -> Void

        init(_ script: RedisScript, _ call: @escaping @Sendable (any JobStore, QueueName) async throws -> Void) {
            self.script = script
            self.call = call
        }

        var testDescription: String { script.name }
    }

    /// Every script of `Scripts.generated.swift`.
    private static let usages = [
        Usage(Scripts.allowance) { store, _ in _ = try await store.apply([AllowanceCommand.look(key: "none")]) },
        Usage(Scripts.children) {
            _ = try await $0.children(of: JobKey(queue: $1, id: JobID(stored: "none")), .pending, page: Page())
        },
        Usage(Scripts.command) { _ = try await $0.apply([.remove(JobKey(queue: $1, id: JobID(stored: "none")))]) },
        Usage(Scripts.configure) { _ = try await $0.configure([.pause($1)]) },
        Usage(Scripts.copy) {
            let copy = JobCopy(queue: "other", id: JobID(stored: "copy"))
            let key = JobKey(queue: $1, id: JobID(stored: "none"))
            _ = try await $0.apply([JobCommand.copy(key, as: copy, removesJob: true)])
        },
        Usage(Scripts.enqueue) { _ = try await $0.enqueue($1, [NewJob(name: "job")]) },
        Usage(Scripts.exchange) {
            let claim = Claim(limit: 1, lease: .seconds(30), worker: "worker")
            _ = try await $0.exchange($1, id: ExchangeID("x"), settle: [], claim: claim)
        },
        Usage(Scripts.fire) {
            let key = ScheduleKey(queue: $1, id: ScheduleID(stored: "none"))
            _ = try await $0.fire([Firing(key: key, slot: Timestamp(milliseconds: 1), next: nil)])
        },
        Usage(Scripts.flow) {
            _ = try await $0.enqueue($1, [NewJob(name: "job", children: [ChildJob($1, NewJob(name: "child"))])])
        },
        Usage(Scripts.flowCommand) {
            _ = try await $0.apply([JobCommand.removeFlow(JobKey(queue: $1, id: JobID(stored: "none")))])
        },
        Usage(Scripts.heartbeat) {
            try await $0.heartbeat(
                [
                    WorkerReport(
                        id: "worker", queue: $1, host: "host", process: 1, concurrency: 1, running: 0,
                        validFor: .seconds(30))
                ])
        },
        Usage(Scripts.holder) {
            _ = try await $0.jobs(matching: JobQuery(queue: $1, part: .holding(deduplication: "none")), page: Page())
        },
        Usage(Scripts.jobs) { _ = try await $0.jobs([JobKey(queue: $1, id: JobID(stored: "none"))]) },
        Usage(Scripts.list) { _ = try await $0.jobs(matching: JobQuery(queue: $1, state: .waiting), page: Page()) },
        Usage(Scripts.listGroups) { _ = try await $0.jobs(matching: JobQuery(queue: $1, part: .groups), page: Page()) },
        Usage(Scripts.move) { _ = try await $0.move(MoveStep(queue: $1, expected: nil, checkpoint: nil)) },
        Usage(Scripts.prune) {
            _ = try await $0.prune($1, PruneRule(.completed, keeping: Retention(count: 1)), limit: 10)
        },
        Usage(Scripts.reclaim) { _ = try await $0.reclaimStalled($1, maxStalled: 1, limit: 10) },
        Usage(Scripts.record) { _ = try await $0.record([JobReport(lease: lease($1), content: .progress(.null))]) },
        Usage(Scripts.renew) { _ = try await $0.renew([lease($1)]) },
        Usage(Scripts.schedule) {
            let key = ScheduleKey(queue: $1, id: ScheduleID(stored: "some"))
            _ = try await $0.put([SchedulePlan(Schedule(key: key, timing: .every(.seconds(60)), name: "job"))])
        },
        Usage(Scripts.scheduleCommand) {
            let key = ScheduleKey(queue: $1, id: ScheduleID(stored: "none"))
            _ = try await $0.apply([ScheduleCommand.remove(key)])
        },
        Usage(Scripts.schedules) { _ = try await $0.schedules(ScheduleQuery(queue: $1), page: Page()) },
        Usage(Scripts.setGroup) { _ = try await $0.configure([.group($1, "g", .weight(2))]) },
        Usage(Scripts.sweep) { _ = try await $0.sweep(.drain($1, delayed: true), after: nil, limit: 10) },
        Usage(Scripts.tellParents) {
            let shared = NewJob(id: JobID(stored: "shared"), name: "job", start: .after(.seconds(600)))
            let other = NewJob(
                id: JobID(stored: "second"), name: "job",
                children: [ChildJob(reference: JobKey(queue: $1, id: JobID(stored: "shared")))])
            let graph = NewJob(
                id: JobID(stored: "first"), name: "job", children: [ChildJob($1, shared)],
                companions: [CompanionJob($1, other)])
            _ = try await $0.enqueue($1, [graph])
            _ = try await $0.releaseParents(after: nil, limit: 10)
        },
        Usage(Scripts.whole) { _ = try await $0.movePage(MoveQuery(queue: $1, part: .point), page: Page()) },
    ]

    private static func lease(_ queue: QueueName) -> Lease {
        Lease(job: JobKey(queue: queue, id: JobID(stored: "none")), token: LeaseToken("token"), duration: .seconds(30))
    }

    @Test("The list of these tests has every file of Sources/DroverRedis/Scripts")
    func all() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/DroverRedis/Scripts")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".lua") }
        #expect(Self.usages.map { $0.script.name + ".lua" }.sorted() == files.sorted())
    }

    @Test("A script has the SHA-1 that the server computes of it", arguments: usages)
    func digest(_ usage: Usage) async throws {
        let server = try await RedisServer.shared
        #expect(try await server.command("SCRIPT", "LOAD", usage.script.source) == usage.script.sha)
    }

    @Test("Every call works after the server has forgotten its scripts, and loads the one it needs")
    func forgotten() async throws {
        let server = try await RedisServer.start()
        let fixture = try await RedisFixture(on: server, prefix: "p")
        for usage in Self.usages {
            // The first time the call's own script is missing, the second time it is there.
            try await server.command("SCRIPT", "FLUSH")
            for _ in 0..<2 { try await usage.call(fixture.store, "queue") }
            #expect(try await server.command("SCRIPT", "EXISTS", usage.script.sha) == "1", "\(usage.script.name)")
        }
        await fixture.dispose()
        try await server.stop()
    }
}
