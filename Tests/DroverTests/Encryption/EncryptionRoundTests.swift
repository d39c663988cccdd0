import DroverTesting
import Testing

@testable import Drover

/// Encrypts, rotates and decrypts random payloads at random places.
@Suite(.timeLimit(.minutes(30))) struct EncryptionRoundTests {
    @Test func whatIsEncryptedAndRotatedOpensAsItWas() throws {
        var random = TestRun.generator()
        let rounds = TestRun.number("DROVER_ENCRYPTION_ROUNDS", default: 300)
        var values = 0
        for round in 0..<rounds {
            var maker = RandomPayload(random)
            let payload = try JSONText(maker.text())
            let parts = maker.parts()
            var numbers = Array(1...Int.random(in: 1...4, using: &maker.random))
            numbers.shuffle(using: &maker.random)
            let ring = try KeyRing(numbers.map { try .canary($0) })
            let newer = try KeyRing([.canary(100 + round)] + numbers.map { try .canary($0) })
            random = maker.random

            let stored = try PayloadSealer.seal(payload, parts, of: "round", with: ring)
            _ = try JSONText(stored.text)
            let sealed = try sealed(stored)
            values += sealed.count
            try #require(sealed.allSatisfy { $0.value.key == ring.current })
            try #require(PayloadSealer.isSealed(stored, parts, with: ring.current))
            let rest = PayloadSealer.withBytes(of: stored) {
                PayloadSealer.replacing(sealed.map(\.spot), in: $0) { _ in "" }
            }
            let plain = try plainRest(payload, parts)
            try #require(rest.text.utf8.elementsEqual(plain.utf8))
            try expect(payload, from: stored, ring)
            // A worker that has the newer key too, and later one that has it alone.
            try expect(payload, from: stored, newer)
            let opened = try PayloadSealer.open(stored, of: "round", with: newer)
            let rotated = try PayloadSealer.seal(opened?.payload ?? stored, parts, of: "round", with: newer)
            try #require(PayloadSealer.isSealed(rotated, parts, with: newer.current))
            try expect(payload, from: rotated, try KeyRing([.canary(100 + round)]))
            if !sealed.isEmpty {
                #expect(throws: UnreadableValue.self) { try PayloadSealer.open(rotated, of: "round", with: ring) }
                #expect(throws: UnreadableValue.self) { try PayloadSealer.open(stored, of: "other", with: ring) }
            }
        }
        #expect(values > rounds / 2)
        TestRun.figure("\(rounds) rounds of encryption, \(values) values")
    }

    /// That the stored text opens to the payload, byte for byte; what it holds stays out of the output.
    private func expect(_ payload: JSONText, from stored: JSONText, _ ring: KeyRing) throws {
        let opened = try PayloadSealer.open(stored, of: "round", with: ring)?.payload ?? stored
        let isSame = opened.text.utf8.elementsEqual(payload.text.utf8)
        try #require(isSame)
    }

    private func sealed(_ text: JSONText) throws -> [SealedFinder.Found] {
        try PayloadSealer.withBytes(of: text) { try SealedFinder.find(in: $0) }
    }

    /// The payload without what is to be encrypted.
    private func plainRest(_ payload: JSONText, _ parts: EncryptedParts) throws -> String {
        switch parts {
        case .nothing: payload.text
        case .whole: ""
        case .paths(let paths):
            try PayloadSealer.withBytes(of: payload) { bytes in
                PayloadSealer.replacing(try PathFinder.spots(of: paths, in: bytes), in: bytes) { _ in "" }
            }.text
        }
    }
}

/// Makes up JSON with spaces, escapes, large numbers and names of all kinds, and paths into it.
private struct RandomPayload {
    var random: SeededGenerator
    private var paths: [PayloadPath] = []
    private var steps: [PayloadPath.Step] = []

    init(_ random: SeededGenerator) { self.random = random }

    mutating func text() -> String { space() + value(depth: 0) + space() }

    /// The whole, or some of the places that there are and some that are not.
    mutating func parts() -> EncryptedParts {
        if chance(4) || paths.isEmpty { return .whole }
        var chosen = (0...Int.random(in: 0...3, using: &random)).compactMap { _ in paths.randomElement(using: &random) }
        if chance(3) { chosen.append(PayloadPath(steps: [.member("nowhere"), .elements])) }
        // One that leads past a value of another kind.
        if chance(3), let path = paths.randomElement(using: &random) {
            chosen.append(PayloadPath(steps: path.steps + [chance(2) ? .elements : .member("more")]))
        }
        return .paths(chosen)
    }

    private mutating func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &random) == 0 }

    private mutating func space() -> String {
        chance(3) ? [" ", "\n", "\t", " \r\n "].randomElement(using: &random) ?? "" : ""
    }

    private mutating func value(depth: Int) -> String {
        if !steps.isEmpty { paths.append(PayloadPath(steps: steps)) }
        let kind = Int.random(in: 0..<(depth < 4 ? 10 : 6), using: &random)
        switch kind {
        case 0: return "null"
        case 1: return ["true", "false"].randomElement(using: &random) ?? "true"
        case 2: return ["0", "-1.50", "12345678901234567890", "1e400", "0.1E-7"].randomElement(using: &random) ?? "0"
        case 3...5: return string()
        case 6, 7: return list(depth, "[", "]") { maker in maker.inside(.elements, depth) }
        default:
            return list(depth, "{", "}") { maker in
                let (name, written) = maker.name()
                return written + maker.space() + ":" + maker.space() + maker.inside(.member(name), depth)
            }
        }
    }

    private mutating func inside(_ step: PayloadPath.Step, _ depth: Int) -> String {
        steps.append(step)
        defer { steps.removeLast() }
        return value(depth: depth + 1)
    }

    private mutating func list(
        _ depth: Int, _ open: String, _ close: String, _ item: (inout RandomPayload) -> String
    ) -> String {
        let items = (0..<Int.random(in: 0...4, using: &random)).map { _ in space() + item(&self) + space() }
        return open + (items.isEmpty ? space() : items.joined(separator: ",")) + close
    }

    private mutating func string() -> String {
        let parts = [Canary.text(7), #"\"\\\/"#, #"\u00e9\ud83d\ude00"#, "é東京😀", "{[,:]}", "", "$", #"\n"#]
        return "\""
            + (0...Int.random(in: 0...3, using: &random)).map { _ in parts.randomElement(using: &random) ?? "" }
            .joined() + "\""
    }

    /// A member's name, and how it is written.
    private mutating func name() -> (String, String) {
        let names = [
            ("a", "a"), ("b.c", "b.c"), ("d[]", "d[]"), ("é", #"\u00e9"#), ("\"", #"\""#), ("", ""), ("key", "key"),
            ("data", "data"),
            ("東京", "東京"), ("$drovers", "$drovers"),
        ]
        let (name, written) = names.randomElement(using: &random) ?? ("a", "a")
        return (name, "\"\(written)\"")
    }
}
