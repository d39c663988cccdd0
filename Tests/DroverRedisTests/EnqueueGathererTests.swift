import DroverCore
import DroverTesting
import NIOCore
import RedisClient
import RedisTesting
import Synchronization
import Testing

@testable import DroverRedis

/// Jobs that many callers add at the same time go out together, and each caller has its own answer.
@Suite(.timeLimit(.minutes(5)))
struct EnqueueGathererTests {
    /// A server that answers each script when it is told to, and numbers the jobs.
    private final class Server: Sendable {
        let gatherer = EnqueueGatherer(mostWaiting: 50)
        /// How many jobs each script had.
        let scripts = Probe<Int>("scripts")
        let opening = Probe<Void>("opening")
        private let counter = Mutex(0)
        private let failure: StoreError?

        init(failure: StoreError? = nil) { self.failure = failure }

        /// Adds so many jobs in one call; their ids.
        func add(_ count: Int = 1) async throws -> [JobID] {
            var coder = OptionsCoder()
            let call = try EnqueueCall(Array(repeating: NewJob(name: "n"), count: count), in: "q", coder: &coder)
            let answers = try await gatherer.answers(to: call, in: "q") { calls throws(StoreError) in
                try await self.answer(jobs: calls.reduce(0) { $0 + $1.count })
            }
            return try call.results(answers, in: "q").compactMap(\.id)
        }

        private func answer(jobs: Int) async throws(StoreError) -> [RESPValue] {
            scripts.signal(jobs)
            do { try await opening.wait() } catch { throw StoreError(.invalid, "\(error)") }
            if let failure { throw failure }
            return counter.withLock { counter in
                (0..<jobs).map { _ in
                    counter += 1
                    return .string(ByteBuffer(string: "+\(counter)"))
                }
            }
        }

        /// Begins calls of one job, of which the first are under way and all others wait when it returns.
        func start(_ count: Int, in group: inout ThrowingTaskGroup<[JobID], any Error>) async throws {
            for _ in 0..<count { group.addTask { try await self.add() } }
            try await scripts.wait(for: GatheringLine<Int>.few)
            while gatherer.waitingCount(in: "q") < count - GatheringLine<Int>.few { await Task.yield() }
        }
    }

    private static let few = GatheringLine<Int>.few

    @Test("Those who come while calls are under way share a script, and each has the answers to its own jobs")
    func together() async throws {
        let server = Server()
        let ids = try await withThrowingTaskGroup(of: [JobID].self) { group in
            try await server.start(60, in: &group)
            group.addTask { try await server.add(3) }
            while server.gatherer.waitingCount(in: "q") < 45 { await Task.yield() }
            server.opening.signal(())
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(server.scripts.values == Array(repeating: 1, count: Self.few) + [47])
        #expect(ids.map(\.count).sorted() == Array(repeating: 1, count: 60) + [3])
        #expect(Set(ids.joined().map(\.text)) == Set((1...63).map { "\($0)" }))
        let three = try #require(ids.first { $0.count == 3 }).compactMap { Int($0.text) }
        // Of the first calls some may be answered behind those that met.
        #expect(three == Array(three[0]..<three[0] + 3))
    }

    @Test("A server that is not reached fails those who wait too, at once and not each behind others")
    func unreachable() async throws {
        let server = Server(failure: StoreError(.unreachable, "gone"))
        let failures = try await withThrowingTaskGroup(of: [JobID].self) { group in
            try await server.start(60, in: &group)
            server.opening.signal(())
            var failures: [String] = []
            while let result = await group.nextResult() {
                if case .failure(let error) = result { failures.append("\(error)") }
            }
            return failures
        }
        #expect(failures == Array(repeating: "unreachable: gone", count: 60))
        #expect(server.scripts.values.count == Self.few)
    }

    @Test("An error of the script itself fails those who shared it, and the line goes on")
    func failingScript() async throws {
        let server = Server(failure: StoreError(.full, "no memory"))
        await withTaskGroup { group in
            for _ in 0..<60 {
                group.addTask { await #expect(throws: StoreError.self) { try await server.add() } }
            }
            server.opening.signal(())
        }
        #expect(server.scripts.values.reduce(0, +) == 60)
        #expect(server.gatherer.waitingCount(in: "q") == 0)
    }

    @Test("When as many wait as may, the next is refused with what to do, and the others are added")
    func tooMany() async throws {
        let server = Server()
        let added = try await withThrowingTaskGroup(of: [JobID].self) { group in
            try await server.start(Self.few + 50, in: &group)
            let error = await #expect(throws: StoreError.self) { try await server.add() }
            #expect(error?.code == .unreachable)
            #expect(error?.message.contains("50 calls wait already") == true)
            server.opening.signal(())
            return try await group.reduce(0) { $0 + $1.count }
        }
        #expect(added == Self.few + 50)
    }

    @Test("Many callers at once: each id is added once and a duplicate for all others, and refused jobs harm nobody")
    func realServer() async throws {
        try await HandMadeQueue.with { queue in
            let store = queue.fixture.store
            let results = try await withThrowingTaskGroup(of: [EnqueueResult].self) { group in
                for caller in 0..<400 {
                    group.addTask {
                        let wrong = NewJob(name: "n", options: JobOptions(priority: -1))
                        let jobs = [
                            NewJob(id: JobID(stored: "job-\(caller / 4)"), name: "n"), wrong, NewJob(name: "m"),
                        ]
                        return try await store.enqueue("q", Array(jobs.prefix(caller % 3 + 1)))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            var added: [String: Int] = [:]
            var duplicates: [String: Int] = [:], generated = Set<String>(), refused = 0
            for result in results {
                for (index, part) in result.enumerated() {
                    switch (index, part) {
                    case (0, .added(let id)): added[id.text, default: 0] += 1
                    case (0, .duplicate(let id)): duplicates[id.text, default: 0] += 1
                    case (1, .refused): refused += 1
                    case (2, .added(let id)): generated.insert(id.text)
                    default: Issue.record("\(part) at \(index)")
                    }
                }
            }
            #expect(added == Dictionary(uniqueKeysWithValues: (0..<100).map { ("job-\($0)", 1) }))
            #expect(duplicates == Dictionary(uniqueKeysWithValues: (0..<100).map { ("job-\($0)", 3) }))
            #expect(refused == 266)
            #expect(generated.count == 133)
            #expect(try await queue.redis("LLEN", "wait") == "233")
        }
    }
}

extension EnqueueResult {
    /// The id of a job that was added.
    fileprivate var id: JobID? { if case .added(let id) = self { id } else { nil } }
}
