import DroverTesting
import Foundation

/// A disk that follows a journal up to a point, and may lose its power there.
///
/// It knows of each file what is safely on it and what was written but not yet
/// synced. Files come and go at once: that a name is safe is not in question
/// here, only what the file holds.
struct Disk {
    /// What the power cut leaves of that which was not synced.
    enum Loss {
        /// Nothing.
        case everything
        /// Some of the writes, whole or in part: sectors of 512 bytes are written or not.
        case something
    }

    private struct File {
        var safe: [UInt8] = []
        var pending: [Journal.Entry] = []
    }

    private static let sector = 512
    private var files: [String: File] = [:]
    /// From here on the disk acknowledges syncs and does nothing.
    var isLying = false

    /// Files that are not stored: the answers are the test's, and SQLite makes its index of the log anew.
    private static func isIgnored(_ file: String) -> Bool { file == "answers" || file.hasSuffix("-shm") }

    /// Follows one entry.
    mutating func apply(_ entry: Journal.Entry) {
        switch entry {
        case .write(let file, _, _), .truncate(let file, _):
            if !Self.isIgnored(file) { files[file, default: File()].pending.append(entry) }
        case .sync(let file):
            guard !isLying, !Self.isIgnored(file) else { return }
            guard var synced = files.removeValue(forKey: file) else { return }
            for entry in synced.pending { Self.perform(entry, on: &synced.safe) }
            synced.pending = []
            files[file] = synced
        case .remove(let file): files[file] = nil
        case .rename(let file, let name): files[name] = files.removeValue(forKey: file)
        }
    }

    /// Whether something written to a file is not synced yet.
    func isUnsynced(_ file: String) -> Bool { files[file]?.pending.isEmpty == false }

    private static func perform(_ entry: Journal.Entry, on bytes: inout [UInt8]) {
        switch entry {
        case .write(_, let offset, let data): write(data, at: offset, to: &bytes)
        case .truncate(_, let size): resize(&bytes, to: size)
        case .sync, .remove, .rename: break
        }
    }

    private static func resize(_ bytes: inout [UInt8], to size: Int) {
        if size < bytes.count {
            bytes.removeLast(bytes.count - size)
        } else {
            bytes.append(contentsOf: repeatElement(0, count: size - bytes.count))
        }
    }

    private static func write(_ data: ArraySlice<UInt8>, at offset: Int, to bytes: inout [UInt8]) {
        if bytes.count < offset + data.count { resize(&bytes, to: offset + data.count) }
        bytes.replaceSubrange(offset..<offset + data.count, with: data)
    }

    /// Writes what is left after a power cut into a folder.
    func restore(into folder: String, losing loss: Loss, _ random: inout SeededGenerator) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, file) in files.sorted(by: { $0.key < $1.key }) {
            var bytes = file.safe
            if case .something = loss {
                for entry in file.pending where Bool.random(using: &random) { Self.tear(entry, on: &bytes, &random) }
            }
            try Data(bytes).write(to: URL(filePath: folder + "/" + name))
        }
    }

    /// Performs a write whole, or some of its sectors.
    private static func tear(_ entry: Journal.Entry, on bytes: inout [UInt8], _ random: inout SeededGenerator) {
        guard case .write(_, let offset, let data) = entry, Bool.random(using: &random) else {
            perform(entry, on: &bytes)
            return
        }
        var start = offset
        while start < offset + data.count {
            // Sectors are those of the file, wherever the write begins.
            let end = min((start / sector + 1) * sector, offset + data.count)
            let first = data.startIndex + start - offset
            if Bool.random(using: &random) { write(data[first..<first + end - start], at: start, to: &bytes) }
            start = end
        }
    }
}
