public import DroverCore

/// Where in a payload something stands: `card.number`, `items[].secret`.
///
/// A path names members from the outside in, with a dot between them; `[]` stands for every element of an array. A name that
/// has a dot, a bracket, a quote or a blank stands in quotes, as `"a.b".c`, with `\"` and `\\` for what needs it.
/// A payload may have several places of one path, or none.
public struct PayloadPath: Hashable, Sendable, CustomStringConvertible {
    /// One step into a value.
    enum Step: Hashable, Sendable {
        /// To the member of this name.
        case member(String)
        /// To each element.
        case elements
    }

    let steps: [Step]

    init(steps: [Step]) { self.steps = steps }

    /// Reads a path.
    ///
    /// - Throws: `ValidationError` that says what is wrong with it.
    public init(_ text: String) throws(ValidationError) {
        var steps: [Step] = []
        var rest = Substring(text)
        while let first = rest.first {
            if rest.hasPrefix("[]") {
                steps.append(.elements)
                rest = rest.dropFirst(2)
                continue
            }
            if !steps.isEmpty {
                if first != "." { throw Self.error(text, "a dot or [] is expected before \(Self.shown(rest))") }
                rest = rest.dropFirst()
            }
            let name = try Self.name(&rest, of: text)
            if name.isEmpty { throw Self.error(text, "a name is missing") }
            steps.append(.member(name))
        }
        if steps.isEmpty { throw ValidationError("path", "is empty; name a member, as card.number or items[].secret") }
        self.steps = steps
    }

    private static func name(_ rest: inout Substring, of text: String) throws(ValidationError) -> String {
        if rest.first != "\"" {
            let name = rest.prefix { !".[]\"".contains($0) && !$0.isWhitespace }
            rest = rest.dropFirst(name.count)
            return String(name)
        }
        rest = rest.dropFirst()
        var name = ""
        while let sign = rest.popFirst() {
            if sign == "\"" { return name }
            guard sign == "\\" else {
                name.append(sign)
                continue
            }
            guard let escaped = rest.popFirst(), escaped == "\"" || escaped == "\\" else {
                throw error(text, "a backslash stands before a quote or another backslash")
            }
            name.append(escaped)
        }
        throw error(text, "a quote is not closed")
    }

    private static func error(_ text: String, _ problem: String) -> ValidationError {
        ValidationError(
            "path",
            "\(ValidationError.quote(text)) can't be read: \(problem); write it as card.number or items[].secret")
    }

    private static func shown(_ rest: Substring) -> String { ValidationError.quote(String(rest.prefix(8))) }

    /// The path in the form in which it is read.
    public var description: String {
        var text = ""
        for step in steps {
            switch step {
            case .elements: text += "[]"
            case .member(let name):
                let isPlain = !name.contains { ".[]\"\\".contains($0) || $0.isWhitespace }
                let escaped = name.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined()
                text += (text.isEmpty ? "" : ".") + (isPlain ? name : "\"\(escaped)\"")
            }
        }
        return text
    }
}

extension PayloadPath: ExpressibleByStringLiteral {
    /// A path written in the program's source. A literal that is none stops the program.
    public init(stringLiteral literal: String) {
        do { try self.init(literal) } catch { preconditionFailure("\(error)") }
    }
}
