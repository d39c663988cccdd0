import Foundation
import ProcessTesting

/// What the recorder saw a program do to the files of a folder, in order.
struct Journal: Sendable {
    /// One thing that was done.
    enum Entry: Sendable {
        case write(file: String, offset: Int, bytes: ArraySlice<UInt8>)
        case truncate(file: String, to: Int)
        case sync(file: String)
        case remove(file: String)
        case rename(file: String, to: String)
    }

    /// The journal is not one.
    struct Unreadable: Error {
        let offset: Int
    }

    let entries: [Entry]

    init(contentsOf path: String) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        var entries: [Entry] = []
        var at = 0
        func number(_ start: Int, _ count: Int) -> Int {
            (0..<count).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
        }
        while at < bytes.count {
            guard at + 19 <= bytes.count else { throw Unreadable(offset: at) }
            let kind = bytes[at]
            let nameEnd = at + 19 + number(at + 1, 2)
            let offset = number(at + 3, 8)
            let end = nameEnd + number(at + 11, 8)
            guard end <= bytes.count else { throw Unreadable(offset: at) }
            let name = String(decoding: bytes[at + 19..<nameEnd], as: UTF8.self)
            let data = bytes[nameEnd..<end]
            switch kind {
            case UInt8(ascii: "W"): entries.append(.write(file: name, offset: offset, bytes: data))
            case UInt8(ascii: "T"): entries.append(.truncate(file: name, to: offset))
            case UInt8(ascii: "S"): entries.append(.sync(file: name))
            case UInt8(ascii: "U"): entries.append(.remove(file: name))
            case UInt8(ascii: "R"): entries.append(.rename(file: name, to: String(decoding: data, as: UTF8.self)))
            default: throw Unreadable(offset: at)
            }
            at = end
        }
        self.entries = entries
    }

    /// Compiles the recorder, runs a program under it, and reads what it recorded.
    static func record(
        _ program: String, _ arguments: [String], folder: String, in scratch: TemporaryFolder
    ) async throws -> Journal {
        let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Recorder/recorder.c").path
        let library = scratch.file("recorder.so")
        let path = scratch.file("journal")
        let script = #"$(command -v clang || command -v cc) -shared -fPIC -O1 -o "$1" "$2" -ldl -lpthread"#
        _ = try await ChildProcess.run("/bin/sh", ["-c", script, "sh", library, source])
        // Before what a sanitizer's run loads.
        let preloaded = [library, ProcessInfo.processInfo.environment["LD_PRELOAD"]].compactMap(\.self)
        _ = try await ChildProcess.run(
            program, arguments,
            environment: [
                "LD_PRELOAD": preloaded.joined(separator: ":"), "DROVER_RECORD_FOLDER": folder,
                "DROVER_RECORD_JOURNAL": path,
            ], timeout: .seconds(600))
        return try Journal(contentsOf: path)
    }
}
