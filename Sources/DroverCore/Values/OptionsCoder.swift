#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Writes and reads stored options.
///
/// Most jobs of a queue share a few sets of options, so both directions
/// remember what they saw last; default options are stored as NULL.
/// A trace context is another one in each job: it is written behind the
/// text of the other options, and cut off before they are read, so that
/// it neither fills the memory nor costs more than its own length. Options that
/// speak of one job alone, as of a deduplication or a dead letter, are not
/// remembered.
package struct OptionsCoder: Sendable {
    private var texts: [JobOptions: String] = [:]
    private var values: [String: JobOptions] = [:]
    private static let remembered = 256

    package init() {}

    /// How much is remembered, in both directions.
    var rememberedCount: Int { texts.count + values.count }

    /// The stored form of options; nil where all have their defaults.
    package mutating func text(_ options: JobOptions) throws(StoreError) -> String? {
        if options == JobOptions() { return nil }
        if let telemetry = options.telemetry {
            var others = options
            others.telemetry = nil
            return TelemetryText.text(try text(others) ?? #"{"attempts":1}"#, with: telemetry)
        }
        if let text = texts[options] { return text }
        let text: String
        do { text = String(decoding: try JSONEncoder().encode(options), as: UTF8.self) } catch {
            throw StoreError(.invalid, "could not write the options of a job: \(error)", cause: error)
        }
        if options.areShared, Self.isASCII(text) {
            if texts.count >= Self.remembered { texts.removeAll(keepingCapacity: true) }
            texts[options] = text
        }
        return text
    }

    /// The options of a stored text; nil when it can't be read.
    package mutating func options(_ text: String?) -> JobOptions? {
        guard let text else { return JobOptions() }
        if let options = values[text] { return options }
        if let (others, telemetry) = TelemetryText.parts(of: text), var options = options(others) {
            options.telemetry = telemetry
            return options
        }
        // The caller says what becomes of a job whose options are damaged.
        guard let options = try? JSONDecoder().decode(JobOptions.self, from: Data(text.utf8)) else { return nil }
        if options.telemetry == nil, options.areShared, Self.isASCII(text) {
            if values.count >= Self.remembered { values.removeAll(keepingCapacity: true) }
            values[text] = options
        }
        return options
    }

    /// Only ASCII is remembered: other texts can be equal to Swift and yet have other bytes.
    private static func isASCII(_ text: String) -> Bool { text.utf8.allSatisfy { $0 < 0x80 } }
}
