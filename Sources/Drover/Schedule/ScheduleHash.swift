/// The hash behind `H`: FNV-1a with 64 bits (Fowler, Noll, Vo; draft-eastlake-fnv).
///
/// It is written out here because a schedule has to keep its times over processes, machines and releases, which
/// `Hasher` promises for none of them. Changing it moves every schedule that uses `H`.
enum ScheduleHash {
    /// The hash of a schedule's seed for one item of one field, so that the fields of a schedule differ.
    static func value(_ seed: String, field: CronField, item: Int) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in [UInt8(field.rawValue), UInt8(truncatingIfNeeded: item)] + Array(seed.utf8) {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        return hash
    }

    /// A number from 0 up to but not including `count`.
    static func number(below count: Int, _ seed: String, field: CronField, item: Int) -> Int {
        Int(value(seed, field: field, item: item) % UInt64(count))
    }
}
