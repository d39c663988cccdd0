import DroverCore
import Tracing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Carries a trace context in a job's options: as the JSON text of an object of texts, which is what BullMQ's adapter of
/// OpenTelemetry writes.
enum TraceCarrier {
    private struct Coding: Injector, Extractor {
        func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
        func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
    }

    /// The text of a context; nil where the tracer has nothing to hand on.
    static func text(of context: ServiceContext, by tracer: any Tracer) -> String? {
        var carrier: [String: String] = [:]
        tracer.inject(context, into: &carrier, using: Coding())
        if carrier.isEmpty { return nil }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // A dictionary of texts is always written.
        return (try? encoder.encode(carrier)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Puts the context of a text into another one. What is no context changes nothing.
    static func extract(_ text: String, into context: inout ServiceContext, by tracer: any Tracer) {
        // Somebody else may have written anything.
        guard let carrier = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8)) else { return }
        tracer.extract(carrier, into: &context, using: Coding())
    }
}
