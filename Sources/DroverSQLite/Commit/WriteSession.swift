import DroverCore
import GRDBSQLite

/// The writing connection and the transaction under way on it.
///
/// Used by one thread at a time: ``GroupCommit`` hands it to each call of a
/// group in turn. The calls themselves are in `Steps/`.
final class WriteSession {
    let statement: WriterStatements
    var options = OptionsCoder()
    /// The instant of this transaction, in milliseconds.
    private(set) var now: Int64 = 0
    /// The same instant as leases count it.
    private(set) var leaseNow: Int64 = 0
    /// The instant at which the transaction was asked for, before it waited for others, as leases count it. A lease
    /// that ran out since then is not taken away: its holder may have been waiting for the same lock to renew it.
    private(set) var askedAt: Int64 = 0
    private let connection: OpaquePointer
    /// Begins and ends transactions where the connection is the application's.
    private let boundary: TransactionBoundary?
    private var sequence: Int64 = 0
    private var savedSequence: Int64 = 0
    private var changesBefore: Int32 = 0
    private(set) var turns: [QueueName: QueueTurn] = [:]

    init(_ connection: OpaquePointer, boundary: TransactionBoundary? = nil) {
        self.connection = connection
        self.boundary = boundary
        statement = WriterStatements(connection)
    }

    // MARK: Transactions

    /// Whether somebody else held the file's lock when this transaction began.
    var hasWaitedForLock: Bool { leaseNow - askedAt >= 100 }

    /// Begins a transaction, which may wait for that of another process.
    ///
    /// - Parameter asked: when it was asked for, as leases count it; nil for now.
    func begin(_ clock: StoreClock, asked: Int64? = nil) throws(StoreError) {
        let asked = asked ?? clock.leaseNow
        if let boundary { try boundary.begin() } else { try statement(.begin).run() }
        try enter(clock, asked: asked)
    }

    /// Reads what a transaction that has begun starts from. Nothing is known from the one before.
    private func enter(_ clock: StoreClock, asked: Int64) throws(StoreError) {
        // Read again: a lease that is given or renewed after a long wait must not begin before it.
        now = clock.now
        leaseNow = clock.leaseNow
        askedAt = min(asked, leaseNow)
        changesBefore = sqlite3_total_changes(connection)
        turns.removeAll(keepingCapacity: true)
        let row = try statement(.loadSequence)
        guard try row.step() else {
            throw StoreError(.corrupt, "the file has lost its sequence; restore it from a backup")
        }
        sequence = row.count(0)
        savedSequence = sequence
        row.reset()
    }

    /// Writes what the calls changed in queues.
    func save() throws(StoreError) {
        for turn in turns.values where turn.isChanged { try save(turn) }
        if sequence != savedSequence {
            let save = try statement(.saveSequence)
            save.bind(1, sequence)
            try save.run()
        }
    }

    /// Commits.
    ///
    /// - Returns: whether anything was written to the file.
    func commit() throws(StoreError) -> Bool {
        if let boundary { try boundary.commit() } else { try statement(.commit).run() }
        return sqlite3_total_changes(connection) != changesBefore
    }

    /// Undoes everything. A failed transaction may have ended by itself, so the result does not matter.
    func rollback() {
        statement.resetAll()
        if let boundary { return boundary.rollback() }
        if sqlite3_get_autocommit(connection) == 0 { sqlite3_exec(connection, "ROLLBACK", nil, nil, nil) }
    }

    // MARK: Joining a transaction of the caller's

    /// Does a step inside of a transaction that somebody else has begun and will end: all of it or, when it throws,
    /// nothing.
    ///
    /// Not by GRDB, which would buffer the caller's changes for its observers: nothing here is of interest to them.
    func join<Answer>(
        _ clock: StoreClock, _ step: (WriteSession) throws(StoreError) -> Answer
    ) throws(StoreError) -> Answer {
        try statement("SAVEPOINT drover_call").run()
        do throws(StoreError) {
            try enter(clock, asked: clock.leaseNow)
            let answer = try step(self)
            try save()
            try statement("RELEASE drover_call").run()
            return answer
        } catch {
            statement.resetAll()
            // An error may have ended the whole transaction: then there is no savepoint any more.
            let undo = "ROLLBACK TO drover_call; RELEASE drover_call"
            if sqlite3_get_autocommit(connection) == 0, sqlite3_exec(connection, undo, nil, nil, nil) != SQLITE_OK {
                // Rather nothing of the transaction than a part of a call.
                sqlite3_exec(connection, "ROLLBACK", nil, nil, nil)
            }
            throw error
        }
    }

    /// The queues that the transaction has changed.
    var changedQueues: [QueueName] { turns.values.filter(\.isChanged).map(\.name) }

    /// Forgets what was read of queues.
    func forgetTurns() { turns.removeAll(keepingCapacity: true) }

    private func save(_ turn: QueueTurn) throws(StoreError) {
        if turn.hasEvents { try saveEvents(of: turn) }
        if turn.areLimitsChanged, let limits = turn.limits {
            try saveLimits(limits, of: turn)
            turn.savedLimits()
        }
        if turn.areTurnsChanged, let turns = turn.turns {
            try turns.save(turn.number, by: statement(SQL.saveTurns))
            turn.know(turns)
        }
        let save = try statement(.saveQueue)
        save.bind(1, turn.number)
        save.bind(2, turn.isPaused)
        for state in Int64(0)...5 { save.bind(Int32(state) + 3, turn.count(state)) }
        save.bind(9, turn.position)
        save.bind(10, turn.cancels)
        save.bind(11, turn.isGone)
        save.bind(12, turn.count(StateCode.waitingChildren))
        save.bind(13, turn.count(StateCode.grouped))
        try save.run()
    }

    private func saveEvents(of turn: QueueTurn) throws(StoreError) {
        let insert = try statement(.insertEvents)
        insert.bind(1, turn.number)
        insert.bind(5, now)
        for batch in turn.eventBatches {
            insert.bind(2, batch.last)
            insert.bind(3, batch.count)
            insert.bind(4, batch.bytes)
            try insert.run()
        }
        let trim = try statement(.trimEvents)
        trim.bind(1, turn.number)
        trim.bind(2, turn.position - Int64(EventPage.keptEvents))
        trim.bind(3, 16)
        try trim.run()
    }

    // MARK: Numbers and queues

    /// The next number of the sequence that jobs, places and queues share.
    func nextNumber() -> Int64 {
        sequence += 1
        return sequence
    }

    /// Lets the sequence go on behind a number.
    func raiseSequence(above number: Int64) { sequence = max(sequence, number) }

    /// The last number that was given out.
    var lastNumber: Int64 { sequence }

    /// The queue's row, or nil when there is no such queue.
    func turn(_ name: QueueName) throws(StoreError) -> QueueTurn? {
        guard let turn = try row(name), !turn.isGone else { return nil }
        return turn
    }

    /// The queue's row, also of one that was obliterated.
    func row(_ name: QueueName) throws(StoreError) -> QueueTurn? {
        if let turn = turns[name] { return turn }
        let row = try statement(.loadQueue)
        row.bind(1, name.text)
        guard try row.step() else { return nil }
        let turn = QueueTurn(name: name, row: row)
        row.reset()
        if turn.isLimited {
            turn.read(try QueueLimits.load(turn.number) { sql throws(StoreError) in try statement(sql) })
        }
        turns[name] = turn
        return turn
    }

    /// The queue's row, created when there is none.
    func turnCreating(_ name: QueueName) throws(StoreError) -> QueueTurn {
        if let turn = try row(name) {
            if turn.isGone { turn.revive() }
            return turn
        }
        let turn = QueueTurn(name: name, number: nextNumber())
        let insert = try statement(SQL.insertQueue)
        insert.bind(1, turn.number)
        insert.bind(2, name.text)
        try insert.run()
        turns[name] = turn
        return turn
    }
}
