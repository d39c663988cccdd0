import DroverCore
import DroverTesting
import Synchronization

@testable import DroverCommand

/// A store, open, by which a command is asked to stop when it has changed some jobs, and hears it before it goes on.
struct StoppingStore: ForwardingStore {
    let base: any JobStore
    private let changed = Probe<Void>("jobs were changed")
    private let heard = Probe<Void>("the command heard that it is to stop")

    init(_ base: any JobStore) { self.base = base }

    func prepare() async {}
    func close() async {}

    func apply(_ commands: [JobCommand]) async throws(StoreError) -> [CommandResult] {
        let results = try await base.apply(commands)
        changed.signal(())
        do { try await heard.wait() } catch { throw StoreError(.unreachable, "the test failed: \(error)") }
        return results
    }

    /// The wishes to stop, for a session. Who asks for the second one has taken the first to heart.
    var stopRequests: @Sendable () -> AsyncStream<Void> {
        {
            let asked = Mutex(0)
            return AsyncStream(unfolding: {
                let number = asked.withLock { count in
                    count += 1
                    return count
                }
                if number > 1 {
                    heard.signal(())
                    return nil
                }
                // A wait in vain ends the stream, and the command is not stopped: that fails the test.
                return try? await changed.wait().first
            })
        }
    }
}
