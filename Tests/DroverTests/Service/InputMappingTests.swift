import DroverTesting
import Testing

@testable import Drover

/// Payloads made of results: a pure function over JSON.
@Suite struct InputMappingTests {
    private func mapped(
        _ inputs: [String: String], _ payload: String, _ result: String
    ) throws -> String {
        try InputMapping.apply(inputs, to: JSONText(payload), result: JSONText(result)).text
    }

    private func reason(_ inputs: [String: String], _ payload: String, _ result: String) throws -> String? {
        do throws(InputMapping.Problem) {
            _ = try InputMapping.apply(inputs, to: JSONText(trusted: payload), result: JSONText(trusted: result))
            return nil
        } catch { return error.reason }
    }

    @Test(
        "values are replaced and added; every other byte stays",
        arguments: [
            (["text": "result.body"], #"{}"#, #"{"body":"hi"}"#, #"{"text":"hi"}"#),
            (
                ["text": "result"], #" { "a" : [ ] , "text":1} "#, #" [1, 2.50e1] "#,
                #" { "a" : [ ] , "text":[1, 2.50e1]} "#
            ),
            (["n": "result.n"], #"{ "a": 1 }"#, #"{"n":9007199254740993}"#, #"{ "a": 1 ,"n":9007199254740993}"#),
            (["a": "result.items[1].x"], #"{"a":0}"#, #"{"items":[{"x":1},{"x":{"y":[]}}]}"#, #"{"a":{"y":[]}}"#),
            (["a.b.c": "result"], #"{"x":1}"#, "null", #"{"x":1,"a":{"b":{"c":null}}}"#),
            (["a.b": "result"], #"{"a":{"z":0,"b":1}}"#, "2", #"{"a":{"z":0,"b":2}}"#),
            (["a.b": "result"], #"{"a":{}}"#, "2", #"{"a":{"b":2}}"#),
            (["list[1]": "result"], #"{"list":[1,2,3]}"#, #""b""#, #"{"list":[1,"b",3]}"#),
            (["list[0].x": "result"], #"{"list":[{}]}"#, "1", #"{"list":[{"x":1}]}"#),
            (["a": "result.a", "b": "result.b"], "{}", #"{"a":1,"b":2}"#, #"{"a":1,"b":2}"#),
            (["a": "result", "a.b": "result.c"], "{}", #"{"c":1}"#, #"{"a":{"c":1,"b":1}}"#),
            ([#""a.b""#: #"result."c d""#], "{}", #"{"c d":1}"#, #"{"a.b":1}"#),
            (["größe": "result.ü"], "{}", #"{"\u00fc":1}"#, #"{"größe":1}"#),
            (["a": "result.x"], #"{"a":1,"a":2}"#, #"{"x":3,"x":4}"#, #"{"a":3,"a":2}"#),
            ([:], #" {"a" : 1} "#, "null", #" {"a" : 1} "#),
        ] as [([String: String], String, String, String)])
    func maps(_ inputs: [String: String], _ payload: String, _ result: String, _ expected: String) throws {
        let text = try mapped(inputs, payload, result)
        #expect(text == expected)
        #expect(throws: Never.self) { try JSONText(text) }
    }

    @Test(
        "a path that leads nowhere is named",
        arguments: [
            (
                ["text": "result.body"], "{}", #"{"secret":1}"#,
                #"the input "text" can't be made: the job before has no "result.body""#
            ),
            (["text": "result.items[2]"], "{}", #"{"items":[1,2]}"#, #"has no "result.items[2]""#),
            (["text": "result.a.b"], "{}", #"{"a":"secret"}"#, #"has no "result.a.b""#),
            (["text": "result[0]"], "{}", #"{}"#, #"has no "result[0]""#),
            (["text": "result.a"], "{}", "null", #"has no "result.a""#),
            (
                ["a.b": "result"], #"{"a":"secret"}"#, "1",
                #"the input "a.b" can't be made: the payload has no place for it"#
            ),
            (["a[1]": "result"], #"{"a":[]}"#, "1", "no place for it"),
            (["a[0]": "result"], "{}", "1", "no place for it"), (["a": "result"], "[]", "1", "no place for it"),
            (["text": "body"], "{}", "1", "does not begin with result"),
            (["a..b": "result"], "{}", "1", "can't be read"),
            (["a": "result["], "{}", "1", "can't be read"),
        ] as [([String: String], String, String, String)])
    func problems(_ inputs: [String: String], _ payload: String, _ result: String, _ part: String) throws {
        let reason = try #require(try reason(inputs, payload, result))
        #expect(reason.contains(part), "\(reason)")
        #expect(!reason.contains("secret"))
    }

    @Test(
        "paths that can't be read are refused before anything is stored",
        arguments: [
            ["": "result"], ["a": ""], ["a": "result."], ["a.": "result"], [".a": "result"], ["a": "result[x]"],
            ["[0]": "result"], ["a": "result[-1]"], ["a": #"result."b"#], ["a b": "result"], ["a": "payload.x"],
            ["a": "result[1"], ["a]": "result"],
        ])
    func refused(_ inputs: [String: String]) {
        #expect(InputMapping.problem(of: inputs)?.subject == "inputs")
    }

    @Test("paths that can be read are not refused")
    func accepted() {
        #expect(
            InputMapping.problem(of: ["a.b[0].c": "result", #""a b".c"#: "result[0][1].x", "ü": "result.ü"]) == nil)
    }
}
