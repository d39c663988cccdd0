#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Stack traces as stored: a JSON array of strings (PROTOCOL 4).
enum StackTraces {
    static func decode(_ text: String) -> [String] {
        // Traces that are damaged are lost: nothing depends on them, and the job must go on.
        (try? JSONDecoder().decode([String].self, from: Data(text.utf8))) ?? []
    }
}
