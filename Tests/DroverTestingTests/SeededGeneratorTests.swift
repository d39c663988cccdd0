import DroverTesting
import Testing

@Suite struct SeededGeneratorTests {
    @Test func theNumbersAreThoseOfSplitMix64() {
        var random = SeededGenerator(seed: 1_234_567)
        let first = (0..<3).map { _ in random.next() }
        #expect(first == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }

    @Test func thePrintedSeedRepeatsTheNumbers() {
        var random = SeededGenerator()
        let numbers = (0..<10).map { _ in random.next() }
        var again = SeededGenerator(seed: random.seed)
        #expect((0..<10).map { _ in again.next() } == numbers)
        #expect(random.description == "seed \(random.seed)")
    }
}
