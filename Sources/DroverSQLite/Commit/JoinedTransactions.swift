import DroverCore
import GRDB
import GRDBSQLite
import Synchronization

/// Works in transactions of the application's, on the connection that it writes with.
///
/// Everything happens on that connection's queue. Each call reads what it starts from and writes back what it changed,
/// within a savepoint, so nothing in memory can outlive a rollback. When the transaction has ended the store looks at
/// the file: only there can be seen whether the part of the transaction that held a call was kept, since GRDB tells of
/// whole transactions only, and late of those that SQLite rolled back by itself.
final class JoinedTransactions: Sendable {
    private typealias End = (lease: Lease, tell: @Sendable (_ isSettled: Bool) -> Void)

    private struct State {
        var session: WriteSession?
        /// The queues that calls have changed since the last transaction ended.
        var touched: Set<QueueName> = []
        /// Who waits to hear whether its settlement holds.
        var ends: [End] = []
        /// GRDB will tell of the end of the transaction under way.
        var isAwaitingEnd = false
        var isClosed = false
    }

    private let writer: ObjectIdentifier
    private let clock: StoreClock
    private let hub: WakeUpHub
    private let state = Mutex(State())

    /// - Parameter writer: the connection that the application writes with.
    init(writer: ObjectIdentifier, clock: StoreClock, hub: WakeUpHub) {
        self.writer = writer
        self.clock = clock
        self.hub = hub
    }

    /// Does a step in the transaction under way.
    ///
    /// - Parameter end: whom to tell, once the transaction has ended, whether the lease it names is settled; nil for nobody.
    func join<Answer: Sendable>(
        _ db: Database, _ step: @Sendable (WriteSession) throws(StoreError) -> Answer,
        tellingOf end: @Sendable (Answer) -> (lease: Lease, tell: @Sendable (Bool) -> Void)? = { _ in nil }
    ) throws(StoreError) -> Answer {
        try check(db)
        // The address crosses into the lock as a number: the connection itself stays on this queue, as the session does.
        let address = UInt(bitPattern: db.sqliteConnection)
        let clock = clock
        let (answer, mustAwaitEnd) = try state.withLock { state throws(StoreError) in
            guard !state.isClosed, let connection = OpaquePointer(bitPattern: address) else { throw SQLiteStore.closed }
            let session = state.session ?? WriteSession(connection)
            state.session = session
            let answer = try session.join(clock, step)
            state.touched.formUnion(session.changedQueues)
            if let end = end(answer) { state.ends.append(end) }
            let isNew = !state.isAwaitingEnd && !(state.touched.isEmpty && state.ends.isEmpty)
            if isNew { state.isAwaitingEnd = true }
            return (answer, isNew)
        }
        if mustAwaitEnd {
            db.afterNextTransaction(onCommit: { self.ended($0, isCommitted: true) }) {
                self.ended($0, isCommitted: false)
            }
        }
        return answer
    }

    /// Lets go of the statements, on the connection's queue.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.session = nil
        }
    }

    private func check(_ db: Database) throws(StoreError) {
        guard ObjectIdentifier(db) == writer else {
            throw StoreError(
                .invalid,
                "the transaction is not one of the writer that the store was made with; make the call in a `write` of that "
                    + "writer, and not in a `read`")
        }
        guard db.isInsideTransaction else {
            throw StoreError(
                .invalid,
                "there is no transaction to join; make the call in `write` or `inTransaction`, or use the call that is async "
                    + "and has a transaction of its own")
        }
    }

    /// The transaction has ended.
    private func ended(_ db: Database, isCommitted: Bool) {
        let (queues, told) = state.withLock { state in
            defer {
                state.touched = []
                state.ends = []
                state.isAwaitingEnd = false
            }
            let told = state.ends.map { end in
                (end.tell, isCommitted && !Self.isHeld(end.lease, state.session))
            }
            return (state.touched, told)
        }
        for (tell, isSettled) in told { tell(isSettled) }
        if !isCommitted { return }
        let watched = hub.watched.intersection(queues)
        do throws(StoreError) {
            try SQLiteStore.look(db, hub, at: watched)
        } catch {
            // What can't be looked at is hinted at: a hint may be for nothing.
            hub.hint(watched)
        }
    }

    /// Whether a settlement has come to nothing: the job is still held under its lease. Where that can't be read, the
    /// answer is that it is held: then it is settled again, which a lease that is gone refuses.
    private static func isHeld(_ lease: Lease, _ session: WriteSession?) -> Bool {
        guard let session else { return true }
        do throws(StoreError) { return try session.isHeld(lease) } catch { return true }
    }
}
