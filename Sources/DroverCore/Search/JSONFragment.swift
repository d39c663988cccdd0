/// A value inside of a JSON text, by the place where it begins.
///
/// It walks the bytes and builds nothing. A text that is not JSON, which another program may have stored, has no values
/// from the place on where it is none.
struct JSONFragment {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let start: Int

    private init(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) {
        self.bytes = bytes
        self.start = start
    }

    /// The value that a path leads to; nil where there is none.
    static func find(_ path: JSONPath, in bytes: UnsafeBufferPointer<UInt8>) -> JSONFragment? {
        var walker = JSONWalker(bytes)
        walker.skipSpace()
        for step in path.steps where !walker.enter(step) { return nil }
        let start = walker.at
        return walker.skipValue() ? JSONFragment(bytes, at: start) : nil
    }

    /// The value; nil for an array and an object.
    var value: SearchValue? {
        switch bytes[start] {
        case UInt8(ascii: "\""):
            var walker = JSONWalker(bytes, at: start)
            return walker.string().map { .text($0) }
        case UInt8(ascii: "t"): return .boolean(true)
        case UInt8(ascii: "f"): return .boolean(false)
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "{"), UInt8(ascii: "["): return nil
        default:
            var walker = JSONWalker(bytes, at: start)
            guard walker.skipValue() else { return nil }
            return DecimalNumber(UnsafeBufferPointer(rebasing: bytes[start..<walker.at])).map { .number($0) }
        }
    }

    /// Whether it is an array with an element for which a test holds.
    func hasElement(_ test: (JSONFragment) -> Bool) -> Bool {
        var walker = JSONWalker(bytes, at: start)
        guard walker.enterArray() else { return false }
        repeat {
            let element = walker.at
            guard walker.skipValue() else { return false }
            if test(JSONFragment(bytes, at: element)) { return true }
        } while walker.nextElement()
        return false
    }
}
