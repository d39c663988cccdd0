import Foundation
import GRDB
import Testing

@testable import DroverCommand

/// Whether this host lets tests mount file systems of their own, which is how a disk is made full or read-only even for
/// a superuser. In continuous integration it must.
private let mounting: [String] = ["unshare", "--mount"] + (geteuid() == 0 ? [] : ["--map-root-user"])
private let canMount: Bool = {
    if ProcessInfo.processInfo.environment["CI"] != nil { return true }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = mounting + ["true"]
    process.standardError = FileHandle.nullDevice
    // Where it can't be started, the answer is no.
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
}()

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
        #expect(ending.errors.contains("drover: list the waiting jobs of a queue: "))
    }

    @Test("a file from a newer version is refused and left alone: exit 3")
    func newer() async throws {
        #expect(try await Program.run("add", "--store", store, "--queue", "q", "hello").status == 0)
        let database = try DatabaseQueue(path: file)
        try await database.write { db in
            try db.execute(sql: "INSERT INTO drover_schema (version, applied_at) VALUES (1000, 0)")
        }
        try database.close()
        for command in ["queues", "doctor"] {
            let ending = try await Program.run(command, "--store", store)
            #expect(ending.status == 3)
            #expect(ending.errors.contains("1000"), "\(ending.errors)")
        }
        #expect(try await Program.run("add", "--store", store, "--queue", "q", "hello").status == 3)
    }

    @Test(
        "a folder in place of a file, and a folder that is not there: exit 3", arguments: ["", "nowhere/jobs.sqlite"])
    func noFile(name: String) async throws {
        let ending = try await Program.run("add", "--store", "sqlite:" + folder.path(name), "--queue", "q", "hello")
        #expect(ending.status == 3)
        #expect(ending.errors.hasPrefix("drover: add a job: "), "\(ending.errors)")
    }

    @Test("a read-only file system is told as such and nothing is lost: exit 3", .enabled(if: canMount))
    func readOnly() async throws {
        #expect(try await Program.run("add", "--store", store, "--queue", "q", "hello").status == 0)
        let ending = try await Program.script(
            #"mount --bind "$2" "$2" && mount -o remount,bind,ro "$2" && "$1" add --store "$3" --queue q hello"#,
            [folder.url.path(percentEncoded: false), store], wrapper: mounting)
        #expect(ending.status == 3, "\(ending.errors)")
        #expect(ending.errors.hasPrefix("drover: add a job: "))
        let queues = try Parsed(await Program.run("queues", "--store", store, "--json").output)
        #expect(queues.items.first?.string("name") == "q")
    }

    @Test(
        "a full disk is told as such, and every job that was acknowledged is there afterwards: exit 3",
        .enabled(if: canMount))
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
            script, [folder.url.path(percentEncoded: false)], wrapper: mounting)
        #expect(ending.status == 3, "\(ending.errors)")
        #expect(ending.errors.hasPrefix("drover: add a job: "), "\(ending.errors)")
        let ids = try String(contentsOf: URL(filePath: folder.path("ids")), encoding: .utf8).split(separator: "\n")
        #expect(!ids.isEmpty)
        #expect(ending.output.contains("\"waiting\":\(ids.count),"), "\(ids.count) acknowledged: \(ending.output)")
    }
}
