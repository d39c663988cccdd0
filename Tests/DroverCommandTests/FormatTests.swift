import DroverCore
import DroverTesting
import Foundation
import Logging
import Testing

@testable import DroverCommand

@Suite struct FormatTests {
    @Test("a string written as JSON is read back as it was")
    func strings() throws {
        let text = "a\"b\\c\n\r\t\u{1}\u{7F}é\u{1F600}/\u{2028}"
        let read =
            try JSONSerialization.jsonObject(
                with: Data(JSONWriter.string(text).utf8), options: .fragmentsAllowed) as? String
        #expect(read == text)
    }

    @Test("numbers have no needless digits, and what is no number is null")
    func numbers() {
        #expect(JSONWriter.number(1.23456, digits: 3) == "1.235")
        #expect(JSONWriter.number(2, digits: 3) == "2")
        #expect(JSONWriter.number(nil, digits: 3) == "null")
        #expect(JSONWriter.number(.infinity, digits: 3) == "null")
    }

    @Test("a list has one value a line, and an empty one is JSON too")
    func lists() {
        #expect(JSONWriter.list(["1", "2"]) == "[\n  1,\n  2\n]")
        #expect(JSONWriter.list([]) == "[]")
    }

    @Test("columns are aligned, numbers to the right, and lines have no blanks at their ends")
    func tables() {
        var table = Table([("NAME", .left), ("COUNT", .right), ("REST", .left)])
        table.add(["a", "1", "x"])
        table.add(["long name", "1000", ""])
        #expect(table.lines == ["NAME       COUNT  REST", "a              1  x", "long name   1000"])
    }

    @Test("a cell can't break its line or the terminal")
    func cells() {
        #expect(Printable.cell("a\u{1B}[2Jb") == "a\u{FFFD}[2Jb")
        #expect(Printable.cell("first\nsecond") == "first…")
        #expect(Printable.cell(String(repeating: "x", count: 500)).count == 121)
    }

    @Test("a text of many lines stays on one, and steers no terminal")
    func texts() {
        #expect(Printable.text("a\nb\u{1B}[2J\u{9B}2J\u{7F}é") == "a⏎b\u{FFFD}[2J\u{FFFD}2J\u{FFFD}é")
    }

    @Test("a JSON string holds no character that steers a terminal")
    func steering() {
        #expect(JSONWriter.string("\u{1B}\u{7F}\u{9B}") == #""\u001b\u007f\u009b""#)
    }

    @Test("a log line steers no terminal, neither by its message nor by a value without blanks")
    func log() {
        let transcript = Transcript()
        let logger = StandardErrorLog.logger(level: .info, session: transcript.session(on: ReferenceStore()))
        logger.info("said \u{1B}[2J", metadata: ["a": "x\u{1B}]0;y", "b": "z\u{9B}2J", "c": "plain"])
        #expect(!transcript.notes.unicodeScalars.dropLast().contains(where: Printable.isControl))
        #expect(transcript.notes.hasSuffix(#"said \#u{FFFD}[2J a="x\u001b]0;y" b="z\u009b2J" c=plain"# + "\n"))
    }

    @Test(
        "a result from outside is taken as it is when it is JSON, else as a string",
        arguments: [
            ("{\"a\": 1}", "{\"a\": 1}"), (" 5 \r\n", "5"), ("", "null"), ("  \n ", "null"), ("plain", "\"plain\""),
            ("{broken", "\"{broken\""), ("a \"b\"", #""a \"b\"""#),
        ])
    func outsideResults(text: String, json: String) {
        #expect(OutsideResult.json(text).text == json)
    }

    @Test("every failure of a store is told with its own words and one exit status")
    func storeErrors() {
        for code in [StoreError.Code.unreachable, .busy, .full, .corrupt, .readOnly, .incompatible, .closed] {
            let failure = CommandFailure(mapping: StoreError(code, "the words"))
            #expect(failure.status == .storeUnreachable)
            #expect(failure.description == "the words")
        }
        #expect(CommandFailure(mapping: StoreError(.invalid, "the cursor")).status == .usage)
    }
}
