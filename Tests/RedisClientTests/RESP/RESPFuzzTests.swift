import DroverTesting
import NIOCore
import Testing

@testable import RedisClient

/// Feeds random and mutated bytes to the parser; `DROVER_RESP_FUZZ` sets the number of inputs.
@Suite("The RESP parser, fed anything,")
struct RESPFuzzTests {
    /// Small limits, so that short inputs reach them.
    private static let limits = RESPParser.Limits(bulk: 48, elements: 24, line: 40, depth: 4)
    private static let alphabet = Array("+-:$*%~>|!=_#,(?;.tfx0123456789\r\n\r\n\r\n\r\n".utf8)

    @Test("never crashes, gives the same for every split and keeps no more than it was given")
    func fuzz() async {
        let count = TestRun.number("DROVER_RESP_FUZZ", default: 20_000)
        var random = TestRun.generator()
        // The same on every machine, so that a seed repeats the same inputs there.
        let workers = 8
        let done = await withTaskGroup(of: Int.self) { group in
            for worker in 0..<workers {
                let share = count / workers + (worker < count % workers ? 1 : 0)
                let own = SeededGenerator(seed: random.next())
                group.addTask { Self.run(share, own) }
            }
            return await group.reduce(0, +)
        }
        TestRun.figure("\(done) RESP inputs")
        #expect(done == count)
    }

    /// Runs `count` inputs and gives how many kept the rules, which is all of them; it ends at the first that doesn't.
    private static func run(_ count: Int, _ generator: SeededGenerator) -> Int {
        var generator = generator
        let samples = Samples.all.map { Array($0.bytes.utf8) }
        var input: [UInt8] = []
        for index in 0..<count {
            make(&input, of: samples, with: &generator)
            if let fault = fault(of: input, with: &generator) {
                Issue.record("\(fault): \(String(decoding: input, as: UTF8.self).debugDescription)")
                return index
            }
        }
        return count
    }

    /// One or more samples, some bytes changed, left out or put in; or bytes of the alphabet; or any bytes.
    private static func make(
        _ input: inout [UInt8], of samples: [[UInt8]], with generator: inout SeededGenerator
    ) {
        input.removeAll(keepingCapacity: true)
        let kind = generator.below(8)
        if kind == 0 {
            for _ in 0..<generator.below(24) {
                input.append(UInt8(truncatingIfNeeded: generator.next()))
            }
            return
        }
        if kind == 1 {
            for _ in 0..<generator.below(32) {
                input.append(alphabet[generator.below(alphabet.count)])
            }
            return
        }
        for _ in 0...generator.below(2) {
            input += samples[generator.below(samples.count)]
        }
        for _ in 0..<generator.below(4) where !input.isEmpty {
            let place = generator.below(input.count)
            switch generator.below(3) {
            case 0: input[place] = alphabet[generator.below(alphabet.count)]
            case 1: input.remove(at: place)
            default: input.insert(alphabet[generator.below(alphabet.count)], at: place)
            }
        }
    }

    /// The rule that an input breaks, nil when it keeps them all.
    private static func fault(of input: [UInt8], with generator: inout SeededGenerator) -> String? {
        let whole = ByteBuffer(bytes: input)
        let reference = Samples.parse([whole], limits: limits)
        var parser = RESPParser(limits: limits)
        var given = 0
        var used = 0
        var values = 0
        do throws(RESPParseError) {
            while given < input.count {
                let length = min(1 + generator.below(12), input.count - given)
                guard let piece = whole.getSlice(at: given, length: length) else { return "no slice" }
                // Half of the pieces come in storage of their own, half share a large one, as they do from a socket.
                parser.append(generator.below(2) == 0 ? piece : ByteBuffer(buffer: piece))
                given += length
                while let value = try parser.next() {
                    guard values < reference.values.count, same(reference.values[values], value) else {
                        return "another value for a split"
                    }
                    values += 1
                    used += shortest(value)
                    if used > given { return "a value before its bytes" }
                }
                if parser.retainedBytes > 2 * max(given, whole.storageCapacity) + 64 { return "too much memory kept" }
                if parser.stack.contains(where: { $0.items.capacity > 128 }) { return "too much memory reserved" }
            }
            if reference.error != nil { return "no error for a split" }
        } catch {
            if error != reference.error { return "another error for a split" }
        }
        return values == reference.values.count ? nil : "fewer values for a split"
    }

    /// Equality in which a NaN equals itself.
    private static func same(_ one: RESPValue, _ other: RESPValue) -> Bool {
        one == other || String(describing: one) == String(describing: other)
    }

    /// The fewest bytes that can spell a value.
    private static func shortest(_ value: RESPValue) -> Int {
        switch value {
        case .null: 3
        case .integer(let number): 3 + (number == 0 ? 1 : String(number).utf8.count)
        case .string(let bytes): 3 + bytes.readableBytes
        case .error(let error): 3 + min(error.text.utf8.count, 1)
        case .double, .boolean: 4
        case .array(let items), .set(let items), .push(let items): items.reduce(4) { $0 + shortest($1) }
        case .map(let pairs): pairs.reduce(4) { $0 + shortest($1.key) + shortest($1.value) }
        }
    }
}

extension SeededGenerator {
    /// A number from 0 up to, not including, `limit`.
    fileprivate mutating func below(_ limit: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(limit)).high)
    }
}
