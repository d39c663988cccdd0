import DroverCore
import DroverTesting
import Testing

@testable import DroverCommand

/// What `drover move` says of a source that it has moved before, and of what the target had already.
@Suite("The words of a move")
struct MoveWordingTests {
    private let clock = ManualWallClock()
    private let source: ReferenceStore
    private let target: ReferenceStore

    init() {
        source = ReferenceStore(clock: clock)
        target = ReferenceStore(clock: clock)
    }

    private func move(_ more: String...) async -> (status: DroverCommand.ExitStatus, transcript: Transcript) {
        let transcript = Transcript()
        var session = transcript.session(on: source)
        session.makeStore = { [source, target] location, _, _ in
            Lent("\(location)" == "sqlite:source" ? source : target)
        }
        let arguments = ["move", "--from", "sqlite:source", "--to", "sqlite:target", "--yes"] + more
        return (await DroverTool.run(arguments, in: session), transcript)
    }

    @Test("When nothing came in since the last move the source is no longer needed; before that it is not said")
    func repeated() async throws {
        for queue in ["a", "b"] as [QueueName] { _ = try await source.enqueue(queue, [NewJob(name: "n")]) }
        let (first, told) = await move()
        #expect(first == .done && !told.notes.contains("nothing came in"), "\(told.notes)")

        let (second, heard) = await move()
        #expect(second == .done)
        let last = "nothing came in since the last move; sqlite:source is no longer needed\n"
        #expect(heard.notes.hasSuffix(last), "\(heard.notes)")
        #expect(!(await move("--dry-run").transcript.notes.contains("nothing came in")))
        let named = await move("--queue", "a").transcript.notes
        #expect(named.hasSuffix("nothing came in since the last move of these queues\n"), "\(named)")

        _ = try await source.enqueue("b", [NewJob(name: "n")])
        #expect(!(await move().transcript.notes.contains("nothing came in")))
        #expect(await move().transcript.notes.hasSuffix(last))
    }

    @Test("The same as JSON")
    func json() async throws {
        _ = try await source.enqueue("a", [NewJob(name: "n")])
        for expected in [false, true] {
            let report = try Parsed(await move("--json").transcript.results)
            #expect(report.bool("nothingCameIn") == expected)
        }
    }

    @Test("Jobs and schedules that were there already are told as such")
    func known() async throws {
        let ids = [try JobID.custom("one"), try JobID.custom("two")]
        for store in [source, target] {
            _ = try await store.enqueue("q", ids.map { NewJob(id: $0, name: "n") })
            _ = try await store.enqueue("single", [NewJob(id: ids[0], name: "n")])
            for (queue, names) in [("every", ["every-three"]), ("more", ["a", "b"])] as [(QueueName, [String])] {
                for name in names {
                    let key = ScheduleKey(queue: queue, id: try ScheduleID(name))
                    _ = try await store.put([
                        SchedulePlan(Schedule(key: key, timing: .every(.seconds(3)), name: "tick"))
                    ])
                }
            }
        }
        let (status, transcript) = await move()
        #expect(status == .done, "\(transcript.notes)")
        #expect(
            transcript.results == """
                every: 0 jobs moved, schedule "every-three" was there already and keeps its own next job
                more: 0 jobs moved, schedules "a", "b" were there already and keep their own next jobs
                q: 0 jobs moved, 2 were there already
                single: 0 jobs moved, 1 was there already

                """)
        #expect(!transcript.notes.contains("nothing came in"))
    }
}
