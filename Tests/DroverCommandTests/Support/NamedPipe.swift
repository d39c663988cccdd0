import DroverTesting
import Foundation
import ProcessTesting

/// A named pipe through which processes tell that they live: its end is reached when the last one that holds it is gone.
final class NamedPipe: Sendable {
    let path: String
    private let folder: TemporaryFolder
    private let lines = Probe<String>("lines of the pipe")
    private let ends = Probe<Void>("the pipe's end")

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path("pipe")
        guard mkfifo(path, 0o600) == 0 else { throw CocoaError(.fileWriteUnknown) }
        let (path, lines, ends) = (path, lines, ends)
        // A thread of its own: opening and reading block until somebody writes.
        Thread.detachNewThread {
            guard let handle = FileHandle(forReadingAtPath: path) else { return }
            var text = ""
            handle.forEachChunk { chunk in
                text += String(decoding: chunk, as: UTF8.self)
                while let lineBreak = text.firstIndex(of: "\n") {
                    lines.signal(String(text[..<lineBreak]))
                    text = String(text[text.index(after: lineBreak)...])
                }
            }
            ends.signal()
        }
    }

    /// The first line that was written.
    func firstLine() async throws -> String? { try await lines.wait().first }

    /// Waits until nobody holds the pipe.
    func end() async throws { _ = try await ends.wait() }
}
