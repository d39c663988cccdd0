import DroverCore
import Testing

@Suite("Reading queries")
struct JobFilterParserTests {
    private static let now = Timestamp(milliseconds: 1_790_000_000_000)

    private func condition(_ query: String) throws -> JobCondition { try JobFilter(query, now: Self.now).condition }

    @Test("The query of the documentation reads as it says")
    func example() throws {
        let query = #"""
            state = failed and name = "SendMail" and payload.userId = "42" and createdAt > 2026-01-01
            and attempts >= 3 and error ~ "timeout" and tag = vip
            """#
        #expect(
            try condition(query)
                == .all([
                    .compares(.state, .equal, .text("failed")), .compares(.name, .equal, .text("SendMail")),
                    .compares(.payload(JSONPath(members: "userId")), .equal, .text("42")),
                    .compares(.created, .more, .instant(Timestamp(milliseconds: 1_767_225_600_000))),
                    .compares(.attempts, .atLeast, .number(DecimalNumber(3))),
                    .compares(.error, .contains, .text("timeout")), .compares(.tag, .equal, .text("vip")),
                ]))
    }

    @Test("not binds more than and, and that more than or; parentheses change it")
    func binding() throws {
        func name(_ text: String) -> JobCondition { .compares(.name, .equal, .text(text)) }
        #expect(
            try condition("name = a or name = b and not name = c")
                == .any([name("a"), .all([name("b"), .not(name("c"))])]))
        #expect(
            try condition("(name = a or name = b) and name = c") == .all([.any([name("a"), name("b")]), name("c")]))
        #expect(try condition("not(name=a)and(name==b)") == .all([.not(name("a")), name("b")]))
    }

    @Test(
        "Paths, values and relations",
        arguments: [
            (
                "payload.a.b = 1",
                JobCondition.compares(.payload(JSONPath(members: "a", "b")), .equal, .number(DecimalNumber(1)))
            ),
            (
                "payload.items[0].sku = x",
                .compares(.payload(JSONPath([.member("items"), .index(0), .member("sku")])), .equal, .text("x"))
            ),
            ("payload.\"a b\"['c\"'] != null", .compares(.payload(JSONPath(members: "a b", "c\"")), .notEqual, .null)),
            ("payload[2] exists", .exists(.payload(JSONPath([.index(2)])))),
            (
                "payload.größe<=1.5",
                .compares(
                    .payload(JSONPath(members: "größe")), .atMost, .number(DecimalNumber("1.5") ?? DecimalNumber(0)))
            ),
            ("result.and = true", .compares(.result(JSONPath(members: "and")), .equal, .boolean(true))),
            ("progress = 'x\\u00e9\\n'", .compares(.progress(JSONPath()), .equal, .text("x\u{e9}\n"))),
            ("payload.e = \"\\ud83d\\ude00\"", .compares(.payload(JSONPath(members: "e")), .equal, .text("😀"))),
            ("metadata.region contains eu", .compares(.metadata("region"), .contains, .text("eu"))),
            ("tag in (a, 'b c',d)", .oneOf(.tag, [.text("a"), .text("b c"), .text("d")])),
            ("state not in (failed)", .not(.oneOf(.state, [.text("failed")]))),
            ("failedReason exists", .exists(.error)),
            ("name = user:42@x.y/z", .compares(.name, .equal, .text("user:42@x.y/z"))),
            ("createdAt > -2h", .compares(.created, .more, .instant(Timestamp(milliseconds: 1_789_992_800_000)))),
            ("dueAt < +1w", .compares(.due, .less, .instant(Timestamp(milliseconds: 1_790_604_800_000)))),
            ("finishedAt = now", .compares(.finished, .equal, .instant(Timestamp(milliseconds: 1_790_000_000_000)))),
            (
                "createdAt = 2026-01-31T06:07:08.9+01:30",
                .compares(.created, .equal, .instant(Timestamp(milliseconds: 1_769_834_228_900)))
            ),
            (
                "createdAt = '1969-12-31T23:59:59.999Z'",
                .compares(.created, .equal, .instant(Timestamp(milliseconds: -1)))
            ),
        ])
    func reads(query: String, expected: JobCondition) throws {
        #expect(try condition(query) == expected)
        // What is written is read as the same.
        #expect(try condition(expected.description) == expected)
    }

    @Test(
        "What can't be read is told with its place, and with what was expected there",
        arguments: [
            ("", 0, "expected a field"),
            ("   ", 3, "found the end"),
            ("and", 0, "expected a field"),
            ("nam = x", 0, "\"nam\" is no field"),
            ("name", 4, "behind name"),
            ("name =", 6, "expected a value, found the end"),
            ("name = and", 7, "expected a value"),
            ("name ? x", 5, "expected one of"),
            ("name = x name = y", 9, "expected \"and\", \"or\" or the end"),
            ("name = x and", 12, "expected a field"),
            ("(name = x", 9, "\")\""),
            ("name = x)", 8, "the end"),
            ("name.first = x", 4, "nothing inside"),
            ("name = \"x", 7, "no end"),
            ("name = 'a\\q'", 9, "unknown escape"),
            ("name = '\\ud800'", 8, "half a character"),
            ("name = '\\u00'", 8, "four hexadecimal digits"),
            ("state = fialed", 8, "is not a state"),
            ("state > failed", 6, "can't be compared"),
            ("attempts = many", 11, "is not a number"),
            ("attempts = \"3\"", 11, "is not a number"),
            ("attempts ~ 3", 9, "can't be compared"),
            ("attempts = 01", 11, "is not a number"),
            ("createdAt > yesterday", 12, "is not an instant"),
            ("createdAt > 2026-02-30", 12, "is not an instant"),
            ("createdAt > 2026-01-01T25:00", 12, "is not an instant"),
            ("createdAt > -2x", 12, "is not an instant"),
            ("payload. = 1", 8, "the name of a member"),
            ("payload..a = 1", 8, "the name of a member"),
            ("payload.a. = 1", 10, "the name of a member"),
            ("payload[x] = 1", 8, "the number of an element"),
            ("payload[-1] = 1", 8, "the number of an element"),
            ("payload[99999999999] = 1", 8, "the number of an element"),
            ("payload[1 = 1", 9, "\"]\""),
            ("payload['a = 1", 8, "no end"),
            ("payload.a = 12x", 12, "is not a number"),
            ("payload.a > true", 12, "something with an order"),
            ("payload.a in 1", 13, "\"(\""),
            ("payload.a in ()", 14, "expected a value"),
            ("payload.a in (1, 2", 18, "\",\" or \")\""),
            ("payload.a not 1", 14, "\"in\""),
            ("metadata = x", 8, "metadata.region"),
            ("metadata[0] = x", 11, "metadata.region"),
        ])
    func refuses(query: String, offset: Int, words: String) {
        let error = #expect(throws: JobFilterError.self) { try JobFilter(query, now: Self.now) }
        #expect(error?.offset == offset, "\(query): \(error?.description ?? "")")
        #expect(error?.problem.contains(words) == true, "\(query): \(error?.description ?? "")")
        #expect(error?.description.contains("character \(offset + 1)") == true)
        #expect(error?.pointer.last?.last == "^")
    }

    @Test("Depth, length and lists are bounded")
    func bounds() {
        let deep = String(repeating: "(", count: 100_000)
        #expect(throws: JobFilterError.self) { try JobFilter(deep) }
        let nots = String(repeating: "not ", count: 1000) + "name = a"
        #expect(throws: JobFilterError.self) { try JobFilter(nots) }
        let long = "name = " + String(repeating: "a", count: 20_000)
        #expect(throws: JobFilterError.self) { try JobFilter(long) }
        let list = "id in (" + (0..<1001).map { "x\($0)" }.joined(separator: ",") + ")"
        #expect(throws: JobFilterError.self) { try JobFilter(list) }
        let error = #expect(throws: JobFilterError.self) { try JobFilter(long) }
        #expect(error?.pointer.allSatisfy { $0.count <= 120 } == true)
    }

    @Test("What is drawn is written and read as the same", arguments: [1, 2, 3] as [UInt64])
    func roundTrips(seed: UInt64) throws {
        var drawn = DrawnConditions(seed: seed)
        for round in 0..<1000 {
            let condition = drawn.condition(depth: 0)
            let text = condition.description
            #expect(try self.condition(text) == condition, "seed \(seed), round \(round): \(text)")
        }
    }

    @Test("No text stops the parser: it reads, or says where it can't", arguments: [11, 12, 13] as [UInt64])
    func fuzz(seed: UInt64) {
        var drawn = DrawnConditions(seed: seed)
        var readable = 0
        for round in 0..<5000 {
            let text = drawn.spoiled()
            do throws(JobFilterError) {
                _ = try JobFilter(text, now: Self.now)
                readable += 1
            } catch {
                let isInside = (0...text.unicodeScalars.count).contains(error.offset)
                #expect(isInside && !error.problem.isEmpty, "seed \(seed), round \(round): \(text)")
            }
        }
        #expect(readable > 100 && readable < 4900, "seed \(seed): \(readable) of 5000 could be read")
    }
}
