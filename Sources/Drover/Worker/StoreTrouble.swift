import DroverCore

/// Why a call to the store failed, as far as leases are concerned.
enum StoreTrouble {
    /// Somebody else keeps the store busy; the call has waited for it.
    case busy
    /// The store has no room to write.
    case full
    case other

    init(_ error: StoreError) {
        self =
            switch error.code {
            case .busy: .busy
            case .full: .full
            default: .other
            }
    }

    /// Nobody can take jobs from their holders while the store is like this, so leases live on until it answers.
    var stopsEverybody: Bool { self != .other }

    /// How long to wait before leases are renewed again: who renews must be there as soon as the store can be written
    /// to, and sooner than who reclaims.
    func pause(_ lease: Duration) -> Duration {
        switch self {
        case .busy: .milliseconds(20)
        case .full: min(.milliseconds(250), lease / 20)
        case .other: min(.seconds(1), lease / 20)
        }
    }
}
