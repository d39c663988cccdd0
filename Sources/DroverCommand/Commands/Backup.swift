import ArgumentParser
import DroverCore
import DroverSQLite

/// `drover backup`.
struct Backup: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy a SQLite store while it is in use.",
        discussion: """
            The copy is the store as it was when the command began. Producers and workers go on meanwhile. It is written \
            under a temporary name, checked, and synced to the disk before it gets its own. To restore, stop all processes, \
            remove the store's -wal and -shm files, and put the copy in the place of its file; docs/operations.md has the \
            steps, and those for Redis.

            Example:
              drover backup --store sqlite:drover.sqlite drover-monday.sqlite
            """)

    @OptionGroup var store: StoreOptions
    @Argument(
        help: ArgumentHelp("The copy's file, which must not be there.", valueName: "file"), completion: .file())
    var target: String
    @Flag(help: "Replace the file if it is there.") var force = false
    @Flag(help: "Print JSON: an object with file, bytes and seconds.") var json = false

    var attempt: String { "back the store up" }

    func run(in session: Session) async throws -> ExitStatus {
        let location = try store.location(in: session.environment)
        let path: String
        switch location {
        case .sqliteFile(let file): path = file
        case .sqliteMemory:
            throw CommandFailure.usage("a store in memory can't be copied", advice: "name a file by --store")
        case .redis:
            throw CommandFailure.usage(
                "\(location) is backed up by its own means",
                advice:
                    "ask the server for a snapshot with BGSAVE, or redis-cli --rdb; docs/operations.md has the steps")
        }
        if POSIX.isFolder(target) {
            throw CommandFailure.usage("\(target) is a folder", advice: "name a file in it")
        }
        return try await StopWish.heard(in: session) { stop in
            var progress = ProgressLine("byte", "copied", in: session)
            defer { progress.end() }
            let bytes = try SQLiteBackup.copy(from: path, to: target, replacing: force) { copied, total in
                if stop.isAsked { throw CancellationError() }
                progress.show(copied, of: total)
            }
            session.output.line(
                json
                    ? JSONWriter.object([
                        ("file", JSONWriter.string(target)), ("bytes", String(bytes)),
                        ("seconds", JSONWriter.number(progress.elapsed.seconds, digits: 3)),
                    ]) : "\(location) copied to \(target): \(Counted.text(bytes, "byte"))")
            return .done
        }
    }
}
