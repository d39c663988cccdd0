import Foundation
import GRDB
import ProcessTesting
import Testing

@testable import DroverCommand

@Suite struct BrokenStoreTests {
    private let folder: TemporaryFolder
    private var file: String { folder.path("jobs.sqlite") }
    private var store: String { "sqlite:" + file }

    init() throws { folder = try TemporaryFolder() }

    @Test("a file that is no database is told as such and left alone: exit 3")
    func corrupt() async throws {
        let bytes = Data((0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        try bytes.write(to: URL(filePath: file))
        for arguments in [
            ["queues"], ["add", "--queue", "q", "hello"], ["work", "--queue", "q", "--handler", "noop"],
        ] {
            let ending = try await Program.script(#"p=$1; shift; exec "$p" "$@""#, arguments + ["--store", store])
            #expect(ending.status == 3)
            #expect(ending.errors.contains(file), "\(ending.errors)")
            #expect(ending.output.isEmpty)
        }
        #expect(try Data(contentsOf: URL(filePath: file)) == bytes)
    }

    @Test("a file with a damaged page is told as such, and no command hangs: exit 3")
    func damaged() async throws {
        _ = try await Program.run("add", "--store", store, "--queue", "q", "hello", "--count", "2000")
        let handle = try FileHandle(forUpdating: URL(filePath: file))
        let size = try handle.seekToEnd()
        try handle.seek(toOffset: 4096)
        try handle.write(contentsOf: Data(repeating: 0xA5, count: Int(size) - 4096))
        try handle.close()
        let ending = try await Program.run("jobs", "--store", store, "--queue", "q")
        #expect(ending.status == 3, "\(ending.output)")
        #expect(ending.errors.hasPrefix("drover: list the waiting jobs of a queue: "), "\(ending.errors)")
        #expect(ending.errors.contains("restore it from a backup"), "\(ending.errors)")
    }

    @Test("a file from a newer version is refused and left alone: exit 3")
    func newer() async throws {
        #expect(try await Program.run("add", "--store", store, "--queue", "q", "hello").status == 0)
        let database = try DatabaseQueue(path: file)
        try await database.write { db in
            try db.execute(sql: "INSERT INTO drover_schema (version, applied_at) VALUES (1000, 0)")
        }
        try database.close()
        // The content: opening a file may count a change in its header.
        let before = try content()
        #expect(before.contains("drover_schema"))
        for arguments in [["queues"], ["doctor"], ["add", "--queue", "q", "hello"]] {
            let ending = try await Program.script(#"p=$1; shift; exec "$p" "$@""#, arguments + ["--store", store])
            #expect(ending.status == 3)
            #expect(ending.errors.contains("layout version 1000"), "\(ending.errors)")
            #expect(ending.errors.contains("use the newer drover that wrote it"), "\(ending.errors)")
        }
        #expect(try content() == before)
    }

    /// The schema and every row of the file.
    private func content() throws -> String {
        final class Text: TextOutputStream {
            var written = ""
            func write(_ string: String) { written += string }
        }
        let text = Text()
        let database = try DatabaseQueue(path: file)
        try database.dumpContent(to: text)
        try database.close()
        return text.written
    }

    @Test("a folder in place of a file is told as a folder: exit 3, and what to do", arguments: ["add", "queues"])
    func folderAsFile(command: String) async throws {
        let path = folder.url.path(percentEncoded: false)
        let arguments = command == "add" ? ["add", "--queue", "q", "hello"] : [command]
        let ending = try await Program.script(
            #"p=$1; shift; exec "$p" "$@""#, arguments + ["--store", "sqlite:" + path])
        #expect(ending.status == 3)
        #expect(
            ending.errors.hasSuffix("\(path) is a folder; name a file in it: sqlite:\(path)/drover.sqlite\n"),
            "\(ending.errors)")
    }

    @Test("a file in a folder that is not there: exit 3, and what to do")
    func noFile() async throws {
        let path = folder.path("nowhere/jobs.sqlite")
        let ending = try await Program.run("add", "--store", "sqlite:" + path, "--queue", "q", "hello")
        #expect(ending.status == 3)
        #expect(ending.errors.hasPrefix("drover: add a job: "), "\(ending.errors)")
        #expect(ending.errors.contains(path), "\(ending.errors)")
        #expect(ending.errors.contains("check that its folder exists and may be written to"), "\(ending.errors)")
    }

    @Test(
        "a read-only file system, or a file alone that is read-only, is told as such and nothing is lost: exit 3",
        .enabled(if: MountedFolder.isAllowed, "mounts are not allowed here"), arguments: [true, false])
    func readOnly(wholeFolder: Bool) async throws {
        #expect(try await Program.run("add", "--store", store, "--queue", "q", "hello").status == 0)
        let ending = try await Program.script(
            #"mount --bind "$2" "$2" && mount -o remount,bind,ro "$2" && "$1" add --store "$3" --queue q hello"#,
            [wholeFolder ? folder.url.path(percentEncoded: false) : file, store], wrapper: MountedFolder.namespace)
        #expect(ending.status == 3, "\(ending.errors)")
        #expect(ending.errors.hasPrefix("drover: add a job: "), "\(ending.errors)")
        #expect(ending.errors.contains(file) && ending.errors.contains("can't be written to"), "\(ending.errors)")
        #expect(ending.errors.contains("or name another"), "\(ending.errors)")
        let queues = try await Program.run("queues", "--store", store, "--json").output
        #expect(queues.contains(#""name":"q""#) && queues.contains(#""waiting":1,"#), "\(queues)")
    }

    @Test(
        "a full disk is told as such, and every job that was acknowledged is there afterwards: exit 3",
        .enabled(if: MountedFolder.isAllowed, "mounts are not allowed here"))
    func fullDisk() async throws {
        let script = #"""
            mkdir "$2/disk" && mount -t tmpfs -o size=1m none "$2/disk" || exit 99
            store=sqlite:$2/disk/jobs.sqlite
            status=0
            while [ $status -eq 0 ]; do
                "$1" add --store "$store" --queue q hello --data "@$2/payload" >>"$2/ids" 2>"$2/errors"
                status=$?
            done
            mount -o remount,size=16m "$2/disk"
            "$1" queues --store "$store" --json
            cat "$2/errors" >&2
            exit $status
            """#
        try Data("\"\(String(repeating: "x", count: 50_000))\"".utf8).write(to: URL(filePath: folder.path("payload")))
        let ending = try await Program.script(
            script, [folder.url.path(percentEncoded: false)], wrapper: MountedFolder.namespace)
        #expect(ending.status == 3, "\(ending.errors)")
        #expect(ending.errors.hasPrefix("drover: add a job: "), "\(ending.errors)")
        #expect(ending.errors.contains("there is no room left on the disk; free some"), "\(ending.errors)")
        let ids = try String(contentsOf: URL(filePath: folder.path("ids")), encoding: .utf8).split(separator: "\n")
        #expect(!ids.isEmpty)
        #expect(ending.output.contains("\"waiting\":\(ids.count),"), "\(ids.count) acknowledged: \(ending.output)")
    }
}
