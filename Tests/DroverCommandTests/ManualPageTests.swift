import Foundation
import Testing

@Suite struct ManualPageTests {
    @Test("docs/man/drover.1 is what the argument parser says")
    func page() throws {
        let root = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL
        try expect(try ManualPage().text, isIn: root.appending(path: "docs/man/drover.1"))
    }

    @Test("it has a section for each command that can be run")
    func commands() throws {
        let page = try ManualPage()
        #expect(page.calls.contains("drover schedule put"))
        for call in page.calls { #expect(page.text.contains("\n.SS \(call)\n"), "\(call)") }
        #expect(page.text.components(separatedBy: "\n.SS ").count == page.calls.count + 1)
    }

    @Test(
        "every variable that the sources name stands in it, and it ends with the sections of man-pages(7) in their order"
    )
    func environment() throws {
        let page = try ManualPage().text
        let sections = page.components(separatedBy: "\n.SH ").dropFirst().map { $0.prefix { $0 != "\n" } }
        #expect(sections.suffix(4) == ["EXIT STATUS", "ENVIRONMENT", "FILES", "SEE ALSO"])
        let told = try #require(page.components(separatedBy: "\n.SH ENVIRONMENT\n").last)
        let sources = URL(filePath: #filePath).appending(path: "../../../Sources/DroverCommand").standardizedFileURL
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        var names: Set<Substring> = []
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            names.formUnion(text.matches(of: /DROVER_[A-Z]+(_[A-Z]+)*/).map(\.output.0))
        }
        #expect(names.isSuperset(of: ["DROVER_STORE", "DROVER_CONFIG", "DROVER_PROFILE", "DROVER_MOVE_TO"]))
        // Settings of queues are examples: each queue has its own.
        for name in names where !name.hasPrefix("DROVER_QUEUES_") { #expect(told.contains(name), "\(name)") }
    }

    @Test("every request in it is one of man(7), and what is begun is ended")
    func requests() throws {
        let lines = try ManualPage().text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        let known: Set = [
            ".\\\"", ".TH", ".SH", ".SS", ".PP", ".TP", ".B", ".I", ".RS", ".RE", ".nf", ".fi", ".nh", ".ad",
        ]
        let requests = lines.filter { $0.hasPrefix(".") }.map { String($0.prefix { $0 != " " }) }
        #expect(Set(requests).subtracting(known).isEmpty)
        #expect(requests.count { $0 == ".nf" } == requests.count { $0 == ".fi" })
        #expect(!lines.contains(""), "an empty line is a request too")
    }
}
