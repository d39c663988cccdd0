import Drover
import DroverTesting

/// A store that shows what workers say of themselves. Its time stands still, so nobody is silent for too long.
final class HeardStore: ForwardingStore {
    let base: any JobStore = ReferenceStore(clock: ManualWallClock())
    let heard = Probe<[WorkerReport]>("a heartbeat")

    func heartbeat(_ reports: [WorkerReport]) async throws(StoreError) -> Bool {
        defer { heard.signal(reports) }
        return try await base.heartbeat(reports)
    }
}
