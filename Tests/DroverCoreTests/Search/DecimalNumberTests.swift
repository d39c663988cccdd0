import DroverCore
import Testing

@Suite("Numbers of any size")
struct DecimalNumberTests {
    private func number(_ text: String) throws -> DecimalNumber { try #require(DecimalNumber(text), "\(text)") }

    @Test(
        "The same value is the same number, however it is written",
        arguments: [
            ["0", "-0", "0.0", "0e5", "-0.000e-3", "0e999999999999999999999"],
            ["1", "1.0", "10e-1", "0.1E+1", "1000e-3"],
            ["-1500", "-1.5e3", "-150E1", "-1500.00"],
            ["9007199254740993", "9007199254740993.0", "9.007199254740993e15"],
            ["999999999999999999", "999999999999999999.000"], ["1000000000000000000", "1e18", "10e17"],
            ["123456789012345678901234567890", "1.2345678901234567890123456789e29"], ["0.00001", "1e-5", "10e-6"],
        ])
    func equal(texts: [String]) throws {
        let first = try number(texts[0])
        for text in texts {
            #expect(try number(text) == first, "\(text)")
            #expect(try number(text).hashValue == first.hashValue, "\(text)")
            #expect(try number(number(text).description) == first, "\(text)")
        }
    }

    @Test("Numbers are ordered by value, also where doubles are not")
    func order() throws {
        let ascending = try [
            "-1e400", "-123456789012345678901", "-1e18", "-999999999999999999", "-2", "-1.5", "-1", "-0.2", "-0.02",
            "0", "1e-400",
            "0.02", "0.2", "0.25", "1", "1.5", "2", "10", "9007199254740992", "9007199254740993", "9007199254740993.5",
            "999999999999999999", "1e18", "1000000000000000001", "123456789012345678901", "1e400",
            "1e999999999999999999999",
        ].map(number)
        for (left, first) in ascending.enumerated() {
            for (right, second) in ascending.enumerated() {
                #expect((first < second) == (left < right), "\(first) < \(second)")
                #expect((first == second) == (left == right), "\(first) == \(second)")
            }
        }
    }

    @Test(
        "Whole numbers are as they are written", arguments: [0, 1, -1, 42, Int.max, Int.min, 999_999_999_999_999_999])
    func whole(value: Int) throws {
        #expect(try number(String(value)) == DecimalNumber(value))
        #expect(DecimalNumber(value).description == String(value))
    }

    @Test(
        "What JSON does not take for a number is none",
        arguments: ["", "-", "+1", "01", "1.", ".5", "1e", "1e+", "0x1", "1 ", " 1", "NaN", "1,5", "--1", "1.5.2", "１"])
    func refused(text: String) { #expect(DecimalNumber(text) == nil) }
}
