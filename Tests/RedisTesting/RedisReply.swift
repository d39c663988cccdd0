/// What a Redis server answers, in the second version of its protocol.
enum RedisReply: Sendable, Hashable {
    case text(String)
    case number(Int)
    case refusal(String)
    case list([RedisReply])
    case nothing

    /// It as lines: those of a list one after the other, without its nesting.
    var lines: [String] {
        switch self {
        case .text(let text), .refusal(let text): [text]
        case .number(let number): [String(number)]
        case .list(let items): items.flatMap(\.lines)
        case .nothing: [""]
        }
    }
}
