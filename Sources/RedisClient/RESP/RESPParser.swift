internal import NIOCore

/// Takes RESP2 and RESP3 values out of a stream of bytes that arrives in any pieces ("RESP3 specification").
///
/// Call `append` with what arrived and then `next` until it gives nil. Open aggregates are kept on a stack, so each
/// byte is looked at once, however the stream is cut. After an error the stream has no meaning any more and `next`
/// throws the same error for ever.
struct RESPParser {
    /// What a stream may announce at most; beyond it the parser refuses.
    struct Limits: Hashable, Sendable {
        /// Bytes of one bulk string, verbatim string or blob error.
        var bulk = 512 * 1024 * 1024
        /// Elements of one aggregate, a map's pair counted as two.
        var elements = 16 * 1024 * 1024
        /// Bytes of one line without its kind and its line end.
        var line = 64 * 1024
        /// Aggregates within each other.
        var depth = 32
    }

    /// One aggregate whose elements have not all arrived.
    struct Frame {
        /// The byte that announced it.
        let kind: UInt8
        /// Elements still to come, at least one.
        var remaining: Int
        /// Elements that are there; an attribute's are dropped.
        var items: [RESPValue]
    }

    /// A string whose announced bytes have not all arrived.
    struct Bulk {
        /// The byte that announced it.
        let kind: UInt8
        /// Its bytes without the line end.
        let length: Int
    }

    /// What one look at the front of the buffer gave.
    enum Step {
        case incomplete
        case consumed
        case value(RESPValue)
    }

    let limits: Limits
    var buffer = ByteBuffer()
    /// Whether the parser made `buffer` itself, so that it may write to it.
    var isOwn = true
    /// Whether values given out share the storage of `buffer`.
    var isShared = false
    /// Bytes of the unfinished line at the front that hold no line end.
    var scanned = 0
    var openBulk: Bulk?
    var stack: [Frame] = []
    /// What `next` throws from now on.
    var failure: RESPParseError?

    init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// The next whole value, nil when more bytes are needed.
    mutating func next() throws(RESPParseError) -> RESPValue? {
        if let failure { throw failure }
        do {
            while true {
                switch try step() {
                case .incomplete: return nil
                case .consumed: continue
                case .value(let value):
                    if stack.isEmpty { return value }
                    if let outermost = fold(value) { return outermost }
                }
            }
        } catch {
            failure = error
            stack = []
            buffer = ByteBuffer()
            openBulk = nil
            throw error
        }
    }

    /// Puts a finished value into the innermost open aggregate and gives the outermost one when that completes it.
    private mutating func fold(_ value: consuming RESPValue) -> RESPValue? {
        while let last = stack.indices.last {
            stack[last].remaining -= 1
            if stack[last].kind != UInt8(ascii: "|") { stack[last].items.append(value) }
            if stack[last].remaining > 0 { return nil }
            let frame = stack.removeLast()
            switch frame.kind {
            case UInt8(ascii: "|"): return nil
            case UInt8(ascii: "~"): value = .set(frame.items)
            case UInt8(ascii: ">"): value = .push(frame.items)
            case UInt8(ascii: "%"): value = .map(Self.pairs(frame.items))
            default: value = .array(frame.items)
            }
        }
        return value
    }

    private static func pairs(_ items: [RESPValue]) -> [RESPPair] {
        var pairs: [RESPPair] = []
        pairs.reserveCapacity(items.count / 2)
        var index = 0
        while index + 1 < items.count {
            pairs.append(RESPPair(key: items[index], value: items[index + 1]))
            index += 2
        }
        return pairs
    }

    private mutating func step() throws(RESPParseError) -> Step {
        if let openBulk { return try bulk(openBulk) }
        switch buffer.withUnsafeReadableBytes({ Self.line($0, from: scanned, limits: limits) }) {
        case .incomplete(let seen):
            scanned = seen
            return .incomplete
        case .refused(let error):
            throw error
        case .whole(let kind, let length, let number):
            scanned = 0
            return try element(kind: kind, length: length, number: number)
        case .bulk(let start, let length):
            scanned = 0
            return .value(.string(take(skipping: start, length: length)))
        }
    }

    /// Opens an aggregate, or gives it at once when it has no elements.
    mutating func open(kind: UInt8, announced: Int64?) throws(RESPParseError) -> Step {
        guard let announced else { throw .malformedNumber }
        if announced == -1, kind == UInt8(ascii: "*") { return .value(.null) }
        guard announced >= 0 else { throw .malformedNumber }
        let isPaired = kind == UInt8(ascii: "%") || kind == UInt8(ascii: "|")
        guard announced <= limits.elements / (isPaired ? 2 : 1) else { throw .tooManyElements }
        guard stack.count < limits.depth else { throw .tooDeep }
        guard kind != UInt8(ascii: ">") || stack.isEmpty else { throw .misplacedPush }
        let count = Int(announced) * (isPaired ? 2 : 1)
        guard count > 0 else {
            switch kind {
            case UInt8(ascii: "|"): return .consumed
            case UInt8(ascii: "~"): return .value(.set([]))
            case UInt8(ascii: ">"): return .value(.push([]))
            case UInt8(ascii: "%"): return .value(.map([]))
            default: return .value(.array([]))
            }
        }
        var items: [RESPValue] = []
        if kind != UInt8(ascii: "|") { items.reserveCapacity(min(count, 64)) }
        stack.append(Frame(kind: kind, remaining: count, items: items))
        return .consumed
    }
}
