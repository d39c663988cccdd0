import DroverCore
import Testing

@testable import DroverRedis

/// Where keys lie in a cluster.
@Suite("Slots of keys")
struct HashSlotTests {
    @Test(
        "The checksum is that of the specification, and the slot what is left of it by 16,384",
        arguments: [("123456789", UInt16(0x31C3), 12_739), ("", 0, 0), ("foo", 0xAF96, 12_182), ("bar", 0x93C5, 5_061)])
    func checksum(_ text: String, _ checksum: UInt16, _ slot: Int) {
        #expect(HashSlot.checksum(text.utf8) == checksum)
        #expect(HashSlot.slot(of: text) == slot)
    }

    @Test(
        "Only what is in the first pair of braces decides, and it alone",
        arguments: [
            ("{user1000}.following", "user1000"), ("foo{{bar}}zap", "{bar"), ("foo{bar}{zap}", "bar"),
            ("{größe}:q", "größe"),
            ("foo{}{bar}", nil), ("foo{bar", nil), ("foo}bar{", nil), ("foo", nil), ("", nil), ("{}", nil),
        ])
    func tag(_ key: String, _ tag: String?) {
        #expect(HashSlot.tag(in: key) == tag)
        #expect(HashSlot.slot(of: key) == Int(HashSlot.checksum((tag ?? key).utf8)) % 16_384)
    }

    @Test("All keys behind a prefix with a tag lie in one slot")
    func prefix() {
        let keys = KeySpace(prefix: "{bull}")
        let all = [
            keys.queues, keys.workers, keys.sharedQueues, keys.sharedLook, keys.base("a{b}"), keys.meta("}{"),
            keys.allowance("{x}"),
        ]
        #expect(Set(all.map(HashSlot.slot(of:))) == [HashSlot.slot(of: "bull")])
        #expect(
            HashSlot.slot(of: KeySpace(prefix: "bull").queues) != HashSlot.slot(of: KeySpace(prefix: "bull").meta("a")))
    }
}
