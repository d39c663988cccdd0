import Foundation

/// JSON that a command printed, for tests to look into.
struct Parsed {
    private let value: Any

    init(_ text: String) throws { value = try JSONSerialization.jsonObject(with: Data(text.utf8)) }
    private init(value: Any) { self.value = value }

    func string(_ name: String) -> String? { (value as? [String: Any])?[name] as? String }
    func int(_ name: String) -> Int? { (value as? [String: Any])?[name] as? Int }
    func bool(_ name: String) -> Bool? { (value as? [String: Any])?[name] as? Bool }
    func objects(_ name: String) -> [Parsed] {
        ((value as? [String: Any])?[name] as? [Any] ?? []).map(Parsed.init(value:))
    }
    func object(_ name: String) -> Parsed? {
        ((value as? [String: Any])?[name] as? [String: Any]).map(Parsed.init(value:))
    }
    var items: [Parsed] { (value as? [Any] ?? []).map(Parsed.init(value:)) }
}
