import Testing

@testable import Drover

@Suite struct PayloadPathTests {
    @Test(arguments: [
        ("card.number", [PayloadPath.Step.member("card"), .member("number")]),
        ("items[].secret", [.member("items"), .elements, .member("secret")]),
        ("[][].a", [.elements, .elements, .member("a")]),
        (#""a.b"."c[]d""#, [.member("a.b"), .member("c[]d")]),
        (#"x."say \"hi\" \\""#, [.member("x"), .member(#"say "hi" \"#)]),
        ("größe.東京", [.member("größe"), .member("東京")]),
    ])
    func aPathIsReadAndWrittenInOneForm(_ text: String, _ steps: [PayloadPath.Step]) throws {
        let path = try PayloadPath(text)
        #expect(path.steps == steps)
        #expect(try PayloadPath(path.description) == path)
    }

    @Test(arguments: [
        ("", "empty"), ("a..b", "name is missing"), (".a", "name is missing"), ("a.", "name is missing"),
        ("a[0]", "dot or []"), ("a b", "dot or []"), ("\"a", "not closed"), (#""a\n""#, "backslash"),
        ("a[]b", "dot or []"),
    ])
    func whatIsNoPathIsRefused(_ text: String, _ problem: String) {
        let error = #expect(throws: ValidationError.self) { try PayloadPath(text) }
        #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
    }
}
