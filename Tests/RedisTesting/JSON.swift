import Foundation

/// Any JSON value, as peers take and give it.
package enum JSON: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case list([JSON])
    case object([String: JSON])

    /// Reads a text.
    package init(parsing text: String) throws { self = try JSONDecoder().decode(JSON.self, from: Data(text.utf8)) }

    /// It as text without spaces, the keys of objects sorted: equal values have equal texts.
    package var text: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    /// A member of an object; null when there is none.
    package subscript(_ key: String) -> JSON {
        if case .object(let members) = self { members[key] ?? .null } else { .null }
    }

    /// An element of a list; null when there is none.
    package subscript(_ index: Int) -> JSON {
        if case .list(let items) = self, items.indices.contains(index) { items[index] } else { .null }
    }

    /// The text of a string; nil for everything else.
    package var string: String? { if case .string(let text) = self { text } else { nil } }

    /// A whole number; nil for everything else.
    package var integer: Int? { if case .integer(let number) = self { number } else { nil } }

    /// The elements of a list; none for everything else.
    package var list: [JSON] { if case .list(let items) = self { items } else { [] } }

    /// The members of an object; none for everything else.
    package var object: [String: JSON] { if case .object(let members) = self { members } else { [:] } }
}

extension JSON: Codable {
    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        func read<Kind: Decodable>(_: Kind.Type) -> Kind? {
            // That it is of another kind is no error: the next is tried.
            try? value.decode(Kind.self)
        }
        if value.decodeNil() {
            self = .null
        } else if let bool = read(Bool.self) {
            self = .bool(bool)
        } else if let integer = read(Int.self) {
            self = .integer(integer)
        } else if let number = read(Double.self) {
            self = .number(number)
        } else if let text = read(String.self) {
            self = .string(text)
        } else if let items = read([JSON].self) {
            self = .list(items)
        } else {
            self = .object(try value.decode([String: JSON].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .null: try value.encodeNil()
        case .bool(let bool): try value.encode(bool)
        case .integer(let integer): try value.encode(integer)
        case .number(let number): try value.encode(number)
        case .string(let text): try value.encode(text)
        case .list(let items): try value.encode(items)
        case .object(let members): try value.encode(members)
        }
    }
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral {
    package init(nilLiteral: ()) { self = .null }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSON: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(floatLiteral value: Double) { self = .number(value) }
}

extension JSON: ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) { self = .string(value) }
}

extension JSON: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    package init(arrayLiteral elements: JSON...) { self = .list(elements) }
    package init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Dictionary(elements) { $1 })
    }
}
