import DroverCore

/// What a store does otherwise where it writes by a connection of the application's.
struct WriterSharing: Sendable {
    /// Measures how long the application keeps calls waiting.
    let timer: any Clock<Duration>
    /// Hears of commits that no counter tells of; nil where one does.
    let observer: CommitObserver?

    /// How long a call waits for the application to let go of its writer: as long as a store of its own waits for another
    /// process. A call may wait up to twice as long, and is then known not to have been begun.
    static let patience: Duration = .seconds(5)

    /// The error of a call that has waited for so long.
    static var held: StoreError {
        StoreError(
            .busy,
            "the application has kept its database writer for more than \(patience); keep writes short, and don't wait for a "
                + "call of the store inside of a write: join the transaction instead")
    }
}
