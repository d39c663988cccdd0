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
