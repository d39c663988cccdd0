import DroverCore
import DroverTesting

/// A store that stays open when a command closes it, so that the next command finds the same jobs.
struct Lent: ForwardingStore {
    let base: any JobStore

    init(_ store: any JobStore) { base = store }

    func close() async {}
}
