import DroverCore
import GRDB
import Synchronization

/// The one writer of a store: gathers calls that arrive at the same time into one transaction.
///
/// A commit costs a sync of the disk however much it holds. Calls that arrive
/// while one transaction is being synced form the next. Each call is answered
/// after the commit that holds it, and wake-ups go out after it too. When a
/// call of a group fails, the group is undone and its calls run alone, so that
/// a failing call leaves nothing behind and harms no other
/// (`docs/decisions/0003-group-commit.md` has the figures against savepoints).
final class GroupCommit: Sendable {
    /// A call that waits for its turn.
    private struct Call: Sendable {
        var isUrgent: Bool
        /// Does the work and returns what answers the caller after the commit.
        var run: @Sendable (WriteSession) throws(StoreError) -> @Sendable () -> Void
        var fail: @Sendable (StoreError) -> Void
    }

    private struct Pending {
        var calls: [Call] = []
        var isDraining = false
        var isClosed = false
    }

    /// How many calls one transaction takes at most, so that no caller waits for long.
    private static let largestGroup = 512

    private let writer: any DatabaseWriter
    private let clock: StoreClock
    private let hub: WakeUpHub
    private let counter: CommitCounter?
    private let onForeignCommit: @Sendable () -> Void
    private let pending = Mutex(Pending())
    private let session = Mutex<WriteSession?>(nil)

    /// - Parameters:
    ///   - counter: counts the commits of all processes; nil when there is only this one.
    ///   - onForeignCommit: called when another process has committed since our last transaction.
    init(
        writer: any DatabaseWriter, clock: StoreClock, hub: WakeUpHub, counter: CommitCounter?,
        onForeignCommit: @escaping @Sendable () -> Void
    ) {
        self.writer = writer
        self.clock = clock
        self.hub = hub
        self.counter = counter
        self.onForeignCommit = onForeignCommit
    }

    /// Runs `body` in a transaction with others and returns after its commit.
    ///
    /// - Parameter urgent: whether it goes before calls that are not: for renewals.
    func submit<Answer: Sendable>(
        urgent: Bool = false, _ body: @escaping @Sendable (WriteSession) throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        let result: Result<Answer, StoreError> = await withCheckedContinuation { continuation in
            let call = Call(
                isUrgent: urgent,
                run: { session throws(StoreError) in
                    let answer = try body(session)
                    return { continuation.resume(returning: .success(answer)) }
                },
                fail: { continuation.resume(returning: .failure($0)) })
            add(call)
        }
        return try result.get()
    }

    private func add(_ call: Call) {
        let (isClosed, mustStart) = pending.withLock { pending in
            if pending.isClosed { return (true, false) }
            pending.calls.append(call)
            defer { pending.isDraining = true }
            return (false, !pending.isDraining)
        }
        if isClosed { call.fail(Self.closed) }
        if mustStart { writer.asyncWriteWithoutTransaction { db in self.drain(db) } }
    }

    private static var closed: StoreError { StoreError(.closed, "the store has been closed; open it again") }

    /// Refuses further calls, waits for those under way and lets go of the statements.
    func close() async {
        pending.withLock { $0.isClosed = true }
        await withCheckedContinuation { continuation in
            writer.asyncWriteWithoutTransaction { db in
                // What was accepted before is done here, so that a drain that comes later finds nothing.
                self.drain(db)
                self.session.withLock { $0 = nil }
                continuation.resume()
            }
        }
    }

    // MARK: On the writer's queue

    private func drain(_ db: Database) {
        // The address crosses into the lock as a number: the connection itself stays on this queue, as the session does.
        let address = UInt(bitPattern: db.sqliteConnection)
        while let group = nextGroup() {
            session.withLock { session in
                guard let connection = OpaquePointer(bitPattern: address) else {
                    for call in group { call.fail(Self.closed) }
                    return
                }
                let current = session ?? WriteSession(connection)
                session = current
                run(group, current)
            }
        }
    }

    private func nextGroup() -> [Call]? {
        pending.withLock { pending in
            if pending.calls.isEmpty {
                pending.isDraining = false
                return nil
            }
            guard pending.calls.contains(where: \.isUrgent) || pending.calls.count > Self.largestGroup else {
                defer { pending.calls = [] }
                return pending.calls
            }
            let ordered = pending.calls.filter(\.isUrgent) + pending.calls.filter { !$0.isUrgent }
            pending.calls = Array(ordered.dropFirst(Self.largestGroup))
            return Array(ordered.prefix(Self.largestGroup))
        }
    }

    private func run(_ group: [Call], _ session: WriteSession) {
        var answers: [@Sendable () -> Void] = []
        answers.reserveCapacity(group.count)
        var isInCalls = false
        do {
            try session.begin(clock)
            isInCalls = true
            for call in group { answers.append(try call.run(session)) }
            try session.save()
            isInCalls = false
            if try commit(session) { onForeignCommit() }
        } catch {
            session.rollback()
            if isInCalls, group.count > 1 {
                for call in group { run([call], session) }
            } else {
                for call in group { call.fail(error) }
            }
            return
        }
        hub.publish(session.turns.values)
        for answer in answers { answer() }
    }

    /// Commits, and says whether another process had committed since our last transaction.
    private func commit(_ session: WriteSession) throws(StoreError) -> Bool {
        guard let counter else {
            _ = try session.commit()
            return false
        }
        return try counter.noteOwn { () throws(StoreError) in try session.commit() }
    }
}
