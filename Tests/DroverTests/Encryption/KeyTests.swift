import DroverTesting
import Foundation
import Testing

@testable import Drover

@Suite struct KeyTests {
    private let bytes = Data(Canary.key(1))
    private var hex: String { bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() }

    @Test func aKeyIsReadFromBase64WithAndWithoutPaddingAndFromHexadecimalDigits() throws {
        let key = try EncryptionKey(id: "k1", bytes: bytes)
        let base64 = bytes.base64EncodedString()
        for text in [base64, String(base64.dropLast()), hex, hex.uppercased()] {
            // The text itself is secret: it stays out of what a failure would print.
            let isSame = try EncryptionKey(id: "k1", text) == key
            #expect(isSame)
        }
        let isOther = try EncryptionKey(id: "k2", bytes: bytes) != key
        #expect(isOther)
    }

    @Test(arguments: ["", "short", "c2hvcnQ=", "not base64 at all!", String(repeating: "a", count: 63)])
    func whatIsNoKeyIsRefusedWithAdviceAndNotRepeated(_ text: String) {
        let error = #expect(throws: ValidationError.self) { try EncryptionKey(id: "k1", text) }
        #expect(error?.description.contains("openssl rand -base64 32") == true)
        if !text.isEmpty { #expect(error?.description.contains(text) == false) }
    }

    @Test(arguments: ["", "a b", "a:b", "ä", "a/b", String(repeating: "k", count: 65)])
    func anIdHasOneTo64SafeCharacters(_ id: String) throws {
        #expect(throws: ValidationError.self) { try EncryptionKey(id: id, bytes: bytes) }
        _ = try EncryptionKey(id: String(repeating: "k", count: 64), bytes: bytes)
    }

    @Test func nothingThatPrintsAKeyShowsIt() throws {
        let key = try EncryptionKey(id: "k1", bytes: bytes)
        let ring = try KeyRing([key, .canary(2)])
        let encryption = PayloadEncryption(ring)
        var configuration = ServiceConfiguration()
        configuration.encryption = encryption
        var dumped = ""
        dump(key, to: &dumped)
        dump(ring, to: &dumped)
        dump(configuration, to: &dumped)
        let all = [
            "\(key)", String(reflecting: key), "\([key])", "\(ring)", String(reflecting: ring), "\(encryption)",
            String(reflecting: encryption), "\(configuration)", dumped,
        ].joined(separator: "\n")
        let traces = Canary.traces(in: all.utf8)
        #expect(traces.isEmpty)
        #expect("\(ring)" == "keys k1, k2")
        #expect("\(key)" == "key \"k1\"")
    }

    @Test func aRingHasOneKeyThatEncryptsAndNoIdTwice() throws {
        let (one, two) = (try EncryptionKey.canary(1), try EncryptionKey.canary(2))
        #expect(try KeyRing([one, two]).current == "k1")
        #expect(try KeyRing([one, two], current: "k2").ids == ["k2", "k1"])
        #expect(throws: ValidationError.self) { try KeyRing([]) }
        #expect(throws: ValidationError.self) { try KeyRing([one, .canary(3, id: "k1")]) }
        let error = #expect(throws: ValidationError.self) { try KeyRing([one, two], current: "k3") }
        #expect(error?.problem.contains("k1, k2") == true)
    }

    @Test func aRingIsReadFromLinesOrWordsOfIdAndKey() throws {
        let other = Data(Canary.key(2)).base64EncodedString()
        let lines = "# the keys\n\nk1: \(bytes.base64EncodedString())\r\nk2:\(other)\n"
        let ring = try KeyRing(parsing: lines)
        #expect(ring.ids == ["k1", "k2"])
        let isSame = try KeyRing(parsing: "k1:\(hex), k2:\(other)") == ring
        #expect(isSame)
        let error = #expect(throws: ValidationError.self) { try KeyRing(parsing: "k1:\(hex)\n\(other)") }
        #expect(error?.problem.hasPrefix("entry 2 is not ID:KEY") == true)
        for key in [other, String(other.dropLast()), hex] {
            let mixedUp = #expect(throws: ValidationError.self) { try KeyRing(parsing: "\(key):k1") }
            let current = #expect(throws: ValidationError.self) { try ring.encrypting(with: key) }
            let traces = Canary.traces(in: "\(String(describing: mixedUp))\(String(describing: current))".utf8)
            #expect(mixedUp != nil && traces.isEmpty)
        }
        #expect(throws: ValidationError.self) { try KeyRing(parsing: "\n# none\n") }
    }
}
