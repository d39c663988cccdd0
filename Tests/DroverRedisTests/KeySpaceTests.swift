import DroverCore
import Testing

@testable import DroverRedis

/// Texts of callers as parts of keys.
@Suite("Keys made of texts")
struct KeySpaceTests {
    private let keys = KeySpace(prefix: "bull")

    @Test(
        "Colons and percent signs are written so that the text can be read back, and all else as it is",
        arguments: [
            ("", ""), ("plain", "plain"), (":", "%3A"), ("%", "%25"), ("a:b%3A:ü😀", "a%3Ab%253A%3Aü😀"),
            ("%:%:%:%:%:%:%:%:", "%25%3A%25%3A%25%3A%25%3A%25%3A%25%3A%25%3A%25%3A"),
        ])
    func escaped(_ text: String, _ part: String) {
        let key = keys.allowance(text)
        #expect(key == "bull:drover-allowance-" + part)
        #expect(keys.allowance(ofKey: key) == text)
    }

    @Test("The last exchange of a lane has one key, and each that stands alone its own")
    func memory() {
        let lane = (1...2).map { keys.memory(of: ExchangeID(lane: "host:1:a", number: $0), in: "q") }
        #expect(lane == ["bull:q:drover:x-host%3A1%3Aa", "bull:q:drover:x-host%3A1%3Aa"])
        #expect(keys.memory(of: ExchangeID("a:1"), in: "q") == "bull:q:drover:x-a%3A1")
    }
}
