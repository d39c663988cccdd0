/// The way from a JSON value to one inside of it: `.items[0].sku`.
public struct JSONPath: Hashable, Sendable, CustomStringConvertible {
    /// One step on the way.
    public enum Step: Hashable, Sendable {
        /// To the member of an object; the first one where several have the name.
        case member(String)
        /// To an element of an array, from 0.
        case index(Int)
    }

    /// The steps from the outermost value; none for that value itself.
    public var steps: [Step]

    /// A path from its steps.
    public init(_ steps: [Step] = []) { self.steps = steps }

    /// The way to a member of the outermost object, or, with further names, to members inside of it.
    public init(members: String...) { steps = members.map(Step.member) }

    /// The path as a query writes it, with its leading dots.
    public var description: String {
        steps.map { step in
            switch step {
            case .member(let name): "." + (Self.isBare(name) ? name : QueryText.quoted(name))
            case .index(let index): "[\(index)]"
            }
        }.joined()
    }

    /// Whether a name needs no quotes.
    static func isBare(_ name: String) -> Bool {
        !name.isEmpty && name.unicodeScalars.allSatisfy(QueryText.isNameScalar)
    }
}
