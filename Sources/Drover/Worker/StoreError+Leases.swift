import DroverCore

/// What trouble with a store means for leases.
extension StoreError.Code {
    /// Nobody can take jobs from their holders while the store is like this, so leases live on until it answers.
    var stopsEverybody: Bool { self == .busy || self == .full }

    /// How long to wait before leases are renewed again: who renews must be there as soon as the store can be written
    /// to, and sooner than who reclaims.
    func renewalPause(_ lease: Duration) -> Duration {
        switch self {
        case .busy: .milliseconds(20)  // the call itself has waited
        case .full: min(.milliseconds(250), lease / 20)
        default: min(.seconds(1), lease / 20)
        }
    }
}
