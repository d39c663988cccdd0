import DroverCore

/// Remembering exchanges, so that a repeated one answers as before (rule 2).
extension WriteSession {
    /// How long an exchange without a claim is remembered, in milliseconds: the default lease.
    private static let defaultLease: Int64 = 30_000

    func remember(
        _ id: ExchangeID, lease: Duration?, statuses: [SettlementStatus], claims: [Int64], _ turn: QueueTurn
    ) throws(StoreError) {
        let lease = lease.map { max(0, $0.wholeMilliseconds) } ?? Self.defaultLease
        let save = try statement(.rememberExchange)
        save.bind(1, turn.number)
        save.bind(2, id.text)
        save.bind(3, expiry(of: .milliseconds(lease)))
        save.bind(4, statuses.map(Self.code))
        save.bind(5, Self.bytes(of: claims))
        save.bind(6, lease)
        try save.run()
        let forget = try statement(.forgetExchanges)
        forget.bind(1, leaseNow)
        try forget.run()
    }

    /// What an exchange answered, with the leases that are still held; nil when it is not known.
    func remembered(
        _ id: ExchangeID, _ settle: [Settlement], _ turn: QueueTurn
    ) throws(StoreError) -> (settled: [SettlementStatus], claimed: [ClaimedJob])? {
        let load = try statement(.loadExchange)
        load.bind(1, turn.number)
        load.bind(2, id.text)
        load.bind(3, leaseNow)
        guard try load.step() else { return nil }
        let statuses = load.blob(0)
        let claims = load.blob(1)
        let lease = Duration.milliseconds(load.int(2))
        load.reset()
        var claimed: [ClaimedJob] = []
        for seq in Self.numbers(in: claims) {
            guard var row = try job(seq, turn), row.record.state == .active, row.token == id.text else { continue }
            try fillSteps(of: &row)
            var job = ClaimedJob(
                job: row.record, lease: Lease(job: row.record.key, token: id.token, duration: lease),
                leaseFor: .milliseconds(max(row.rank, leaseNow) - leaseNow))
            job.cachedResult = try cachedResult(for: row.record)
            claimed.append(job)
        }
        return (zip(statuses, settle).map { Self.status($0, $1, turn.name) }, claimed)
    }

    private static func code(_ status: SettlementStatus) -> UInt8 {
        switch status {
        case .settled: 0
        case .leaseLost: 1
        case .refused: 2
        }
    }

    private static func status(_ code: UInt8, _ settlement: Settlement, _ queue: QueueName) -> SettlementStatus {
        switch code {
        case 0: .settled
        case 1: .leaseLost
        default: .refused(settlement.problem(in: queue) ?? ValidationError("settlement", "was refused"))
        }
    }

    private static func bytes(of numbers: [Int64]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(numbers.count * 8)
        for number in numbers { withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) } }
        return bytes
    }

    private static func numbers(in bytes: [UInt8]) -> [Int64] {
        stride(from: 0, to: bytes.count - bytes.count % 8, by: 8).map { start in
            var number: Int64 = 0
            for offset in (0..<8).reversed() { number = number << 8 | Int64(bytes[start + offset]) }
            return number
        }
    }
}
