/// Why a stream of bytes is not RESP, or is more of it than this client takes.
enum RESPParseError: Error, Hashable, CustomStringConvertible {
    /// A value starts with a byte that announces no kind.
    case unknownKind(UInt8)
    /// A line or string doesn't end in CR LF where it must.
    case missingLineEnd
    /// A number, length, truth value or null isn't spelled as it must be.
    case malformedNumber
    /// A verbatim string has no three-letter format and colon in front.
    case malformedVerbatim
    /// A line is longer than 64 KB.
    case lineTooLong
    /// A string of more than 512 MB was announced.
    case bulkTooLong
    /// An aggregate of more than 16 M elements was announced.
    case tooManyElements
    /// More than 32 aggregates are nested.
    case tooDeep
    /// A string or aggregate of unknown length, which no server sends to this client.
    case streamed
    /// An out-of-band message within another value.
    case misplacedPush

    var description: String {
        switch self {
        case .unknownKind(let byte): "a value starts with byte \(byte), which is no kind of RESP"
        case .missingLineEnd: "CR LF is missing after a line or a string"
        case .malformedNumber: "a number, length, truth value or null is malformed"
        case .malformedVerbatim: "a verbatim string has no format in front"
        case .lineTooLong: "a line is longer than 64 KB"
        case .bulkTooLong: "a string of more than 512 MB was announced"
        case .tooManyElements: "an aggregate of more than 16 M elements was announced"
        case .tooDeep: "more than 32 aggregates are nested"
        case .streamed: "a string or aggregate of unknown length was announced"
        case .misplacedPush: "a push message came within another value"
        }
    }
}
