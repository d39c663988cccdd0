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
        to name: String = "target", of place: ReferenceStore? = nil, _ more: String...
    ) async -> (status: DroverCommand.ExitStatus, transcript: Transcript) {
        let transcript = Transcript()
        var session = transcript.session(on: source)
        session.makeStore = { [source, other, target = place ?? target] location, _, _ in
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

    private func giveBack(_ id: String, _ allowance: Allowance, in stores: ReferenceStore...) async throws {
        for store in stores {
            _ = try await store.apply([AllowanceCommand.refund(id: id, keys: [allowance.key])])
        }
    }

    private func keys(_ store: ReferenceStore) async throws -> [String] {
        guard
            case .reservations(let all, _)? = try await store.apply([AllowanceCommand.list(after: nil, limit: 100)])
                .first
        else {
            Issue.record("a list of reservations")
            return []
        }
        return all.map(\.key)
    }

    @Test("A reservation of an id that was carried before is another one, and is given back and carried in its turn")
    func anew() async throws {
        for allowance in [daily, ever] {
            try await reserve("a", allowance, in: source)
            #expect(await move().status == .done)
            clock.advance(by: .seconds(50_000))
            try await giveBack("a", allowance, in: source, target)
            try await reserve("a", allowance, 3, in: source)
            #expect(await move().status == .done)
            #expect(try await used(allowance, in: target) == 3)
            // The mark is the new one's now.
            try await giveBack("a", allowance, in: target)
            clock.advance(by: .seconds(1))
            #expect(await move().status == .done)
            #expect(try await used(allowance, in: target) == 0)
        }
    }

    @Test("A mark goes with what it speaks of, and the same reservation afterwards is another one")
    func marksGo() async throws {
        for allowance in [daily, ever] {
            try await reserve("a", allowance, in: source)
            #expect(await move().status == .done)
            #expect(try await keys(source).contains { $0.hasPrefix("drover:carried:") })
            try await giveBack("a", allowance, in: source, target)
            #expect(await move().status == .done)
            #expect(try await keys(source).isEmpty)
            try await reserve("a", allowance, in: source)
            #expect(await move().status == .done)
            #expect(try await used(allowance, in: target) == 1)
            try await giveBack("a", allowance, in: source)
            #expect(await move().status == .done)
        }
    }

    @Test("A new store at the place of an old one is carried everything, and known again after that")
    func newTarget() async throws {
        try await reserve("a", ever, in: source)
        #expect(await move().status == .done)
        let anew = ReferenceStore(clock: clock)
        #expect(await move(of: anew).status == .done)
        #expect(try await used(ever, in: anew) == 1)
        for store in [target, anew] {
            try await giveBack("a", ever, in: store)
            #expect(await move(of: store).status == .done)
            #expect(try await used(ever, in: store) == 0)
        }
        #expect(try await keys(anew) == ["drover:store"])
    }

    @Test("A file is one place from whatever folder it is named")
    func place() throws {
        #expect(try StoreLocation("sqlite:/./.").place == "sqlite:/")
        #expect(try StoreLocation("sqlite:.").place.hasPrefix("sqlite:/"))
        #expect(try StoreLocation("redis://127.0.0.1:6379").place.contains("127.0.0.1"))
    }

    @Test("A store that was a target is moved on without its name")
    func movedOn() async throws {
        try await reserve("a", ever, in: source)
        #expect(await move().status == .done)
        let mover = try await chain(from: target, to: other)
        #expect(mover.carried.count == 1 && mover.refused.isEmpty)
        #expect(try await keys(other).sorted() == ["drover:store", ever.key])
    }

    private func chain(from source: ReferenceStore, to target: ReferenceStore) async throws -> AllowanceMover {
        var mover = AllowanceMover(from: source, to: target, at: "sqlite:other")
        try await mover.carry()
        return mover
    }

    @Test("What one target has is carried to another one, and the notes of it are not")
    func otherTarget() async throws {
        try await reserve("a", daily, in: source)
        #expect(await move().status == .done)
        #expect(await move(to: "other").status == .done)
        #expect(try await used(daily, in: other) == 1)
        #expect(try await keys(other).sorted() == ["drover:store", daily.key])
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
