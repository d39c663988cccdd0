import DroverCore

/// Processor time from the moment it is made: this process's, and that of the store's server.
struct Usage: Sendable {
    /// What was used, in microseconds.
    struct Spent: Sendable {
        /// By this process.
        var processorMicroseconds: Double
        /// By the server's process; nil where there is none that tells.
        var serverMicroseconds: Double?
    }

    private let server: (any ServerBacked)?
    private let start: Spent

    /// Starts to count.
    init(_ store: any JobStore) async throws(StoreError) {
        server = store as? any ServerBacked
        start = try await Self.now(server)
    }

    /// What has been used since.
    func since() async throws(StoreError) -> Spent {
        var spent = try await Self.now(server)
        spent.processorMicroseconds -= start.processorMicroseconds
        if let before = start.serverMicroseconds { spent.serverMicroseconds? -= before }
        return spent
    }

    private static func now(_ server: (any ServerBacked)?) async throws(StoreError) -> Spent {
        let microseconds = try await server?.serverReport().processorMicroseconds
        return Spent(processorMicroseconds: ProcessUsage.processorMicroseconds, serverMicroseconds: microseconds)
    }
}

extension BenchMeasurement {
    /// The figures of a run from what it used.
    init(span: Duration, waits: [Duration], used: Usage.Spent, isExactlyOnce: Bool) {
        self.init(
            span: span, waits: waits, processorMicroseconds: used.processorMicroseconds,
            serverMicroseconds: used.serverMicroseconds, isExactlyOnce: isExactlyOnce)
    }
}
