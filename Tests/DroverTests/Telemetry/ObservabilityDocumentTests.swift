import Foundation
import Testing

@testable import Drover

/// Holds the article Observability and the example of docs/encryption.md against the code.
@Suite struct ObservabilityDocumentTests {
    private let root = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL

    /// The words in code of the first column of the table under a heading.
    private func words(under heading: String, of article: String = "Observability") throws -> Set<String> {
        let article = root.appending(path: "Sources/Drover/Drover.docc/\(article).md")
        let text = try String(contentsOf: article, encoding: .utf8)
        let part = try #require(text.split(separator: "\n## ").first { $0.hasPrefix("\(heading)\n") })
        let rows = part.split(separator: "\n").filter { $0.hasPrefix("| `") }
        return Set(
            rows.flatMap { row in (row.split(separator: "|").first ?? "").matches(of: /`([^`]+)`/).map { String($0.1) }
            })
    }

    /// What a pattern's first group meets in the sources of targets.
    private func found(_ pattern: Regex<(Substring, Substring)>, in targets: [String]) throws -> Set<String> {
        var found: Set<String> = []
        for target in targets {
            let folder = root.appending(path: "Sources/\(target)")
            for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path())
            where name.hasSuffix(".swift") {
                let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
                found.formUnion(text.matches(of: pattern).map { String($0.1) })
            }
        }
        return found
    }

    @Test func everyEventIsInItsTable() throws {
        #expect(try words(under: "Events in the log") == Set(WorkerEvent.allCases.map(\.rawValue)))
    }

    @Test func everyKeyOfTheLogIsInItsTable() throws {
        let targets = ["Drover", "DroverCommand", "DroverRedis", "DroverSQLite", "DroverServer", "RedisClient"]
        let pattern = /"([a-z_]+)": (?:\.string|\.stringConvertible|\.array|Self\.milliseconds|event\.value)/
        let keys = try found(pattern, in: targets).union(found(/etadata\["([a-z_]+)"\]/, in: targets))
        #expect(keys.count > 20)
        #expect(try words(under: "Keys in the log") == keys)
    }

    @Test func everyMetricIsInItsTable() throws {
        let names = try found(/"(drover_[a-z_]+)"/, in: ["Drover", "DroverServer"])
        #expect(names.isSuperset(of: DroverMetrics.helps.keys))
        #expect(try words(under: "Metrics") == names)
        let served = try words(under: "What is served", of: "ConfigurationReference")
        #expect(served.filter { $0.hasPrefix("drover_") } == names)
    }

    @Test func everyAttributeOfASpanIsInItsTable() throws {
        #expect(try words(under: "Traces") == Set(SpanName.all))
        let written = try found(/"((?:messaging|drover|error)\.[a-z_.]+)"/, in: ["Drover/Telemetry"])
        #expect(written.isSubset(of: SpanName.all))
    }

    @Test func theProgramInTheDocumentOnEncryptionIsTheSnippetThatTheBuildCompiles() throws {
        let document = try String(contentsOf: root.appending(path: "docs/encryption.md"), encoding: .utf8)
        let example = try #require(
            document.split(separator: "```swift\n").dropFirst().first?.split(separator: "```").first)
        let snippet = try String(contentsOf: root.appending(path: "Snippets/Encryption.swift"), encoding: .utf8)
        #expect(example == snippet)
    }
}
