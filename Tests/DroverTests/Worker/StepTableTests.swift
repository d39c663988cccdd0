import DroverCore
import Testing

@testable import Drover

@Suite struct StepTableTests {
    private func recorded(_ name: StepName, _ result: String) -> JobStep {
        JobStep(name: name, result: JSONText(trusted: result), recordedAt: Timestamp(milliseconds: 1))
    }

    @Test func aStepThatAnEarlierAttemptRecordedDoesNotRun() throws {
        var table = StepTable(recorded: [recorded("a", "1"), recorded("b", "2")])
        #expect(try table.begin("b") == .recorded(JSONText("2")))
        #expect(try table.begin("c") == .run)
    }

    @Test func aStepThatRunsIsRefusedUntilItHasEnded() throws {
        var table = StepTable(recorded: [])
        #expect(try table.begin("a") == .run)
        #expect(throws: StepTable.Refusal.isRunning) { _ = try table.begin("a") }
        #expect(try table.begin("b") == .run)
        table.end("a")
        #expect(try table.begin("a") == .run)
    }

    @Test func aStepThatWasKeptIsRecordedFromThenOn() throws {
        var table = StepTable(recorded: [])
        _ = try table.begin("a")
        try table.reserve("a", JSONText("7"), each: 1, together: 2)
        table.keep("a", try JSONText("7"))
        table.end("a")
        #expect(try table.begin("a") == .recorded(JSONText("7")))
    }

    @Test func theLimitsHoldForEachResultAndForAllWithTheirNames() throws {
        var table = StepTable(recorded: [recorded("ab", "[1]")])
        #expect(throws: StepTable.Refusal.tooLarge(bytes: 3, limit: 2)) {
            try table.reserve("c", JSONText("[2]"), each: 2, together: 100)
        }
        #expect(throws: StepTable.Refusal.tooLargeTogether(bytes: 9, limit: 8)) {
            try table.reserve("c", JSONText("[2]"), each: 3, together: 8)
        }
        try table.reserve("c", JSONText("[2]"), each: 3, together: 9)
        #expect(throws: StepTable.Refusal.tooLargeTogether(bytes: 11, limit: 10)) {
            try table.reserve("d", JSONText("3"), each: 3, together: 10)
        }
        table.release("c", try JSONText("[2]"))
        try table.reserve("d", JSONText("3"), each: 3, together: 10)
    }

    @Test func aJobHasOnlySoManySteps() throws {
        let steps = (0..<JobStep.mostOfJob - 1).map { recorded(StepName(stored: "\($0)"), "1") }
        var table = StepTable(recorded: steps)
        #expect(try table.begin("last") == .run)
        #expect(throws: StepTable.Refusal.tooMany) { _ = try table.begin("one more") }
        #expect(try table.begin("0") == .recorded(JSONText("1")))
    }
}
