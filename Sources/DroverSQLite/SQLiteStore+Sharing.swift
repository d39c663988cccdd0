public import DroverCore
public import GRDB
import Synchronization

extension SQLiteStore {
    /// A store in the application's own database, beside its tables, in tables whose names begin with `drover_`.
    ///
    /// The application's transactions can then be joined: ``transaction(of:)``. The database stays the application's: the
    /// store leaves its journal mode, its syncing, its busy timeout and its readers as they are, and never closes it. So
    /// the application decides what a returned call means, and ``traits`` tells it after ``prepare()``:
    ///
    /// - `FULL`, or `EXTRA`: all that was committed survives a power cut.
    /// - `NORMAL`, which a `DatabasePool` sets: with a write-ahead log the last commits may be lost with the power, but not
    ///   with the process.
    /// - `OFF`: a power cut may lose or damage the file.
    /// - `none`: in memory, or a file without a journal on the disk.
    ///
    /// `PRAGMA synchronous = FULL`, executed in `writeWithoutTransaction` before ``prepare()``, makes it `FULL`.
    ///
    /// A `DatabasePool` or a `DatabaseQueue` will do, on a file with or without a write-ahead log or in memory. Without the
    /// log readers and writers of other processes keep each other out, so set a busy timeout
    /// (`Configuration.busyMode = .timeout(5)`), as one should whenever processes share a file. The journal mode must not
    /// change while the store is open.
    ///
    /// A call of the store waits for its turn on the writer. One that the application keeps waiting for more than 5
    /// seconds fails as `busy` and may be repeated; so does one that is waited for inside of a write, which could never
    /// begin.
    ///
    /// - Parameters:
    ///   - writer: the application's. A store keeps it alive; close the store first.
    ///   - clock: tells the instants that are stored.
    ///   - timer: measures waits.
    public convenience init(
        writer: any DatabaseWriter, clock: any WallClock = SystemWallClock(),
        timer: any Clock<Duration> = ContinuousClock()
    ) {
        let uptime = clock is SystemWallClock ? HostUptime.system : nil
        self.init(
            path: "the application's database", mustExist: true, clock: clock, timer: timer, uptime: uptime,
            borrowed: writer)
    }

    /// How often a database that another process holds is asked for, beyond what its own busy timeout does.
    private static let adoptions = 20

    /// Prepares the application's database.
    func adopt(_ writer: any DatabaseWriter) async throws(StoreError) {
        for attempt in 1... {
            let failure: StoreError
            do throws(StoreError) { return try await adoptOnce(writer) } catch { failure = error }
            guard failure.code == .busy, attempt < Self.adoptions else { throw failure }
            do { try await timer.sleep(for: .milliseconds(10 * min(attempt, 10))) } catch { throw failure }
        }
    }

    private func adoptOnce(_ writer: any DatabaseWriter) async throws(StoreError) {
        do throws(StoreError) {
            _ = try connections()
            return
        } catch {
            // New, or closed, of which taking it up tells.
        }
        let observer = CommitObserver(hub)
        let result: Result<AdoptedDatabase, StoreError> = await withCheckedContinuation { continuation in
            // Not GRDB's own `async` write: that one throws in a cancelled task.
            writer.asyncWriteWithoutTransaction { [clock, uptime] db in
                do throws(StoreError) {
                    let adopted = try AdoptedDatabase(db, clock, uptime)
                    // Held by the connections, and let go of with them.
                    if !adopted.hasCounter { db.add(transactionObserver: observer, extent: .observerLifetime) }
                    continuation.resume(returning: .success(adopted))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        let adopted = try result.get()
        let counter = try adopted.counter()
        let look: @Sendable () -> Void = { [hub] in Self.lookAfterCommit(writer, hub, counter) }
        let commits = GroupCommit(
            writer: writer, clock: adopted.times, hub: hub, counter: counter,
            sharing: WriterSharing(timer: timer, observer: adopted.hasCounter ? nil : observer), onForeignCommit: look)
        let watch = counter.map { CommitWatch(log: adopted.watchedFile, counter: $0, onForeignCommit: look) }
        let joined = JoinedTransactions(writer: adopted.writer, clock: adopted.times, hub: hub)
        var isTaken = false
        defer {
            if !isTaken {
                watch?.cancel()
                counter?.close()
            }
        }
        isTaken = try takeUp(
            Connections(database: writer, commits: commits, counter: counter, watch: watch, joined: joined))
        guard isTaken else { return }
        found.withLock { $0 = adopted }
    }

    /// Where transactions of the application are joined.
    func joined() throws(StoreError) -> JoinedTransactions {
        guard let joined = try connections().joined else {
            throw StoreError(
                .invalid,
                "the store has a database of its own, whose transactions nobody can join; make it with the application's "
                    + "writer: SQLiteStore(writer:)")
        }
        return joined
    }
}
