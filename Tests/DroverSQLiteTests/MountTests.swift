import DroverCore
import DroverSQLite
import DroverTesting
import Foundation
import ProcessTesting
import Testing

/// Disks that are full or can't be written to, as mounts that only a program started for the test sees.
@Suite("Full and read-only disks", .enabled(if: MountedFolder.isAllowed, "mounts are not allowed here"))
struct MountTests {
    private func workload(
        _ arguments: [String], mounting folder: String, as kind: MountedFolder.Kind
    ) async throws -> (lines: [String], end: ChildProcess.End, errors: [String]) {
        let program = try BuiltProducts.path(of: "PowerCutWorkload")
        let child = try MountedFolder.start(program, arguments, mounting: folder, as: kind)
        try child.closeInput()
        let end = try await child.end()
        return (child.lines.values, end, child.errors.values)
    }

    @Test("A file on a disk that can't be written to is refused as read-only, with what to do")
    func readOnlyDisk() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            try await withStore(path) { _ = try await $0.add(1, to: "q") }
            let before = try Data(contentsOf: URL(filePath: path))
            let (lines, end, errors) = try await workload(["open", path], mounting: folder.path, as: .readOnly)
            #expect(end.code == 1, "\(lines) \(errors)")
            let answer = try #require(lines.last, "the folder could not be mounted: \(errors)")
            #expect(answer.hasPrefix("error readOnly: "), "\(answer)")
            #expect(answer.contains(path) && answer.contains("name another"), "\(answer)")
            #expect(try Data(contentsOf: URL(filePath: path)) == before)
        }
    }

    @Test("A new file on a disk that can't be written to is refused, with what to do")
    func readOnlyFolder() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            let (lines, end, errors) = try await workload(["open", path], mounting: folder.path, as: .readOnly)
            #expect(end.code == 1, "\(lines) \(errors)")
            let answer = try #require(lines.last, "the folder could not be mounted: \(errors)")
            #expect(answer.hasPrefix("error readOnly: "), "\(answer)")
            #expect(answer.contains(path) && answer.contains("folder"), "\(answer)")
        }
    }

    @Test("On a full disk calls fail as full, nothing acknowledged is lost, and it goes on when there is room again")
    func fullDisk() async throws {
        try await withTemporaryFolder { folder in
            let (lines, end, errors) = try await workload(
                ["fill", folder.file("jobs.sqlite"), folder.file("ballast")], mounting: folder.path,
                as: .small(bytes: 2 << 20))
            #expect(end.code == 0, "\(lines) \(errors)")
            try #require(lines.count == 6, "the folder could not be mounted, or the program failed: \(lines) \(errors)")
            #expect(lines[0].hasPrefix("full full: ") && lines[0].contains("free some and try again"), "\(lines[0])")
            let acknowledged = try #require(Int(lines[1].dropFirst("acknowledged ".count)))
            #expect(acknowledged > 10 && acknowledged < 10_000)
            #expect(lines[2] == "found \(acknowledged)")
            #expect(lines[3].hasPrefix("after ") && lines[3] != "after nothing", "\(lines[3])")
            #expect(lines[4] == "claimed 5")
            #expect(lines[5] == "found \(acknowledged)")
        }
    }
}
