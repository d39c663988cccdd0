import Foundation
import Testing

/// Compares a whole output with the file `Snapshots/NAME.txt`.
///
/// `DROVER_UPDATE_SNAPSHOTS=1 swift test --filter DroverCommandTests` writes the files anew; read their diff then.
func expectSnapshot(
    _ output: String, named name: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Snapshots/\(name).txt")
    try expect(output, isIn: file, sourceLocation: sourceLocation)
}

/// Compares a whole output with a file, or writes the file, as ``expectSnapshot(_:named:sourceLocation:)`` does.
func expect(_ output: String, isIn file: URL, sourceLocation: SourceLocation = #_sourceLocation) throws {
    if ProcessInfo.processInfo.environment["DROVER_UPDATE_SNAPSHOTS"] == "1" {
        try Data(output.utf8).write(to: file)
        return
    }
    let expected = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    #expect(
        output == expected, "the output differs from \(file.lastPathComponent)", sourceLocation: sourceLocation)
}
