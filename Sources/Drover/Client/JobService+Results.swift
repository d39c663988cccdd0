public import DroverCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension JobService {
    /// How long one read of events waits before it is repeated, should a hint be lost (rule 8).
    private static let longestWait: Duration = .seconds(5)

    /// Waits for a job's result.
    ///
    /// It follows the queue's events and does not poll. While the store can't be reached it goes on waiting. The result
    /// of a job that is removed as soon as it completes comes from its event; call this soon after
    /// ``add(_:id:delay:runAt:options:whenFull:)`` then.
    ///
    /// - Parameters:
    ///   - key: the job.
    ///   - span: how long to wait at most.
    /// - Returns: the result as the handler returned it; one that is stored encrypted is opened.
    /// - Throws: ``DroverError`` with the code `jobFailed` (the message is the reason), `timedOut`, `notFound`,
    ///   `resultNotKept`, or `unreadable` for a result that is encrypted with a key that is not here; `StoreError` when the store can't be reached at the end of the span, or at once when waiting would
    ///   not mend it; or `CancellationError`.
    public func result(of key: JobKey, within span: Duration) async throws -> JSONText {
        let clock = EngineClock(configuration.clock)
        let patience = PatientReader(clock: clock, logger: logger)
        let reader = ResultReader(store: store, key: key, ring: configuration.encryption?.keys, patience: patience)
        return try await withThrowingTaskGroup { group in
            group.addTask { try await reader.result(eachWaitingAtMost: min(span, Self.longestWait)) }
            group.addTask {
                if await !clock.sleep(for: span) { throw CancellationError() }
                if let trouble = patience.trouble { throw trouble }
                // A wait for events tells neither that the store is away nor what came while it was.
                if let result = try await reader.present() { return result }
                throw DroverError(.timedOut, "the job \(key) has not ended within \(span)")
            }
            defer { group.cancelAll() }
            guard let result = try await group.next() else { throw CancellationError() }
            return result
        }
    }

    /// Waits for a job's result and decodes it.
    ///
    /// - Throws: as ``result(of:within:)``, or a `DecodingError`.
    public func result<R: Decodable>(of key: JobKey, as: R.Type, within span: Duration) async throws -> R {
        let text = try await result(of: key, within: span)
        return try JSONDecoder().decode(R.self, from: Data(text.text.utf8))
    }
}
