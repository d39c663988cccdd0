/// Where a key lies in a cluster: one of 16,384 slots, each of which one server has (Redis cluster specification, "Key
/// distribution model"). Pure.
enum HashSlot {
    /// The part of a key that alone decides about its slot: what is between the first `{` and the first `}` behind it, unless
    /// that is nothing. All keys that begin with a text which has a tag have this one.
    static func tag(in key: String) -> String? {
        let bytes = key.utf8
        guard let open = bytes.firstIndex(of: UInt8(ascii: "{")) else { return nil }
        let start = bytes.index(after: open)
        guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "}")), end > start else { return nil }
        return String(key[start..<end])
    }
}
