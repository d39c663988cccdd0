public import DroverCore

/// A store under test, and its clock.
///
/// The maker of a store writes one and runs every case of ``ConformanceCase/all`` on a fresh one each.
public protocol ConformanceFixture: Sendable {
    /// The store, prepared, and empty at the start of a case.
    var store: any JobStore { get }

    /// Moves the store's clock forward by at least `span`.
    func advance(by span: Duration) async throws

    /// Closes the store and removes what it left behind.
    func dispose() async
}
