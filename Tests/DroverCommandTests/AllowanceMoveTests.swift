import DroverCore
import DroverTesting
import Testing

@testable import DroverCommand

/// What becomes of reservations of allowances when `drover move` is run more than once.
@Suite("Moving allowances", .timeLimit(.minutes(10))) struct AllowanceMoveTests {
    private let clock = ManualWallClock()
    private let source: ReferenceStore
    private let target: ReferenceStore
    private let other: ReferenceStore
    private let daily = Allowance("exports:42", max: 5, per: .seconds(86_400))
    private let ever = Allowance("seats", max: 5, per: nil)

    init() {
        source = ReferenceStore(clock: clock)
        target = ReferenceStore(clock: clock)
        other = ReferenceStore(clock: clock)
    }

    private func move(
        to name: String = "target", _ more: String...
    ) async -> (status: DroverCommand.ExitStatus, transcript: Transcript) {
        let transcript = Transcript()
        var session = transcript.session(on: source)
        session.makeStore = { [source, target, other] location, _, _ in
            switch "\(location)" {
            case "sqlite:source": Lent(source)
            case "sqlite:target": Lent(target)
            default: Lent(other)
            }
        }
        let arguments = ["move", "--from", "sqlite:source", "--to", "sqlite:\(name)", "--yes"] + more
        return (await DroverTool.run(arguments, in: session), transcript)
    }

    private func reserve(_ id: String, _ allowance: Allowance, _ amount: Int = 1, in store: ReferenceStore) async throws
    {
        let share = AllowanceShare(allowance, amount: amount)
        #expect(try await store.apply([AllowanceCommand.reserve(id: id, [share])]) == [.granted])
    }

    private func used(_ allowance: Allowance, in store: ReferenceStore) async throws -> Int? {
        guard case .use(let use)? = try await store.apply([AllowanceCommand.look(key: allowance.key)]).first else {
            return nil
        }
        return use.used
    }

    @Test("What was given back at the target is not carried again; what is reserved since is")
    func givenBack() async throws {
        for allowance in [daily, ever] {
            try await reserve("a", allowance, 2, in: source)
            try await reserve("b", allowance, in: source)
        }
        #expect(await move().status == .done)
        for allowance in [daily, ever] {
            #expect(try await used(allowance, in: target) == 3)
            #expect(
                try await target.apply([AllowanceCommand.refund(id: "a", keys: [allowance.key])]) == [.refunded(2)])
            try await reserve("c", allowance, in: source)
        }
        clock.advance(by: .seconds(60))
        let (status, transcript) = await move(to: "target", "--json")
        #expect(status == .done)
        #expect(try Parsed(transcript.results).int("allowances") == 2)
        for allowance in [daily, ever] {
            #expect(try await used(allowance, in: target) == 2)
            #expect(try await used(allowance, in: source) == 4)
        }
    }

    @Test("A reservation of an id that was carried in an earlier span is another one")
    func anew() async throws {
        try await reserve("a", daily, in: source)
        #expect(await move().status == .done)
        clock.advance(by: .seconds(50_000))
        _ = try await source.apply([AllowanceCommand.refund(id: "a", keys: [daily.key])])
        _ = try await target.apply([AllowanceCommand.refund(id: "a", keys: [daily.key])])
        try await reserve("a", daily, 3, in: source)
        #expect(await move().status == .done)
        #expect(try await used(daily, in: target) == 3)
        clock.advance(by: .seconds(86_401))
        #expect(try await used(daily, in: target) == 0)
    }

    @Test("What one target has is carried to another one, and the notes of it are not")
    func otherTarget() async throws {
        try await reserve("a", daily, in: source)
        #expect(await move().status == .done)
        #expect(await move(to: "other").status == .done)
        #expect(try await used(daily, in: other) == 1)
        guard
            case .reservations(let all, _)? = try await other.apply([AllowanceCommand.list(after: nil, limit: 10)])
                .first
        else {
            Issue.record("a list of reservations")
            return
        }
        #expect(all.map(\.key) == [daily.key])
    }

    @Test("What the target has no room for is a finding: told, in the JSON, and exit 1, until there is room")
    func refused() async throws {
        _ = try await source.enqueue("q", [NewJob(name: "n")])
        try await reserve("b", daily, 2, in: source)
        try await reserve("c", ever, 2, in: source)
        let full = Allowance(daily.key, max: Allowance.greatestMax, per: .seconds(3600))
        try await reserve("all", full, Allowance.greatestMax - 1, in: target)
        let (status, transcript) = await move()
        #expect(status == .failed)
        #expect(transcript.results.contains("1 allowance not carried"), "\(transcript.results)")
        #expect(transcript.notes.contains("not carried: what is reserved of the allowance \"exports:42\""))
        let again = await move(to: "target", "--json")
        #expect(again.status == .failed && !again.transcript.notes.contains("no longer needed"))
        let finding = try #require(try Parsed(again.transcript.results).objects("allowancesNotCarried").first)
        #expect(finding.string("key") == daily.key && finding.string("reason")?.contains("10,000") == true)
        #expect(try await used(ever, in: target) == 2)
        clock.advance(by: .seconds(3601))
        let last = await move(to: "target", "--json")
        #expect(last.status == .done)
        #expect(try Parsed(last.transcript.results).objects("allowancesNotCarried").isEmpty)
        #expect(try await used(daily, in: target) == 2)
    }
}
