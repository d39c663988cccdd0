import DroverCore
import Testing

@testable import DroverCommand

/// How the move of a queue begins or goes on.
@Suite("Openings of moves")
struct MoveOpeningTests {
    private func source(
        _ move: String = "m", number: Int = 3, wasPaused: Bool = false, hasEnded: Bool = false
    ) -> MoveCheckpoint {
        MoveCheckpoint(
            move: move, role: .source, number: number, peer: "B", wasPaused: wasPaused, hasEnded: hasEnded)
    }

    private func target(_ move: String = "m", number: Int = 3, wasPaused: Bool = false) -> MoveCheckpoint {
        MoveCheckpoint(
            move: move, role: .target, number: number, peer: "A", wasPaused: wasPaused,
            jobs: [JobStamp(id: JobID(stored: "1"), createdAt: Timestamp(milliseconds: 5))])
    }

    private func opening(
        _ source: MoveCheckpoint?, _ target: MoveCheckpoint?, isPaused: Bool = false
    ) throws -> MoveOpening {
        try MoveOpening(of: "q", source: source, target: target, isPaused: isPaused, fresh: "fresh")
    }

    @Test("Where neither store knows of a move a new one begins, and remembers whether the queue was paused")
    func new() throws {
        for isPaused in [false, true] {
            let opening = try opening(nil, nil, isPaused: isPaused)
            #expect(opening.move == "fresh")
            #expect(opening.wasPaused == isPaused)
            #expect(opening.number == 0)
            #expect(!opening.isKnown)
            #expect(opening.unfinished == nil)
        }
    }

    @Test("A move whose last jobs have arrived and left goes on with the next step")
    func goesOn() throws {
        let opening = try opening(source(wasPaused: true), target(wasPaused: true), isPaused: true)
        #expect(opening.move == "m")
        #expect(opening.isKnown)
        #expect(opening.wasPaused)
        #expect(opening.number == 3)
        #expect(opening.unfinished == nil)
    }

    @Test("Jobs that have arrived and not left yet leave first")
    func unfinished() throws {
        let opening = try opening(source(number: 3), target(number: 4), isPaused: true)
        #expect(opening.unfinished == target(number: 4))
        #expect(opening.number == 3)
        #expect(!opening.wasPaused)
    }

    @Test("A move that was cut off before the target knew of it, or when it no longer did, keeps its name")
    func cutOff() throws {
        for number in [0, 7] {
            let opening = try opening(source(number: number), nil, isPaused: true)
            #expect(opening.move == "m")
            #expect(!opening.isKnown)
            #expect(!opening.wasPaused)
            #expect(opening.number == number)
            #expect(opening.sourceMark == source(number: number).mark)
            #expect(opening.targetMark == nil)
        }
    }

    @Test("After a move has ended a new one begins, which knows who paused the queue")
    func afterEnd() throws {
        let paused = try opening(source(hasEnded: true), nil, isPaused: true)
        #expect(paused.move == "fresh")
        #expect(!paused.wasPaused)
        #expect(paused.sourceMark == "source m 3 ended")
        let resumed = try opening(source(wasPaused: true, hasEnded: true), nil, isPaused: false)
        #expect(!resumed.wasPaused)
        #expect(try opening(source(wasPaused: true, hasEnded: true), nil, isPaused: true).wasPaused)
    }

    @Test("Back into a queue that was moved away: it is resumed, unless it was paused before")
    func back() throws {
        let opening = try opening(nil, source(hasEnded: true))
        #expect(opening.targetMark == "source m 3 ended")
        #expect(opening.resumesTarget)
        #expect(try !self.opening(nil, source(wasPaused: true, hasEnded: true)).resumesTarget)
    }

    @Test("Another move that is under way is left alone, with a message that says which")
    func busy() throws {
        let cases: [(MoveCheckpoint?, MoveCheckpoint?, String)] = [
            (target(), nil, "into it from A"), (nil, target(), "another move brings it from A"),
            (source("other"), target(), "another move brings it from A"),
            (source(hasEnded: true), target(), "another move brings it from A"),
            (nil, source(), "it is being moved from there to B"),
            (source(number: 3), target(number: 5), "different points of the same move"),
            (source(number: 3), target(number: 2), "different points of the same move"),
        ]
        for (source, target, words) in cases {
            let failure = #expect(throws: CommandFailure.self) { try opening(source, target) }
            #expect(failure?.description.contains(words) == true, "\(String(describing: failure))")
        }
    }
}
