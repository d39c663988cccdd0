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
        /// How many groups have been taken.
        var groups = 0
        /// When the drain that is to come was asked for, on a writer of the application's.
        var askedAt: Int64?
        /// Somebody looks whether the application ever lets go of its writer.
        var isWatched = false
    }

    /// How many calls one transaction takes at most, so that no caller waits for long.
    private static let largestGroup = 512

    private let writer: any DatabaseWriter
    private let clock: StoreClock
    private let hub: WakeUpHub
    private let counter: CommitCounter?
    private let onForeignCommit: @Sendable () -> Void
    /// What is done otherwise where the writer is the application's; nil where it is the store's own.
    private let sharing: WriterSharing?
    private let pending = Mutex(Pending())
    private let session = Mutex<WriteSession?>(nil)

    /// - Parameters:
    ///   - counter: counts the commits of all processes; nil when there is only this one.
    ///   - sharing: how the writer is shared with the application; nil where it is the store's own.
    ///   - onForeignCommit: called when another process has committed since our last transaction.
    init(
        writer: any DatabaseWriter, clock: StoreClock, hub: WakeUpHub, counter: CommitCounter?,
        sharing: WriterSharing? = nil, onForeignCommit: @escaping @Sendable () -> Void
    ) {
        self.writer = writer
        self.clock = clock
        self.hub = hub
        self.counter = counter
        self.onForeignCommit = onForeignCommit
        self.sharing = sharing
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
        if mustStart { askForWriter() }
    }

    private func askForWriter() {
        if let sharing { noteWait(sharing) }
        writer.asyncWriteWithoutTransaction { db in self.drain(db) }
    }

    /// Fails the calls that the application keeps waiting for longer than its patience allows: it may itself be waiting
    /// for one of them, in a write of its own, and would wait for ever.
    private func noteWait(_ sharing: WriterSharing) {
        let asked = clock.leaseNow
        let mustWatch = pending.withLock { pending in
            pending.askedAt = asked
            defer { pending.isWatched = true }
            return !pending.isWatched
        }
        if !mustWatch { return }
        // Unstructured, because it goes on for as long as calls come; one of these at a time.
        Task { [weak self, timer = sharing.timer] in
            var groups = self?.pending.withLock { $0.groups }
            while let seen = groups {
                // Never cancelled. A timer that fails ends the patience at once, which is an error and no hang.
                do { try await timer.sleep(for: WriterSharing.patience) } catch {}
                groups = self?.failUnlessMoved(since: seen)
            }
        }
    }

    /// Fails what waits if no group was taken since. Nil when nothing waits and nobody needs to look any more.
    private func failUnlessMoved(since groups: Int) -> Int? {
        let (present, stuck): (Int?, [Call]) = pending.withLock { pending in
            if pending.calls.isEmpty {
                pending.isWatched = false
                return (nil, [])
            }
            if pending.groups != groups { return (pending.groups, []) }
            defer { pending.calls = [] }
            return (pending.groups, pending.calls)
        }
        for call in stuck { call.fail(WriterSharing.held) }
        return present
    }

    private static var closed: StoreError { StoreError(.closed, "the store has been closed; open it again") }

    /// Refuses further calls, waits for those under way and lets go of the statements.
    ///
    /// - Parameter last: what else is to be done on the writer's queue.
    func close(_ last: @escaping @Sendable (Database) -> Void = { _ in }) async {
        pending.withLock { $0.isClosed = true }
        await withCheckedContinuation { continuation in
            writer.asyncWriteWithoutTransaction { db in
                // What was accepted before is done here, so that a drain that comes later finds nothing.
                self.drain(db, wholly: true)
                self.session.withLock { $0 = nil }
                last(db)
                continuation.resume()
            }
        }
    }

    // MARK: On the writer's queue

    /// - Parameter wholly: until no call is left; else, on a writer of the application's, for one group, so that its own
    ///   writes come in between.
    private func drain(_ db: Database, wholly: Bool = false) {
        // The address crosses into the lock as a number: the connection itself stays on this queue, as the session does.
        let address = UInt(bitPattern: db.sqliteConnection)
        let database = sharing == nil ? nil : UInt(bitPattern: Unmanaged.passUnretained(db).toOpaque())
        while let group = nextGroup() {
            session.withLock { session in
                guard let connection = OpaquePointer(bitPattern: address) else {
                    for call in group { call.fail(Self.closed) }
                    return
                }
                let current = session ?? WriteSession(connection, boundary: Self.boundary(at: database))
                session = current
                run(group, current)
            }
            if sharing == nil || wholly { continue }
            if mustGoOn() { askForWriter() }
            return
        }
    }

    /// Whether calls have come that need another turn.
    private func mustGoOn() -> Bool {
        pending.withLock { pending in
            pending.isDraining = !pending.calls.isEmpty
            return pending.isDraining
        }
    }

    private static func boundary(at address: UInt?) -> TransactionBoundary? {
        guard let address, let pointer = UnsafeRawPointer(bitPattern: address) else { return nil }
        return TransactionBoundary(Unmanaged<Database>.fromOpaque(pointer).takeUnretainedValue())
    }

    private func nextGroup() -> [Call]? {
        pending.withLock { pending in
            pending.groups &+= 1
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

    /// When the drain under way was asked for; nil for the groups behind the first.
    private func takeAskedAt() -> Int64? {
        pending.withLock { pending in
            defer { pending.askedAt = nil }
            return pending.askedAt
        }
    }

    private func run(_ group: [Call], _ session: WriteSession) {
        var answers: [@Sendable () -> Void] = []
        answers.reserveCapacity(group.count)
        var isInCalls = false
        do {
            try session.begin(clock, asked: sharing == nil ? nil : takeAskedAt())
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
            if let observer = sharing?.observer {
                try observer.ignoring { () throws(StoreError) in _ = try session.commit() }
            } else {
                _ = try session.commit()
            }
            return false
        }
        return try counter.noteOwn { () throws(StoreError) in try session.commit() }
    }
}
