/// All that Drover asks of a store. `docs/store-contract.md` tells the ten rules that every
/// store keeps; the suite in `DroverConformance` proves them.
///
/// Consumers take the narrow role that they need: a worker ``JobExchanging``, a
/// dashboard ``JobInspecting``.
///
/// Every call may throw ``StoreError``, which means that nothing is known about
/// its effect; each says how it may be repeated.
public protocol JobStore:
    JobExchanging, JobMaintaining, ScheduleStoring, AllowanceKeeping, JobInspecting, JobAdministering, JobMoving
{
    /// What this store is.
    var traits: StoreTraits { get }

    /// Opens the store and brings its layout up to date. Calling it again does nothing.
    ///
    /// - Throws: ``StoreError`` when the store can't be reached, is damaged, or is newer than this program.
    func prepare() async throws(StoreError)

    /// Waits for calls under way, then lets go of the store. Later calls throw `closed`. Calling it again does nothing.
    func close() async
}
