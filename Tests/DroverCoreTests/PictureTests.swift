import DroverCore
import Foundation
import Testing

/// What documents say of the code, held against the code.
@Suite struct PictureTests {
    @Test func theStateMachinePictureAndTheCodeShowTheSameTransitions() throws {
        let drawn = try transitionsInPicture()
        #expect(drawn.count == Set(drawn).count, "a transition is drawn twice")
        var coded = Set(JobState.initial.map { Transition(from: nil, to: $0) })
        for state in JobState.allCases { coded.formUnion(state.next.map { Transition(from: state, to: $0) }) }
        #expect(Set(drawn).subtracting(coded) == [], "drawn, but not in JobState.next or JobState.initial")
        #expect(coded.subtracting(drawn) == [], "in JobState.next or JobState.initial, but not drawn")
    }

    @Test func aJobStateIsFinishedExactlyWhenItHasAnEnd() {
        #expect(JobState.allCases.filter(\.isFinished) == [.completed, .failed])
    }

    @Test func theBoundaryHasAtMost30Methods() throws {
        let folder = root.appending(path: "Sources/DroverCore/Store")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter {
                $0.lastPathComponent == "JobStore.swift"
                    || $0.lastPathComponent.wholeMatch(of: /Job\w+ing\.swift/) != nil
            }
        #expect(files.count == 6, "the roles and their sum: \(files.map(\.lastPathComponent))")
        var methods = 0
        for file in files {
            methods += try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
                .count { $0.trimmingCharacters(in: .whitespaces).hasPrefix("func ") }
        }
        #expect(methods <= 30)
        #expect(methods >= 15, "the methods were found: \(methods)")
    }

    private struct Transition: Hashable { var from, to: JobState? }

    private var root: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    private func transitionsInPicture() throws -> [Transition] {
        let text = try String(contentsOf: root.appending(path: "docs/state-machine.md"), encoding: .utf8)
        let picture = try #require(text.firstMatch(of: /```mermaid\n\s*stateDiagram-v2\n(?<lines>[\s\S]*?)```/)).lines
        return try picture.split(separator: "\n").map { line in
            let parts = try #require(line.wholeMatch(of: /\s*(\[\*\]|[\w-]+)\s*-->\s*([\w-]+)\s*(:.*)?/), "\(line)")
            let from = parts.1 == "[*]" ? nil : try state(parts.1)
            return Transition(from: from, to: try state(parts.2))
        }
    }

    private func state(_ word: Substring) throws -> JobState {
        let state: JobState? = JobState(rawValue: String(word))
        return try #require(state, "\(word) is not the name of a state")
    }
}
