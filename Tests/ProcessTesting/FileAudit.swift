import GRDB

/// Looks into a store's file past the store, and tells what does not fit together.
package enum FileAudit {
    /// All that is wrong with the file; empty when nothing is.
    package static func problems(in path: String) throws -> [String] {
        let database = try DatabaseQueue(path: path)
        defer { closeQuietly(database) }
        return try database.read { db in
            var problems = try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
            problems += try miscounted(db)
            for (problem, sql) in rules where try Bool.fetchOne(db, sql: "SELECT EXISTS (\(sql))") ?? false {
                problems.append(problem)
            }
            return problems
        }
    }

    /// What must have no row.
    private static let rules = [
        (
            "an active job has no token, or another has one",
            "SELECT 1 FROM drover_jobs WHERE (state = 3) <> (token IS NOT NULL)"
        ),
        ("a job has a state that there is not", "SELECT 1 FROM drover_jobs WHERE state NOT BETWEEN 0 AND 7"),
        ("a job is of no queue", "SELECT 1 FROM drover_jobs WHERE queue NOT IN (SELECT number FROM drover_queues)"),
        ("a step is of no job", "SELECT 1 FROM drover_steps WHERE job NOT IN (SELECT seq FROM drover_jobs)"),
        (
            "a job's steps are not marked",
            "SELECT 1 FROM drover_steps WHERE job NOT IN (SELECT seq FROM drover_jobs WHERE steps & 1)"
        ),
        (
            "a child is of no job, or its parent is not marked",
            "SELECT 1 FROM drover_children WHERE parent NOT IN (SELECT seq FROM drover_jobs WHERE steps & 4)"
        ),
        (
            "a parent is of no job, or its child is not marked",
            "SELECT 1 FROM drover_parents WHERE job NOT IN (SELECT seq FROM drover_jobs WHERE steps & 2)"
        ),
        (
            "a further parent is of no job, or its child does not say that there are more",
            "SELECT 1 FROM drover_dependents WHERE job NOT IN (SELECT job FROM drover_parents WHERE more)"
        ),
        (
            "a job says that it has further parents and has none",
            "SELECT 1 FROM drover_parents WHERE more AND job NOT IN (SELECT job FROM drover_dependents)"
        ),
        (
            "a job is marked as a child and has no parent",
            "SELECT 1 FROM drover_jobs WHERE steps & 2 AND seq NOT IN (SELECT job FROM drover_parents)"
        ),
        (
            "a job waits for children and has none to wait for",
            """
            SELECT 1 FROM drover_jobs
            WHERE state = 6 AND seq NOT IN (SELECT parent FROM drover_children WHERE status = 0)
            """
        ),
        (
            "a group counts other jobs than it has",
            """
            SELECT 1 FROM drover_groups AS entry WHERE
                waiting <> (SELECT count(*) FROM drover_jobs AS jobs
                    WHERE jobs.queue = entry.queue AND jobs.grp = entry.name AND state = 7)
                OR active <> (SELECT count(*) FROM drover_jobs AS jobs
                    WHERE jobs.queue = entry.queue AND jobs.grp = entry.name AND state = 3)
            """
        ),
        ("a log is of no job", "SELECT 1 FROM drover_logs WHERE job NOT IN (SELECT seq FROM drover_jobs)"),
        (
            "a queue's last event is not the last that is stored",
            """
            SELECT 1 FROM drover_queues WHERE last_event <>
                coalesce((SELECT max(last) FROM drover_events WHERE queue = number), last_event)
            """
        ),
        (
            "the sequence is behind what was numbered by it",
            """
            SELECT 1 FROM drover_sequence WHERE value < (SELECT coalesce(max(seq), 0) FROM drover_jobs)
                OR value < (SELECT coalesce(max(number), 0) FROM drover_queues)
            """
        ),
    ]

    private static func miscounted(_ db: Database) throws -> [String] {
        var problems: [String] = []
        for queue in try Row.fetchAll(db, sql: "SELECT * FROM drover_queues") {
            let counted = try Row.fetchAll(
                db, sql: "SELECT state, count(*) AS jobs FROM drover_jobs WHERE queue = ? GROUP BY state",
                arguments: [queue["number"] as Int64])
            let jobs = Dictionary(uniqueKeysWithValues: counted.map { ($0["state"] as Int, $0["jobs"] as Int) })
            for (state, column) in columns.enumerated() where queue[column] as Int != jobs[state, default: 0] {
                problems.append(
                    "\(queue["name"] as String) counts \(queue[column] as Int) \(column) jobs and has \(jobs[state, default: 0])"
                )
            }
        }
        return problems
    }

    private static let columns = [
        "waiting", "prioritized", "delayed", "active", "completed", "failed", "waiting_children",
        "grouped",
    ]

    private static func closeQuietly(_ database: DatabaseQueue) {
        // The file is closed with the last reference at the latest.
        try? database.close()
    }
}
