import Foundation

/// The programs that were built together with the tests.
package enum BuiltProducts {
    /// A program is not beside the tests.
    package struct Missing: Error, CustomStringConvertible {
        package let description: String
    }

    /// Finds a program in the folder of the running tests, or in one above it.
    package static func path(of program: String) throws -> String {
        let running = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        var folder = running.deletingLastPathComponent()
        // A test bundle may be a folder of several levels.
        for _ in 0..<4 {
            let candidate = folder.appending(path: program).path
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
            folder.deleteLastPathComponent()
        }
        throw Missing(description: "\(program) is not beside \(running.path); run `swift build --build-tests` first")
    }
}
