@testable import DroverRedis

/// The slots themselves, which only the server and the tests need: the server's own answers are compared with them.
extension HashSlot {
    /// The slot of a key: that of its tag where it has one.
    static func slot(of key: String) -> Int { Int(checksum((tag(in: key) ?? key).utf8) % 16_384) }

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
