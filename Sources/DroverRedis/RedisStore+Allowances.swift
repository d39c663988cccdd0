public import DroverCore
import RedisClient

extension RedisStore {
    /// Applies commands to allowances, one script each.
    public func apply(_ commands: [AllowanceCommand]) async throws(StoreError) -> [AllowanceResult] {
        try checkOpen()
        var results: [AllowanceResult] = []
        for command in commands {
            if let problem = command.problem {
                results.append(.refused(problem))
            } else {
                results.append(try await apply(command))
            }
        }
        return results
    }

    private func apply(_ command: AllowanceCommand) async throws(StoreError) -> AllowanceResult {
        switch command {
        case .reserve(let id, let shares):
            var words = ["reserve", id]
            for share in shares {
                let span = share.allowance.per.map { String($0.wholeMilliseconds) } ?? ""
                words += [String(share.allowance.max), span, String(share.amount)]
            }
            let keys = shares.map(\.allowance.key)
            let answer = try await run(words, on: keys)
            if answer.int == 0 { return .granted }
            guard let place = answer.items?.first?.int, keys.indices.contains(Int(place) - 1) else {
                throw Self.strange
            }
            return .spent(key: keys[Int(place) - 1], freeIn: Self.duration(answer.items?.last))
        case .refund(let id, let keys): return .refunded(try await count(["refund", id], on: keys))
        case .look(let key):
            let answer = try await run(["look"], on: [key])
            guard let used = answer.items?.first?.int else { throw Self.strange }
            return .use(AllowanceUse(used: Int(used), lessIn: Self.duration(answer.items?.last)))
        case .reset(let key): return .refunded(try await count(["reset"], on: [key]))
        case .list(let cursor, let limit): return try await list(after: cursor, limit)
        }
    }

    /// Looks at a bounded part of all keys; a cursor is the server's.
    private func list(after cursor: PageCursor?, _ limit: Int) async throws(StoreError) -> AllowanceResult {
        let start = cursor?.text ?? "0"
        guard UInt64(start) != nil else { throw PlaceCursor.unknown(PageCursor(start)) }
        let scan = RedisCommand.make(
            "SCAN", start, "MATCH", self.keys.allowancePattern, "COUNT", String(limit), "TYPE", "zset")
        let answer = try await send(scan, "list allowances")
        guard let parts = answer.items, parts.count == 2, let next = parts[0].text else { throw Self.strange }
        var found: [AllowanceReservation] = []
        for key in (parts[1].items ?? []).compactMap({ $0.text.flatMap(self.keys.allowance(ofKey:)) }) {
            let items = try await run(["list"], on: [key]).items ?? []
            for index in stride(from: 0, to: items.count - 2, by: 3) {
                found.append(
                    AllowanceReservation(
                        key: key, id: items[index].text ?? "", amount: Int(items[index + 1].int ?? 0),
                        endsIn: Self.duration(items[index + 2])))
            }
        }
        return .reservations(found, next: next == "0" ? nil : PageCursor(next))
    }

    private func count(_ words: [String], on keys: [String]) async throws(StoreError) -> Int {
        guard let count = try await run(words, on: keys).int else { throw Self.strange }
        return Int(count)
    }

    private func run(_ words: [String], on keys: [String]) async throws(StoreError) -> RESPValue {
        var arguments = arguments(capacity: 128)
        for word in words { arguments.append(word) }
        return try await run(
            Scripts.allowance, keys: keys.map(self.keys.allowance), arguments, "\(words[0]) of allowances")
    }

    private static func duration(_ value: RESPValue?) -> Duration? {
        value?.int.flatMap { $0 < 0 ? nil : .milliseconds($0) }
    }

    private static var strange: StoreError {
        StoreError(.corrupt, "a command to allowances was answered in a form that is not its own")
    }
}
