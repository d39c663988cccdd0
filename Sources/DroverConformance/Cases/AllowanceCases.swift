import DroverCore

extension ConformanceCase {
    static let allowances: [ConformanceCase] =
        reservations + refunds + listedAllowances + refusedAllowances

    private static let day = Duration.seconds(86_400)

    private static let reservations = [
        Case("allowances", "no more is granted than there is, and the rest is told when it is free") { bench in
            let two = bench.allowance(2)
            try await bench.reserve("a", two, is: .granted)
            try await bench.advance(by: day / 4)
            try await bench.reserve("b", two, is: .granted)
            try await bench.spent("c", [AllowanceShare(two)], about: day * 3 / 4)
            try await bench.advance(by: day * 3 / 4 + .seconds(600))
            try await bench.reserve("c", two, is: .granted)
            try await bench.spent("d", [AllowanceShare(two)], about: day / 4)
        },
        Case("allowances", "of many at once as many are granted as there is") { bench in
            let (two, store) = (bench.allowance(2), bench.store)
            let granted = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        try await store.apply([.reserve(id: "\(number)", [AllowanceShare(two)])]) == [.granted]
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            try bench.expect(granted, is: 2, "the granted")
        },
        Case("allowances", "what is reserved again under its id counts once") { bench in
            let two = bench.allowance(2)
            for _ in 0..<3 { try await bench.reserve("a", two, is: .granted) }
            try await bench.used(two, is: 1)
            try await bench.reserve("b", two, is: .granted)
            try await bench.reserve("a", two, is: .granted)
        },
        Case("allowances", "an id counts anew when what was reserved under it is over") { bench in
            let one = bench.allowance(1)
            try await bench.reserve("a", one, is: .granted)
            try await bench.advance(by: day + .seconds(60))
            try await bench.used(one, is: 0)
            try await bench.reserve("a", one, is: .granted)
            try await bench.spent("b", [AllowanceShare(one)], about: day)
        },
        Case("allowances", "an amount needs room for the whole of it") { bench in
            let five = bench.allowance(5)
            try await bench.reserve("a", [AllowanceShare(five, amount: 3)], is: .granted)
            try await bench.advance(by: day / 2)
            try await bench.reserve("b", five, is: .granted)
            try await bench.spent("c", [AllowanceShare(five, amount: 2)], about: day / 2)
            try await bench.spent("c", [AllowanceShare(five, amount: 5)], about: day)
            try await bench.reserve("c", five, is: .granted)
            try await bench.used(five, is: 5)
        },
        Case("allowances", "of several allowances all are reserved or none") { bench in
            let (user, tier) = (bench.allowance(5, "user"), bench.allowance(1, "tier"))
            try await bench.reserve("a", [AllowanceShare(user), AllowanceShare(tier)], is: .granted)
            let share = [AllowanceShare(user), AllowanceShare(tier)]
            guard case .spent(tier.key, _) = try await bench.allow(.reserve(id: "b", share)) else {
                throw ConformanceFailure("the tier's allowance is spent")
            }
            try await bench.used(user, is: 1)
        },
        Case("allowances", "without a span it counts until it is given back") { bench in
            var once = bench.allowance(1)
            once.per = nil
            try await bench.reserve("a", once, is: .granted)
            try await bench.advance(by: day * 300)
            try await bench.reserve("b", once, is: .spent(key: once.key, freeIn: nil))
            try await bench.expect(bench.allow(.look(key: once.key)), is: .use(AllowanceUse(used: 1)), "the use")
        },
        Case("allowances", "another maximum holds from the next call on") { bench in
            try await bench.reserve("a", bench.allowance(1), is: .granted)
            try await bench.reserve("b", bench.allowance(2), is: .granted)
            try await bench.spent("c", [AllowanceShare(bench.allowance(1))], about: day)
        },
        Case("allowances", "what was reserved keeps the span that it was reserved with") { bench in
            var two = bench.allowance(2)
            two.per = day * 2
            try await bench.reserve("a", two, is: .granted)
            two.per = day / 2
            try await bench.reserve("b", two, is: .granted)
            try await bench.spent("c", [AllowanceShare(two)], about: day / 2)
            try await bench.advance(by: day)
            try await bench.used(two, is: 1)
            try await bench.expect(bench.allow(.refund(id: "b", keys: [two.key])), is: .refunded(0), "one that is over")
        },
        Case("allowances", "keys are what they are, byte for byte") { bench in
            let longest = String(repeating: "k", count: Allowance.longestKey - "\(bench.queue)-".utf8.count)
            for key in ["a:b", "a%3Ab", "gr\u{F6}ße", "gro\u{308}ße", "{x}", " ", "\n", longest] {
                let allowance = bench.allowance(1, key)
                try await bench.reserve("a:b %", allowance, is: .granted)
                try await bench.used(allowance, is: 1)
            }
        },
        Case("allowances", "ids are what they are, byte for byte") { bench in
            let two = bench.allowance(2)
            try await bench.reserve("\u{E9}", two, is: .granted)
            try await bench.reserve("e\u{301}", two, is: .granted)
            try await bench.used(two, is: 2)
            try await bench.expect(
                bench.allow(.refund(id: "e\u{301}", keys: [two.key])), is: .refunded(1), "the refund of one")
            try await bench.used(two, is: 1)
        },
        Case("allowances", "commands of one call are done in order") { bench in
            let one = bench.allowance(1)
            let results = try await bench.store.apply([
                .reserve(id: "a", [AllowanceShare(one)]), .reserve(id: "b", [AllowanceShare(one, amount: 7)]),
                .refund(id: "a", keys: [one.key]), .reserve(id: "b", [AllowanceShare(one)]), .reset(key: one.key),
            ])
            guard results.count == 5, case .refused = results[1] else { throw ConformanceFailure("five answers") }
            try bench.expect(
                [results[0], results[2], results[3], results[4]],
                is: [.granted, .refunded(1), .granted, .refunded(1)], "the answers")
        },
    ]

    private static let refunds = [
        Case("allowances", "what is given back may be reserved by others") { bench in
            let two = bench.allowance(2)
            try await bench.reserve("a", [AllowanceShare(two, amount: 2)], is: .granted)
            try await bench.expect(bench.allow(.refund(id: "a", keys: [two.key])), is: .refunded(2), "the refund")
            try await bench.expect(bench.allow(.refund(id: "a", keys: [two.key])), is: .refunded(0), "a second one")
            try await bench.used(two, is: 0)
            try await bench.reserve("b", two, is: .granted)
        },
        Case("allowances", "a refund is of the keys that it names") { bench in
            let (user, tier) = (bench.allowance(1, "user"), bench.allowance(1, "tier"))
            try await bench.reserve("a", [AllowanceShare(user), AllowanceShare(tier)], is: .granted)
            try await bench.expect(bench.allow(.refund(id: "a", keys: [user.key])), is: .refunded(1), "the refund")
            try await bench.used(user, is: 0)
            try await bench.used(tier, is: 1)
        },
        Case("allowances", "a reset gives back all") { bench in
            let five = bench.allowance(5)
            try await bench.reserve("a", [AllowanceShare(five, amount: 2)], is: .granted)
            try await bench.reserve("b", five, is: .granted)
            try await bench.expect(bench.allow(.reset(key: five.key)), is: .refunded(3), "the reset")
            try await bench.expect(bench.allow(.look(key: five.key)), is: .use(AllowanceUse(used: 0)), "the use")
            try await bench.expect(bench.allow(.reset(key: five.key)), is: .refunded(0), "a second one")
        },
        Case("allowances", "an unknown id gives back nothing") { bench in
            let one = bench.allowance(1)
            try await bench.reserve("a", one, is: .granted)
            try await bench.expect(bench.allow(.refund(id: "b", keys: [one.key])), is: .refunded(0), "the refund")
            try await bench.used(one, is: 1)
        },
    ]

    private static let listedAllowances = [
        Case("allowances", "what is reserved is listed with its key, its id, its amount and its end") { bench in
            let daily = bench.allowance(10, "a:b%3A")
            let always = Allowance("\(bench.queue.text)-ever", max: 10, per: nil)
            try await bench.reserve(
                "i d:1", [AllowanceShare(daily, amount: 3), AllowanceShare(always, amount: 2)], is: .granted)
            try await bench.advance(by: .seconds(3600))
            try await bench.reserve("2", daily, is: .granted)
            let found = try await bench.listed(limit: 1000)
            try bench.expect(
                found.map { "\($0.key) \($0.id) \($0.amount)" }.sorted(),
                is: [
                    "\(daily.key) 2 1", "\(daily.key) i d:1 3", "\(always.key) i d:1 2",
                ].sorted(), "the list")
            let ends = Dictionary(uniqueKeysWithValues: found.map { ("\($0.key) \($0.id)", $0.endsIn) })
            try bench.expect(ends["\(always.key) i d:1"], is: .some(nil), "the end of what counts for ever")
            let left = (ends["\(daily.key) i d:1"] ?? nil) ?? .zero
            try bench.expect(left > .seconds(22 * 3600) && left <= .seconds(23 * 3600), "the end is \(left)")
            try await bench.advance(by: .seconds(23 * 3600 + 1800))
            let later = try await bench.listed(limit: 1000).map { "\($0.key) \($0.id)" }.sorted()
            try bench.expect(later, is: ["\(daily.key) 2", "\(always.key) i d:1"].sorted(), "the list then")
        },
        Case("allowances", "a list goes on behind its cursor to its end") { bench in
            let keys = (0..<7).map { "\(bench.queue.text)-\($0)" }
            for key in keys {
                for id in ["x", "y"] { try await bench.reserve(id, Allowance(key, max: 5, per: day), is: .granted) }
            }
            for limit in [1, 3, 1000] {
                let found = try await bench.listed(limit: limit).map { "\($0.key) \($0.id)" }
                try bench.expect(
                    Set(found).sorted(), is: keys.flatMap { ["\($0) x", "\($0) y"] }, "the list by \(limit)")
            }
            for limit in [0, 1001] {
                guard case .refused = try await bench.allow(.list(after: nil, limit: limit)) else {
                    throw ConformanceFailure("a limit of \(limit) is refused")
                }
            }
        },
        Case("allowances", "a reservation that is listed can be made again elsewhere, and counts as long") { bench in
            let daily = bench.allowance(10)
            try await bench.reserve("a", [AllowanceShare(daily, amount: 3)], is: .granted)
            try await bench.advance(by: .seconds(3600))
            let found = try bench.unwrap(try await bench.listed(limit: 1000).first, "a reservation")
            _ = try await bench.allow(.reset(key: daily.key))
            let share = AllowanceShare(Allowance(found.key, max: 10_000, per: found.endsIn), amount: found.amount)
            try await bench.reserve(found.id, [share], is: .granted)
            try await bench.used(daily, is: 3)
            try await bench.advance(by: .seconds(24 * 3600))
            try await bench.used(daily, is: 0)
        },
    ]

    private static let refusedAllowances = [
        Case("allowances", "numbers and texts that break a rule are refused, and nothing is reserved") { bench in
            let good = bench.allowance(1)
            var bad: [AllowanceCommand] = [
                .reserve(id: "", [AllowanceShare(good)]), .reserve(id: "a", []),
                .reserve(id: String(repeating: "i", count: 1025), [AllowanceShare(good)]),
                .reserve(id: "a", [AllowanceShare(good), AllowanceShare(good)]),
                .reserve(id: "a", [AllowanceShare(good, amount: 0)]),
                .reserve(id: "a", [AllowanceShare(good, amount: 2)]),
                .refund(id: "a", keys: []), .reset(key: ""), .look(key: "a\0"),
            ]
            for allowance in [
                Allowance("", max: 1, per: day), Allowance("k", max: 0, per: day), Allowance("k", max: -1, per: day),
                Allowance("k", max: 10_001, per: day), Allowance("k", max: 1, per: .zero),
                Allowance("k", max: 1, per: .seconds(-1)), Allowance("k", max: 1, per: day * 367),
                Allowance(String(repeating: "k", count: 513), max: 1, per: day), Allowance("a\0", max: 1, per: day),
            ] {
                bad.append(.reserve(id: "a", [AllowanceShare(good), AllowanceShare(allowance)]))
            }
            for command in bad {
                guard case .refused = try await bench.allow(command) else {
                    throw ConformanceFailure("\(command) is refused")
                }
            }
            try await bench.used(good, is: 0)
        }
    ]
}

extension Bench {
    /// An allowance of the case's own, for a day.
    fileprivate func allowance(_ max: Int, _ name: String = "a") -> Allowance {
        Allowance("\(queue.text)-\(name)", max: max, per: .seconds(86_400))
    }

    /// What is reserved of allowances of the case's own.
    fileprivate func listed(limit: Int) async throws -> [AllowanceReservation] {
        var found: [AllowanceReservation] = []
        var cursor: PageCursor?
        var bound = PageBound()
        repeat {
            try bound.turn()
            guard case .reservations(let page, let next) = try await allow(.list(after: cursor, limit: limit)) else {
                throw ConformanceFailure("a list of allowances is answered by one")
            }
            found += page.filter { $0.key.hasPrefix(queue.text) }
            cursor = next
        } while cursor != nil
        return found
    }

    fileprivate func allow(_ command: AllowanceCommand) async throws -> AllowanceResult {
        try unwrap(try await store.apply([command]).first, "an answer")
    }

    fileprivate func reserve(
        _ id: String, _ shares: [AllowanceShare], is result: AllowanceResult, file: String = #fileID, line: Int = #line
    ) async throws {
        try await expect(allow(.reserve(id: id, shares)), is: result, "the reservation \(id)", file: file, line: line)
    }

    fileprivate func reserve(
        _ id: String, _ allowance: Allowance, is result: AllowanceResult, file: String = #fileID, line: Int = #line
    ) async throws {
        try await reserve(id, [AllowanceShare(allowance)], is: result, file: file, line: line)
    }

    /// Reserves what there is too little of, and expects to be told in about how long there is enough.
    fileprivate func spent(_ id: String, _ shares: [AllowanceShare], about span: Duration) async throws {
        let result = try await allow(.reserve(id: id, shares))
        guard case .spent(shares[0].allowance.key, let freeIn?) = result else {
            throw ConformanceFailure("\(id) is not granted: \(result)")
        }
        try expect(freeIn > span - .seconds(1200) && freeIn <= span + .seconds(1200), "\(freeIn) is about \(span)")
    }

    fileprivate func used(
        _ allowance: Allowance, is amount: Int, file: String = #fileID, line: Int = #line
    ) async throws {
        guard case .use(let use) = try await allow(.look(key: allowance.key)) else { throw ConformanceFailure("a use") }
        try expect(use.used, is: amount, "how much is used", file: file, line: line)
        try expect((use.lessIn != nil) == (amount > 0), "it is told in how long it is less")
    }
}
