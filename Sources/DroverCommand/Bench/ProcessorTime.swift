import DroverCore

/// Processor time from the moment it is made: this process's, and that of the store's server.
struct ProcessorTime: Sendable {
    /// What was used, in microseconds.
    struct Spent: Sendable {
        /// By this process.
        var process: Double
        /// By the server's process; nil where there is none that tells.
        var server: Double?
    }

    private let store: any JobStore
    private let start: Spent

    /// Starts to count.
    init(_ store: any JobStore) async throws(StoreError) {
        self.store = store
        start = try await Self.now(store)
    }

    /// What has been used since.
    func since() async throws(StoreError) -> Spent {
        var spent = try await Self.now(store)
        spent.process -= start.process
        if let before = start.server { spent.server? -= before }
        return spent
    }

    private static func now(_ store: any JobStore) async throws(StoreError) -> Spent {
        let server = try await ServerReport(of: store)?.processorMicroseconds
        return Spent(process: ProcessUsage.processorMicroseconds, server: server)
    }
}
