import DroverTesting
import Testing

@testable import DroverCommand

@Suite("Progress of long commands")
struct ProgressLineTests {
    @Test("A line tells how many of how many, how fast, and how long it will still take")
    func text() {
        let text = ProgressLine.text(250, of: 1000, after: .seconds(5), "job", "moved")
        #expect(text == "250 of 1000 jobs moved (25%), 50/s, about 15 s left")
        #expect(ProgressLine.text(1, of: nil, after: .seconds(2), "job", "moved") == "1 job moved, 0/s")
        #expect(ProgressLine.text(0, of: 10, after: .zero, "job", "moved") == "0 of 10 jobs moved (0%), 0/s")
    }

    @Test("What grows beyond its total is told without one")
    func beyond() {
        #expect(ProgressLine.text(30, of: 20, after: .seconds(1), "job", "moved") == "30 jobs moved, 30/s")
        #expect(ProgressLine.bar(30, of: 20).isEmpty)
        #expect(ProgressLine.bar(10, of: 20) == "[############------------] ")
    }

    @Test("Where nobody looks on, a command that ends soon shows nothing; on a terminal the line is drawn at once")
    func places() {
        for isTerminal in [false, true] {
            let transcript = Transcript()
            var session = Session.process
            // However long the test is held up, the command has just begun.
            session.clock = ManualClock()
            session.output = Output(
                notesGoToTerminal: isTerminal, result: { _ in }, note: { transcript.output.ask($0) })
            var line = ProgressLine("job", "moved", in: session)
            line.show(1, of: 2)
            line.end()
            #expect(transcript.notes.contains("1 of 2 jobs moved") == isTerminal)
        }
    }
}
