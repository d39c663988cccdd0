#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Stack traces as stored: a JSON array of strings, as in BullMQ's job hash (PROTOCOL 4).
package enum StackTraces {
    /// The traces of a stored text.
    package static func decode(_ text: String) -> [String] {
        // Traces that are damaged are lost: nothing depends on them, and the job must go on.
        (try? JSONDecoder().decode([String].self, from: Data(text.utf8))) ?? []
    }

    /// The stored traces with one more, of which the newest `keep` stay.
    package static func appending(
        _ trace: String?, to stored: String?, keep: Int
    ) throws(StoreError) -> String? {
        guard let trace else { return nil }
        let traces = (stored.map(decode) ?? []) + [trace]
        return try encode(Array(traces.suffix(max(0, keep)))) ?? "[]"
    }

    /// Traces as they are stored; nil for none.
    package static func encode(_ traces: [String]) throws(StoreError) -> String? {
        if traces.isEmpty { return nil }
        do { return String(decoding: try JSONEncoder().encode(traces), as: UTF8.self) } catch {
            throw StoreError(.invalid, "could not write the stack traces of a job: \(error)", cause: error)
        }
    }
}
