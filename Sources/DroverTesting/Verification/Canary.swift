/// Texts and keys that tests of encryption use. They must stay in memory: `scripts/canary.sh` runs all tests and searches what
/// they print for them, and the tests themselves search what reaches a disk.
package enum Canary {
    /// How every text begins that must not be seen.
    package static let mark = "drover-canary-"

    /// A text for payloads and results.
    package static func text(_ number: Int) -> String { "\(mark)\(number)-of-a-payload" }

    /// The 32 bytes of a key.
    package static func key(_ number: Int) -> [UInt8] {
        let digits = String(number)
        return Array("\(mark)key-\(String(repeating: "0", count: 14 - digits.count))\(digits)".utf8)
    }

    /// What must not be found: the mark as it is, and how a key begins in base64 and in hexadecimal digits.
    package static let traces = [mark, "ZHJvdmVyLWNhbmFye", "64726f7665722d63616e617279"]

    /// The traces that bytes have.
    package static func traces(in bytes: some Sequence<UInt8>) -> [String] {
        let bytes = Array(bytes)
        return traces.filter { trace in
            let wanted = Array(trace.utf8)
            guard bytes.count >= wanted.count else { return false }
            return (0...(bytes.count - wanted.count)).contains { start in
                bytes[start] == wanted[0] && bytes[start..<(start + wanted.count)].elementsEqual(wanted)
            }
        }
    }
}
