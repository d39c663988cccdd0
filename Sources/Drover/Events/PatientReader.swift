import DroverCore
import Logging
import Synchronization

/// Repeats reads of a store that can't be read for now, as while its server starts anew, until they are answered.
///
/// It says once when it begins to repeat, and once when the store answers again.
final class PatientReader: Sendable {
    private let clock: EngineClock
    private let logger: Logger
    private let present = Mutex<StoreError?>(nil)

    init(clock: EngineClock, logger: Logger) {
        self.clock = clock
        self.logger = logger
    }

    /// Why the store can't be read just now; nil while it can.
    var trouble: StoreError? { present.withLock { $0 } }

    /// Reads until there is an answer.
    ///
    /// - Throws: `StoreError` that waiting does not mend; `CancellationError`.
    func read<Value>(_ call: () async throws(StoreError) -> Value) async throws -> Value {
        var failures = 0
        while true {
            do throws(StoreError) {
                let value = try await call()
                if failures > 0 {
                    present.withLock { $0 = nil }
                    logger.notice("the store can be read again")
                }
                return value
            } catch {
                // A call that was cut short by the end of the wait says nothing of the store.
                try Task.checkCancellation()
                guard error.isTransient else { throw error }
                present.withLock { $0 = error }
                failures += 1
                logger.log(level: failures == 1 ? .warning : .debug, "the store can't be read, trying on: \(error)")
                let pause = Backoff.exponential(base: .milliseconds(100), maximum: .seconds(1))
                _ = await clock.sleep(for: pause.wait(afterAttempt: failures, random: 0))
                try Task.checkCancellation()
            }
        }
    }
}
