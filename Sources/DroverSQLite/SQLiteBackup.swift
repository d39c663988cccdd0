import DroverCore
import GRDB

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Copies a store's file while others work on it.
///
/// The copy is the file as it was at one moment. It is taken from one snapshot, which the write-ahead log keeps beside what is
/// written meanwhile: no writer waits. The log can't begin anew until it is done, and so grows with what they write.
public enum SQLiteBackup {
    /// How many pages are copied before the progress is told.
    static let pagesPerStep: CInt = 1024

    /// Writes a copy under a temporary name, checks it, syncs it to the disk and gives it its name. Blocks until then.
    ///
    /// - Parameters:
    ///   - path: the store's file.
    ///   - target: the copy's file.
    ///   - replacing: whether a file of that name may be replaced; it stays as it is until the copy is whole.
    ///   - progress: told how many bytes of how many have been copied. What it throws ends the copy.
    /// - Returns: the size of the copy in bytes.
    /// - Throws: `StoreError`, or what `progress` threw. There is no copy then.
    public static func copy(
        from path: String, to target: String, replacing: Bool = false,
        progress: (_ copied: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws -> Int {
        try checkTarget(target, replacing: replacing)
        let temporary = "\(target).\(UUID().uuidString).part"
        do {
            try copyFile(from: path, to: temporary, progress)
            try check(temporary)
            try sync(temporary)
            // Again: it may have come while the copy was made.
            try checkTarget(target, replacing: replacing)
            guard rename(temporary, target) == 0 else { throw writeError(target) }
            try sync(URL(filePath: target).deletingLastPathComponent().path)
        } catch {
            for suffix in ["", "-journal", "-wal", "-shm"] { unlink(temporary + suffix) }
            throw error is DatabaseError ? StoreError.database(error, "copy \(path) to \(target)") : error
        }
        return size(of: target)
    }

    private static func checkTarget(_ target: String, replacing: Bool) throws(StoreError) {
        if replacing || access(target, F_OK) != 0 { return }
        throw StoreError(.invalid, "\(target) is there already; name another file, or replace it (--force)")
    }

    private static func copyFile(
        from path: String, to temporary: String, _ progress: (Int, Int) throws -> Void
    ) throws {
        guard access(path, F_OK) == 0 else {
            throw StoreError(.unreachable, "there is no store at \(path); name an existing file")
        }
        var configuration = Configuration()
        // Who may write leaves no log behind when nobody else has the file open.
        configuration.readonly = access(path, W_OK) != 0
        configuration.busyMode = .timeout(5)
        let source = try DatabaseQueue(path: path, configuration: configuration)
        let copy = try DatabaseQueue(path: temporary)
        try source.read { db in
            // From this look on the connection sees the file as it is now.
            guard try db.tableExists("drover_schema") else {
                throw StoreError(.unreachable, "the file \(path) holds no store of Drover; name one that does")
            }
            let page = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0
            _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM drover_schema")
            try copy.writeWithoutTransaction { target in
                try withoutActuallyEscaping(progress) { progress in
                    try db.backup(to: target, pagesPerStep: pagesPerStep) { step in
                        try progress(step.completedPageCount * page, step.totalPageCount * page)
                    }
                }
            }
        }
        // One file, that needs no log beside it until a store opens it.
        try copy.writeWithoutTransaction { db in
            _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE")
        }
        try copy.close()
        try source.close()
    }

    private static func check(_ file: String) throws {
        let copy = try DatabaseQueue(path: file)
        let (problems, versions) = try copy.read { db in
            (
                try String.fetchAll(db, sql: "PRAGMA quick_check").filter { $0 != "ok" },
                try Int.fetchOne(db, sql: "SELECT count(*) FROM drover_schema") ?? 0
            )
        }
        try copy.close()
        guard problems.isEmpty, versions > 0 else {
            throw StoreError(
                .corrupt,
                "the copy is damaged (\(problems.first ?? "it has no layout")), as the store's file is; see docs/operations.md"
            )
        }
    }

    /// Waits until a file or a folder is on the disk.
    private static func sync(_ path: String) throws(StoreError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw writeError(path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw writeError(path) }
    }

    private static func writeError(_ path: String) -> StoreError {
        let reason = String(cString: strerror(errno))
        return StoreError(
            .unreachable, "\(path) can't be written: \(reason); check the disk and the rights of the folder")
    }

    private static func size(of path: String) -> Int {
        var facts = stat()
        return stat(path, &facts) == 0 ? Int(facts.st_size) : 0
    }
}
