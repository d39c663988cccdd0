import DroverCore
import Logging
import RedisClient
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Shows workers to BullMQ's clients, which know them by the names of their connections (PROTOCOL 17.2): one idle
/// connection for each worker, if that is asked for.
final class WorkerPresence: Sendable {
    private let configuration: RedisStoreConfiguration
    private let logger: Logger
    private let shown = Mutex<[String: RedisClient]>([:])

    init(configuration: RedisStoreConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Shows a worker from its first report to its last.
    func show(_ report: WorkerReport) async {
        guard configuration.showsWorkersToBullMQ else { return }
        if report.validFor <= .zero {
            await shown.withLock { $0.removeValue(forKey: report.id) }?.close(grace: .zero)
            return
        }
        if shown.withLock({ $0[report.id] != nil }) { return }
        var server = configuration.server
        server.clientName = Self.name(of: report, prefix: configuration.prefix)
        let client = RedisClient(server, logger: logger)
        let isFirst = shown.withLock { shown in
            if shown[report.id] != nil { return false }
            shown[report.id] = client
            return true
        }
        guard isFirst else { return }
        do { try await client.connect() } catch {
            logger.warning("worker not shown to BullMQ's clients: \(error)")
            _ = shown.withLock { $0.removeValue(forKey: report.id) }
            await client.close(grace: .zero)
        }
    }

    /// The name that BullMQ's clients look for. A name of a connection has no spaces and only ASCII.
    static func name(of report: WorkerReport, prefix: String) -> String {
        let queue = Data(report.queue.text.utf8).base64EncodedString()
        let worker = String(report.id.map { $0.isASCII && $0 > " " && $0 < "\u{7F}" ? $0 : "_" })
        return "\(prefix):\(queue):w:\(worker)"
    }

    /// Shows nobody any more.
    func close() async {
        let clients = shown.withLock { shown in
            defer { shown = [:] }
            return Array(shown.values)
        }
        for client in clients { await client.close(grace: .zero) }
    }
}
