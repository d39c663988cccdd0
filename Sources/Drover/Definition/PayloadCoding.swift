import DroverCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Turns typed payloads and results into JSON texts and back.
///
/// The coders are made once and never changed, and may then be used by many tasks at once.
struct PayloadCoding: Sendable {
    private let encoder = JSONEncoder()
    private let decoder = JSONDecoder()

    /// - Parameter isStable: whether equal values always become equal texts, for those that are compared.
    init(isStable: Bool = false) {
        if isStable { encoder.outputFormatting = .sortedKeys }
    }

    /// The value as JSON.
    func encode<Value: Encodable>(_ value: Value) throws -> JSONText {
        if value is NoResult { return .null }
        let data = try encoder.encode(value)
        return JSONText(trusted: String(decoding: data, as: UTF8.self))
    }

    /// The value that a payload holds, or another text, as `what` says.
    ///
    /// - Throws: ``UndecodablePayload``, which no further attempt can mend.
    func decode<Value: Decodable>(
        _: Value.Type, from payload: JSONText, as what: String = "the payload"
    ) throws(UndecodablePayload) -> Value {
        do {
            return try decoder.decode(Value.self, from: Data(payload.text.utf8))
        } catch {
            throw UndecodablePayload(what, expected: "\(Value.self)", error: error)
        }
    }
}

/// A payload that is not what its type asks for. It names the place and never the content.
struct UndecodablePayload: Error {
    let reason: String

    init(_ subject: String = "the payload", expected: String, error: any Error) {
        let what: String
        switch error as? DecodingError {
        case .keyNotFound(let key, let context)?:
            what = "\(Self.path(context.codingPath + [key])) is missing"
        case .typeMismatch(let type, let context)?:
            what = "\(Self.path(context.codingPath)) is not of type \(type)"
        case .valueNotFound(let type, let context)?:
            what = "\(Self.path(context.codingPath)) is null where \(type) is expected"
        case .dataCorrupted(let context)?:
            what = "\(Self.path(context.codingPath)) has a value that can't be read"
        case nil:
            what = "the type refused it (\(type(of: error)))"
        @unknown default:
            what = "it can't be read"
        }
        reason = "\(subject) does not decode as \(expected): \(what)"
    }

    /// A coding path as people write it: `items[3].name`, or `the value` for the whole.
    private static func path(_ keys: [any CodingKey]) -> String {
        var text = ""
        for key in keys {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
        return text.isEmpty ? "the value" : text
    }
}
