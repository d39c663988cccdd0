import DroverCore

/// The prepared statements of the writing connection, each made when it is first needed.
final class WriterStatements {
    private let connection: OpaquePointer
    private var prepared: [String: Statement] = [:]

    init(_ connection: OpaquePointer) { self.connection = connection }

    /// The statements of the hot path have fields of their own: looking them up by text costs as much as running them.
    private var hot: [Hot: Statement] = [:]

    enum Hot: Int {
        case insertJob, selectReady, activateJob, completeJob, selectDue, loadQueue, saveQueue, loadSequence
        case saveSequence, insertEvents, trimEvents, loadExchange, rememberExchange, forgetExchanges, nextDue
        case selectFinished, deleteJob, begin, commit

        var sql: String {
            switch self {
            case .insertJob: SQL.insertJob
            case .selectReady: SQL.selectReady
            case .activateJob: SQL.activateJob
            case .completeJob: SQL.completeJob
            case .selectDue: SQL.selectDue
            case .loadQueue: SQL.loadQueue
            case .saveQueue: SQL.saveQueue
            case .loadSequence: SQL.loadSequence
            case .saveSequence: SQL.saveSequence
            case .insertEvents: SQL.insertEvents
            case .trimEvents: SQL.trimEvents
            case .loadExchange: SQL.loadExchange
            case .rememberExchange: SQL.rememberExchange
            case .forgetExchanges: SQL.forgetExchanges
            case .nextDue: SQL.nextDue
            case .selectFinished: SQL.selectFinishedBefore
            case .deleteJob: SQL.deleteJob
            case .begin: "BEGIN IMMEDIATE"
            case .commit: "COMMIT"
            }
        }
    }

    /// Ends whatever is still under way.
    func resetAll() {
        for statement in hot.values { statement.reset() }
        for statement in prepared.values { statement.reset() }
    }

    func callAsFunction(_ key: Hot) throws(StoreError) -> Statement {
        if let statement = hot[key] { return statement }
        let statement = try Statement(connection, key.sql)
        hot[key] = statement
        return statement
    }

    func callAsFunction(_ sql: String) throws(StoreError) -> Statement {
        if let statement = prepared[sql] { return statement }
        let statement = try Statement(connection, sql)
        prepared[sql] = statement
        return statement
    }
}
