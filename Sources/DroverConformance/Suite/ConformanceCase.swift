/// One rule of the store contract, as something that can be run on any store.
///
/// A case makes its own queues, so that several may run on one store. It never
/// asserts a time, a generated id, the text of a position or cursor, or an order
/// that the contract leaves open.
///
/// ```swift
/// @Test("conforms", arguments: ConformanceCase.all)
/// func conforms(_ behaviour: ConformanceCase) async throws {
///     let fixture = try await MyFixture()
///     try await behaviour.run(on: fixture)
///     await fixture.dispose()
/// }
/// ```
public struct ConformanceCase: Sendable, CustomStringConvertible {
    /// The rule or the call of `docs/store-contract.md` that the case belongs to, for example `rule 2` or `renew`.
    public let rule: String
    /// What the case proves, as a sentence.
    public let name: String
    private let body: @Sendable (Bench) async throws -> Void

    init(_ rule: String, _ name: String, _ body: @escaping @Sendable (Bench) async throws -> Void) {
        self.rule = rule
        self.name = name
        self.body = body
    }

    /// Runs the case. The fixture stays usable and is not disposed of.
    ///
    /// - Throws: ``ConformanceFailure`` when the store breaks the rule, or what the store threw.
    public func run(on fixture: any ConformanceFixture) async throws {
        try await body(Bench(fixture, caseName: description))
    }

    /// The rule and the name.
    public var description: String { "\(rule): \(name)" }

    /// Every case, topic by topic.
    public static let all: [ConformanceCase] = [
        enqueue, ids, records, payloads, badItems, order, delays, exchange, settling, putBack, repeating, leases,
        reports,
        stalled, retention, pruning, commands, cancelling, priorities, pausing, draining, cleaning, obliterating,
        listing,
        paging, counting, logging, eventContents, eventReading, wakeUps, heartbeats, isolation, concurrency, lifecycle,
        schedulePutting, firing, scheduleCommands, scheduleListing, moving, bounding, steps,
        queueConcurrency, rates, workerRates, allowances, expiring,
        deduplicating, deduplicationEnds,
        searchQueries, searching, searchTimes, searchWorked, searchPaging, boundCommands,
        groupTurns, groupWays, groupLimits,
        deadLetters, copying, resultCaches,
        flowAdding, flowWaiting, flowPolicies, flowLevels, flowLinks, flowJoins, flowCommands, flowRetries, flowSweeps,
        flowMeetings,
        graphs, graphCommands,
    ].flatMap(\.self)
}

typealias Case = ConformanceCase
