/// Where a key lies in a cluster: one of 16,384 slots, each of which one server has (Redis cluster specification, "Key
/// distribution model"). Pure.
enum HashSlot {
    /// The slot of a key: that of its tag where it has one.
    static func slot(of key: String) -> Int { Int(checksum((tag(in: key) ?? key).utf8) % 16_384) }

    /// The part of a key that alone decides about its slot: what is between the first `{` and the first `}` behind it, unless
    /// that is nothing. All keys that begin with a text which has a tag have this one.
    static func tag(in key: String) -> String? {
        let bytes = key.utf8
        guard let open = bytes.firstIndex(of: UInt8(ascii: "{")) else { return nil }
        let start = bytes.index(after: open)
        guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "}")), end > start else { return nil }
        return String(key[start..<end])
    }

    /// CRC-16/XMODEM: polynomial 0x1021, beginning with 0, no reflection.
    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt16 {
        var checksum: UInt16 = 0
        for byte in bytes {
            checksum ^= UInt16(byte) << 8
            for _ in 0..<8 { checksum = checksum & 0x8000 == 0 ? checksum << 1 : checksum << 1 ^ 0x1021 }
        }
        return checksum
    }
}
