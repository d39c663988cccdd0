import RedisTesting

extension RedisServer {
    /// Watches locks, which are keys, until each has been renewed so many times.
    ///
    /// - Returns: whether that has come within a time far longer than any lock of the tests.
    func seesRenewals(_ times: Int, of locks: [String]) async throws -> Bool {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(300)
        var seen = Array(repeating: 0, count: locks.count)
        var left: [Int?] = Array(repeating: nil, count: locks.count)
        while clock.now < end {
            for (index, lock) in locks.enumerated() {
                let now = Int(try await command("PTTL", lock)) ?? 0
                if let before = left[index], now > before { seen[index] += 1 }
                left[index] = now
            }
            if seen.allSatisfy({ $0 >= times }) { return true }
            // Lets a little of the server's time pass.
            try await command("BLPOP", "drover-tests:never", "0.1")
        }
        return false
    }
}
