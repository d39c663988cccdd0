/// Random numbers that can be had again: SplitMix64 from a seed.
///
/// A test prints the generator, and repeats a failure by giving the printed seed:
///
/// ```swift
/// var random = SeededGenerator()
/// print(random)                                  // seed 482093411
/// var again = SeededGenerator(seed: 482_093_411)
/// ```
public struct SeededGenerator: RandomNumberGenerator, Sendable, CustomStringConvertible {
    /// What the numbers follow from.
    public let seed: UInt64
    private var state: UInt64

    /// A generator that repeats the numbers of every other one with this seed.
    public init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// A generator with a seed of its own, of at most nine digits.
    public init() { self.init(seed: .random(in: 0..<1_000_000_000)) }

    /// The next number, evenly spread over all values.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// `seed` and the number.
    public var description: String { "seed \(seed)" }
}
