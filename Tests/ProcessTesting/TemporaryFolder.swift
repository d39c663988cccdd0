import Foundation

/// A folder of one test, gone when the test ends.
package struct TemporaryFolder: Sendable {
    /// Where it is.
    package let path: String

    /// The path of a file in it.
    package func file(_ name: String) -> String { path + "/" + name }
}

/// Gives `body` a folder of its own and removes it, with all it holds, afterwards.
package func withTemporaryFolder<Result>(_ body: (TemporaryFolder) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "drover-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // What can't be removed harms no test, and is left to the system's own cleaning.
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(TemporaryFolder(path: folder.path))
}
