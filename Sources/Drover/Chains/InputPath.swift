import DroverCore

/// A way to one value of a JSON text, as `items[0].body`: names of members with dots between them, and places in arrays. A name
/// that has a dot, a bracket, a quote or a blank stands in quotes.
struct InputPath: Hashable, Sendable {
    let steps: [JSONPath.Step]

    /// Reads a path.
    ///
    /// - Throws: `ValidationError` that says what is wrong with it.
    init(_ text: String) throws(ValidationError) {
        var steps: [JSONPath.Step] = []
        var rest = Substring(text)
        func wrong(_ problem: String) -> ValidationError {
            ValidationError(
                "inputs", "the path \(ValidationError.quote(text)) can't be read: \(problem); write it as items[0].body"
            )
        }
        while let first = rest.first {
            if first == "[" {
                let digits = rest.dropFirst().prefix { $0 != "]" }
                guard let place = Int(digits), place >= 0, digits.allSatisfy(\.isASCII), !steps.isEmpty else {
                    throw wrong("a place in an array is a number behind a name, in brackets")
                }
                rest = rest.dropFirst(digits.count + 1)
                if rest.popFirst() != "]" { throw wrong("a bracket is not closed") }
                steps.append(.index(place))
                continue
            }
            if !steps.isEmpty {
                if first != "." { throw wrong("a dot or a bracket is expected behind a name") }
                rest = rest.dropFirst()
            }
            let name: String
            if rest.first == "\"" {
                let quoted = rest.dropFirst().prefix { $0 != "\"" }
                rest = rest.dropFirst(quoted.count + 1)
                if rest.popFirst() != "\"" { throw wrong("a quote is not closed") }
                name = String(quoted)
            } else {
                let plain = rest.prefix { !".[]\"".contains($0) && !$0.isWhitespace }
                rest = rest.dropFirst(plain.count)
                name = String(plain)
            }
            if name.isEmpty { throw wrong("a name is missing") }
            steps.append(.member(name))
        }
        if steps.isEmpty { throw wrong("it is empty") }
        self.steps = steps
    }
}
