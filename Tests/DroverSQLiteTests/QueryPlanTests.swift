import DroverCore
import Foundation
import GRDB
import GRDBSQLite
import Testing

@testable import DroverSQLite

@Suite("Query plans")
struct QueryPlanTests {
    /// Every statement, by the name of its file.
    private static let statements: [(file: String, sql: String)] = [
        ("activate-job", SQL.activateJob), ("any-job", SQL.anyJob), ("append-log", SQL.appendLog),
        ("bound-exchanges", SQL.boundExchanges), ("bound-leases", SQL.boundLeases), ("cancel-job", SQL.cancelJob),
        ("complete-job", SQL.completeJob), ("count-logs", SQL.countLogs),
        ("delete-events", SQL.deleteEvents), ("delete-exchanges", SQL.deleteExchanges), ("delete-job", SQL.deleteJob),
        ("delete-logs", SQL.deleteLogs), ("delete-worker", SQL.deleteWorker),
        ("end-attempt", SQL.endAttempt),
        ("find-own-id", SQL.findOwnId), ("forget-exchanges", SQL.forgetExchanges),
        ("forget-workers", SQL.forgetWorkers),
        ("insert-events", SQL.insertEvents), ("insert-job", SQL.insertJob), ("insert-queue", SQL.insertQueue),
        ("list-jobs-ascending", SQL.listJobsAscending), ("list-jobs-descending", SQL.listJobsDescending),
        ("list-queues", SQL.listQueues), ("list-workers", SQL.listWorkers), ("load-exchange", SQL.loadExchange),
        ("load-queue", SQL.loadQueue), ("load-sequence", SQL.loadSequence), ("move-job", SQL.moveJob),
        ("next-due", SQL.nextDue), ("read-events", SQL.readEvents), ("read-logs-ascending", SQL.readLogsAscending),
        ("read-logs-descending", SQL.readLogsDescending), ("reclaim-job", SQL.reclaimJob),
        ("remember-exchange", SQL.rememberExchange), ("renew-lease", SQL.renewLease),
        ("request-cancel", SQL.requestCancel), ("retry-job", SQL.retryJob), ("save-queue", SQL.saveQueue),
        ("save-sequence", SQL.saveSequence), ("save-worker", SQL.saveWorker), ("select-due", SQL.selectDue),
        ("select-expired", SQL.selectExpired), ("select-finished-before", SQL.selectFinishedBefore),
        ("select-held", SQL.selectHeld), ("select-job", SQL.selectJob), ("select-ready", SQL.selectReady),
        ("set-log-lines", SQL.setLogLines), ("set-payload", SQL.setPayload), ("set-priority", SQL.setPriority),
        ("set-progress", SQL.setProgress), ("trim-events", SQL.trimEvents), ("trim-logs", SQL.trimLogs),
        ("watch-queue", SQL.watchQueue),
        ("count-schedules", SQL.countSchedules), ("delete-schedule", SQL.deleteSchedule),
        ("delete-schedules", SQL.deleteSchedules), ("list-overdue-schedules", SQL.listOverdueSchedules),
        ("list-schedules-ascending", SQL.listSchedulesAscending),
        ("list-schedules-descending", SQL.listSchedulesDescending), ("save-schedule", SQL.saveSchedule),
        ("select-schedule", SQL.selectSchedule), ("step-schedule", SQL.stepSchedule),
        ("delete-move", SQL.deleteMove), ("load-move", SQL.loadMove), ("restore-job", SQL.restoreJob),
        ("save-move", SQL.saveMove), ("set-max-length", SQL.setMaxLength),
        ("delete-steps", SQL.deleteSteps), ("mark-steps", SQL.markSteps), ("read-steps", SQL.readSteps),
        ("save-step", SQL.saveStep),
        ("delete-limits", SQL.deleteLimits), ("delete-slices", SQL.deleteSlices), ("load-limits", SQL.loadLimits),
        ("load-slices", SQL.loadSlices), ("save-limits", SQL.saveLimits), ("save-slice", SQL.saveSlice),
        ("set-limited", SQL.setLimited),
        ("delete-result", SQL.deleteResult), ("forget-results", SQL.forgetResults),
        ("load-result", SQL.loadResult), ("save-result", SQL.saveResult),
        ("delete-dedup", SQL.deleteDedup), ("forget-dedups", SQL.forgetDedups), ("load-dedup", SQL.loadDedup),
        ("delete-reservation", SQL.deleteReservation), ("delete-reservations", SQL.deleteReservations),
        ("find-reservation", SQL.findReservation), ("forget-reservations", SQL.forgetReservations),
        ("list-reservations", SQL.listReservations), ("save-reservation", SQL.saveReservation),
        ("sum-reservations", SQL.sumReservations),
        ("mark-dedup", SQL.markDedup), ("save-dedup", SQL.saveDedup),
        ("complete-held", SQL.completeHeld), ("count-children", SQL.countChildren), ("delete-child", SQL.deleteChild),
        ("delete-children", SQL.deleteChildren), ("delete-parent", SQL.deleteParent),
        ("delete-pending-child", SQL.deletePendingChild), ("find-child", SQL.findChild),
        ("find-pending-child", SQL.findPendingChild), ("find-failed-child", SQL.findFailedChild),
        ("list-all-reservations", SQL.listAllReservations), ("list-children-ascending", SQL.listChildrenAscending),
        ("list-children-descending", SQL.listChildrenDescending),
        ("list-unprocessed-children", SQL.listUnprocessedChildren), ("read-parent", SQL.readParent),
        ("read-wait-delay", SQL.readWaitDelay), ("save-child", SQL.saveChild), ("save-parent", SQL.saveParent),
        ("read-dependents", SQL.readDependents), ("save-dependent", SQL.saveDependent),
        ("delete-dependents", SQL.deleteDependents),
        ("mark-group", SQL.markGroup), ("read-group", SQL.readGroup), ("place-in-group", SQL.placeInGroup),
        ("load-group", SQL.loadGroup), ("save-group", SQL.saveGroup), ("delete-group", SQL.deleteGroup),
        ("delete-groups", SQL.deleteGroups), ("forget-idle-groups", SQL.forgetIdleGroups),
        ("first-turn", SQL.firstTurn), ("list-rested-groups", SQL.listRestedGroups),
        ("earliest-rest", SQL.earliestRest), ("end-rests", SQL.endRests),
        ("list-groups-ascending", SQL.listGroupsAscending), ("list-groups-descending", SQL.listGroupsDescending),
        ("select-in-group", SQL.selectInGroup), ("list-group-ascending", SQL.listGroupAscending),
        ("list-group-descending", SQL.listGroupDescending), ("load-turns", SQL.loadTurns),
        ("save-turns", SQL.saveTurns), ("delete-turns", SQL.deleteTurns),
        ("set-deferred-failure", SQL.setDeferredFailure), ("set-wait-delay", SQL.setWaitDelay),
    ]

    /// Tables that hold a few rows, one for each queue or worker.
    private static let small = ["drover_queues", "drover_workers"]

    private static func plan(_ sql: String) throws -> [String] {
        let database = try DatabaseQueue()
        return try database.write { db in
            for schema in Schema.versions { try db.execute(sql: schema) }
            let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN " + sql)
            // The plan does not depend on the values.
            statement.setUncheckedArguments(StatementArguments())
            return try Row.fetchAll(statement).map { $0["detail"] as String }
        }
    }

    @Test("No statement is compiled anew for other values", arguments: statements.indices)
    func noReprepare(index: Int) throws {
        let (file, sql) = Self.statements[index]
        let count = try DatabaseQueue().inDatabase { db in
            for schema in Schema.versions { try db.execute(sql: schema) }
            let owner = try db.makeStatement(sql: sql)
            defer { withExtendedLifetime(owner) {} }
            let statement = owner.sqliteStatement
            try db.execute(sql: "BEGIN")
            for round in 1...4 as ClosedRange<Int32> {
                for parameter in 1..<(1 + sqlite3_bind_parameter_count(statement)) {
                    // Each round has another value for each: numbers, as those are what the conditions of indexes name.
                    sqlite3_bind_int(statement, parameter, round + parameter)
                }
                // What it finds, or that a table refuses such values, does not matter.
                sqlite3_step(statement)
                sqlite3_reset(statement)
            }
            try db.execute(sql: "ROLLBACK")
            return sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_REPREPARE, 0)
        }
        #expect(count == 0, "\(file) was compiled \(count) times")
    }

    @Test("No statement reads a whole table of jobs, logs, events or exchanges", arguments: statements.indices)
    func noScan(index: Int) throws {
        let statement = Self.statements[index]
        for step in try Self.plan(statement.sql) where step.hasPrefix("SCAN") {
            let isSmall = Self.small.contains { step.hasPrefix("SCAN \($0)") }
            #expect(isSmall, "\(statement.file): \(step)")
        }
    }

    @Test("No statement sorts jobs, logs or events: an index has them in order", arguments: statements.indices)
    func noSort(index: Int) throws {
        let statement = Self.statements[index]
        if statement.file == "list-workers" { return }
        for step in try Self.plan(statement.sql) {
            #expect(!step.contains("TEMP B-TREE"), "\(statement.file): \(step)")
        }
    }

    @Test("Every statement's plan is looked at")
    func complete() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/DroverSQLite/Statements")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".sql") && !$0.hasPrefix("schema-") }.map { $0.dropLast(".sql".count) }
        #expect(Set(files.map(String.init)) == Set(Self.statements.map(\.file)))
    }
}
