// Written by scripts/embed-sql.sh from Statements/*.sql. Do not edit: change the .sql file and run `make embed`.
// swift-format-ignore-file

/// The store's statements, each named after its file.
enum SQL {
    /// `activate-job.sql`
    static let activateJob = #"""
        UPDATE drover_jobs SET state = 3, rank = ?2, place = ?3, token = ?4, worker = ?5, processed_at = ?6,
            attempts_started = attempts_started + 1
        WHERE seq = ?1
        """#

    /// `any-job.sql`
    static let anyJob = #"""
        SELECT seq, state, log_lines, steps, dedup, id FROM drover_jobs WHERE queue = ?1 LIMIT ?2
        """#

    /// `append-log.sql`
    static let appendLog = #"""
        INSERT INTO drover_logs (job, line, text) VALUES (?1, ?2, ?3)
        """#

    /// `bound-exchanges.sql`
    static let boundExchanges = #"""
        UPDATE drover_exchanges SET expires_at = ?1 WHERE expires_at > ?1
        """#

    /// `bound-leases.sql`
    static let boundLeases = #"""
        UPDATE drover_jobs SET rank = ?1 WHERE queue IN (SELECT number FROM drover_queues) AND state = 3 AND rank > ?1
        """#

    /// `cancel-job.sql`
    static let cancelJob = #"""
        UPDATE drover_jobs SET state = 5, rank = ?2, place = ?3, failed_reason = ?4, deferred_failure = NULL WHERE seq = ?1
        """#

    /// `complete-held.sql`
    static let completeHeld = #"""
        UPDATE drover_jobs SET state = 4, rank = ?2, place = ?3, attempts_made = attempts_made + 1, result = ?4, token = NULL,
            cancel = 0, deferred_failure = NULL
        WHERE seq = ?1
        """#

    /// `complete-job.sql`
    static let completeJob = #"""
        UPDATE drover_jobs SET state = 4, rank = ?5, place = ?6, attempts_made = attempts_made + 1, result = ?7, token = NULL,
            cancel = 0, deferred_failure = NULL
        WHERE seq = ?1 AND queue = ?2 AND state = 3 AND token = ?3 AND (id IS NULL) = ?4 AND steps < 2 AND dedup IS NULL
        """#

    /// `count-children.sql`
    static let countChildren = #"""
        SELECT status, count(*) FROM drover_children WHERE parent = ?1 GROUP BY status
        """#

    /// `count-logs.sql`
    static let countLogs = #"""
        SELECT count(*) FROM drover_logs WHERE job = ?1
        """#

    /// `count-schedules.sql`
    static let countSchedules = #"""
        SELECT count(*) FROM drover_schedules WHERE queue = ?1
        """#

    /// `delete-child.sql`
    static let deleteChild = #"""
        DELETE FROM drover_children WHERE parent = ?1 AND status IN (0, 1, 2, 3) AND queue = ?2 AND id = ?3
        """#

    /// `delete-children.sql`
    static let deleteChildren = #"""
        DELETE FROM drover_children WHERE parent = ?1
        """#

    /// `delete-dedup.sql`
    static let deleteDedup = #"""
        DELETE FROM drover_dedups WHERE queue = ?1 AND id = ?2
        """#

    /// `delete-dependents.sql`
    static let deleteDependents = #"""
        DELETE FROM drover_dependents WHERE job = ?1
        """#

    /// `delete-events.sql`
    static let deleteEvents = #"""
        DELETE FROM drover_events WHERE queue = ?1
        """#

    /// `delete-exchanges.sql`
    static let deleteExchanges = #"""
        DELETE FROM drover_exchanges WHERE queue = ?1
        """#

    /// `delete-group.sql`
    static let deleteGroup = #"""
        DELETE FROM drover_groups WHERE queue = ?1 AND name = ?2
        """#

    /// `delete-groups.sql`
    static let deleteGroups = #"""
        DELETE FROM drover_groups WHERE queue = ?1
        """#

    /// `delete-job.sql`
    static let deleteJob = #"""
        DELETE FROM drover_jobs WHERE seq = ?1
        """#

    /// `delete-limits.sql`
    static let deleteLimits = #"""
        DELETE FROM drover_limits WHERE queue = ?1
        """#

    /// `delete-logs.sql`
    static let deleteLogs = #"""
        DELETE FROM drover_logs WHERE job = ?1
        """#

    /// `delete-move.sql`
    static let deleteMove = #"""
        DELETE FROM drover_moves WHERE queue = ?1
        """#

    /// `delete-parent.sql`
    static let deleteParent = #"""
        DELETE FROM drover_parents WHERE job = ?1
        """#

    /// `delete-pending-child.sql`
    static let deletePendingChild = #"""
        DELETE FROM drover_children WHERE parent = ?1 AND status = 0 AND queue = ?2 AND id = ?3
        """#

    /// `delete-reservation.sql`
    static let deleteReservation = #"""
        DELETE FROM drover_allowances WHERE key = ?1 AND id = ?2
        """#

    /// `delete-reservations.sql`
    static let deleteReservations = #"""
        DELETE FROM drover_allowances WHERE key = ?1
        """#

    /// `delete-result.sql`
    static let deleteResult = #"""
        DELETE FROM drover_results WHERE queue = ?1 AND name = ?2 AND key = ?3 AND ends > ?4
        """#

    /// `delete-schedule.sql`
    static let deleteSchedule = #"""
        DELETE FROM drover_schedules WHERE queue = ?1 AND id = ?2
        """#

    /// `delete-schedules.sql`
    static let deleteSchedules = #"""
        DELETE FROM drover_schedules WHERE queue = ?1
        """#

    /// `delete-slices.sql`
    static let deleteSlices = #"""
        DELETE FROM drover_slices WHERE queue = ?1 AND slice <= ?2
        """#

    /// `delete-steps.sql`
    static let deleteSteps = #"""
        DELETE FROM drover_steps WHERE job = ?1
        """#

    /// `delete-turns.sql`
    static let deleteTurns = #"""
        DELETE FROM drover_turns WHERE queue = ?1
        """#

    /// `delete-worker.sql`
    static let deleteWorker = #"""
        DELETE FROM drover_workers WHERE id = ?1
        """#

    /// `earliest-rest.sql`
    static let earliestRest = #"""
        SELECT rest FROM drover_groups WHERE queue = ?1 AND rest IS NOT NULL ORDER BY rest LIMIT 1
        """#

    /// `end-attempt.sql`
    static let endAttempt = #"""
        UPDATE drover_jobs SET state = ?2, rank = ?3, place = ?4, attempts_made = ?5,
            failed_reason = coalesce(?6, failed_reason), stacktrace = coalesce(?7, stacktrace), token = NULL, cancel = 0,
            deferred_failure = CASE WHEN ?8 THEN NULL WHEN cancel THEN ?9 ELSE deferred_failure END
        WHERE seq = ?1
        """#

    /// `end-rests.sql`
    static let endRests = #"""
        UPDATE drover_groups SET rest = ?2 WHERE queue = ?1 AND rest IS NOT NULL
        """#

    /// `find-child.sql`
    static let findChild = #"""
        SELECT 1 FROM drover_children WHERE parent = ?1 AND status = ?2 LIMIT 1
        """#

    /// `find-failed-child.sql`
    static let findFailedChild = #"""
        SELECT 1 FROM drover_children WHERE parent = ?1 AND status IN (2, 3) AND queue = ?2 AND id = ?3
        """#

    /// `find-own-id.sql`
    static let findOwnId = #"""
        SELECT seq FROM drover_jobs WHERE queue = ?1 AND id = ?2
        """#

    /// `find-pending-child.sql`
    static let findPendingChild = #"""
        SELECT 1 FROM drover_children WHERE parent = ?1 AND status = 0 AND queue = ?2 AND id = ?3
        """#

    /// `find-reservation.sql`
    static let findReservation = #"""
        SELECT amount FROM drover_allowances WHERE key = ?1 AND id = ?2 AND ends > ?3
        """#

    /// `first-turn.sql`
    static let firstTurn = #"""
        SELECT name FROM drover_groups WHERE queue = ?1 AND turn IS NOT NULL ORDER BY turn, name LIMIT 1
        """#

    /// `forget-dedups.sql`
    static let forgetDedups = #"""
        DELETE FROM drover_dedups WHERE (queue, id) IN (
            SELECT queue, id FROM drover_dedups WHERE expires_at <= ?1 AND next_id IS NULL ORDER BY expires_at LIMIT ?2)
        """#

    /// `forget-exchanges.sql`
    static let forgetExchanges = #"""
        DELETE FROM drover_exchanges WHERE (queue, id) IN
            (SELECT queue, id FROM drover_exchanges WHERE expires_at <= ?1 ORDER BY expires_at LIMIT 8)
        """#

    /// `forget-idle-groups.sql`
    static let forgetIdleGroups = #"""
        DELETE FROM drover_groups WHERE (queue, name) IN
            (SELECT queue, name FROM drover_groups WHERE queue = ?1 AND idle_until <= ?2 ORDER BY idle_until LIMIT 8)
        """#

    /// `forget-reservations.sql`
    static let forgetReservations = #"""
        DELETE FROM drover_allowances WHERE (key, id) IN (
            SELECT key, id FROM drover_allowances WHERE ends <= ?1 ORDER BY ends LIMIT ?2)
        """#

    /// `forget-results.sql`
    static let forgetResults = #"""
        DELETE FROM drover_results WHERE rowid IN (
            SELECT rowid FROM drover_results WHERE ends <= ?1 ORDER BY ends LIMIT ?2)
        """#

    /// `forget-workers.sql`
    static let forgetWorkers = #"""
        DELETE FROM drover_workers WHERE seen_at + valid_for <= ?1
        """#

    /// `insert-events.sql`
    static let insertEvents = #"""
        INSERT INTO drover_events (queue, last, count, at, body) VALUES (?1, ?2, ?3, ?5, ?4)
        """#

    /// `insert-job.sql`
    static let insertJob = #"""
        INSERT INTO drover_jobs (seq, queue, state, rank, place, id, name, priority, created_at, options, payload)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        """#

    /// `insert-queue.sql`
    static let insertQueue = #"""
        INSERT INTO drover_queues (number, name) VALUES (?1, ?2)
        """#

    /// `list-all-reservations.sql`
    static let listAllReservations = #"""
        SELECT key, id, amount, ends FROM drover_allowances WHERE (key, id) > (?1, ?2) AND ends > ?3 ORDER BY key, id LIMIT ?4
        """#

    /// `list-children-ascending.sql`
    static let listChildrenAscending = #"""
        SELECT queue, id, value FROM drover_children
        WHERE parent = ?1 AND status = ?2 AND (queue, id) > (?3, ?4) ORDER BY queue, id LIMIT ?5
        """#

    /// `list-children-descending.sql`
    static let listChildrenDescending = #"""
        SELECT queue, id, value FROM drover_children
        WHERE parent = ?1 AND status = ?2 AND (queue, id) < (?3, ?4) ORDER BY queue DESC, id DESC LIMIT ?5
        """#

    /// `list-group-ascending.sql`
    static let listGroupAscending = #"""
        SELECT seq, id, name, state, rank, priority, attempts_made, attempts_started, stalls, created_at, processed_at, worker, cancel, log_lines, token, options, payload, progress, result, failed_reason, deferred_failure, stacktrace, place, steps, dedup, grp_rank, grp_place
        FROM drover_jobs WHERE queue = ?1 AND grp = ?2 AND state = 7 AND (grp_rank, grp_place) > (?3, ?4)
        ORDER BY grp_rank, grp_place LIMIT ?5
        """#

    /// `list-group-descending.sql`
    static let listGroupDescending = #"""
        SELECT seq, id, name, state, rank, priority, attempts_made, attempts_started, stalls, created_at, processed_at, worker, cancel, log_lines, token, options, payload, progress, result, failed_reason, deferred_failure, stacktrace, place, steps, dedup, grp_rank, grp_place
        FROM drover_jobs WHERE queue = ?1 AND grp = ?2 AND state = 7 AND (grp_rank, grp_place) < (?3, ?4)
        ORDER BY grp_rank DESC, grp_place DESC LIMIT ?5
        """#

    /// `list-groups-ascending.sql`
    static let listGroupsAscending = #"""
        SELECT name, weight, concurrency, rate_max, rate_span, paused, waiting, active, window_end, begun, turn, rest FROM drover_groups
        WHERE queue = ?1 AND name > ?2 AND idle_until IS NULL ORDER BY name LIMIT ?3
        """#

    /// `list-groups-descending.sql`
    static let listGroupsDescending = #"""
        SELECT name, weight, concurrency, rate_max, rate_span, paused, waiting, active, window_end, begun, turn, rest FROM drover_groups
        WHERE queue = ?1 AND (?2 IS NULL OR name < ?2) AND idle_until IS NULL ORDER BY name DESC LIMIT ?3
        """#

    /// `list-jobs-ascending.sql`
    static let listJobsAscending = #"""
        SELECT seq, id, name, state, rank, priority, attempts_made, attempts_started, stalls, created_at, processed_at, worker, cancel, log_lines, token, options, payload, progress, result, failed_reason, deferred_failure, stacktrace, place, steps, dedup
        FROM drover_jobs WHERE queue = ?1 AND state = +?2 AND (rank, place) > (?3, ?4) ORDER BY rank, place LIMIT ?5
        """#

    /// `list-jobs-descending.sql`
    static let listJobsDescending = #"""
        SELECT seq, id, name, state, rank, priority, attempts_made, attempts_started, stalls, created_at, processed_at, worker, cancel, log_lines, token, options, payload, progress, result, failed_reason, deferred_failure, stacktrace, place, steps, dedup
        FROM drover_jobs WHERE queue = ?1 AND state = +?2 AND (rank, place) < (?3, ?4) ORDER BY rank DESC, place DESC LIMIT ?5
        """#

    /// `list-overdue-schedules.sql`
    static let listOverdueSchedules = #"""
        SELECT id, slot, iterations, paused, ended, pattern, zone, every, shift, starts_at, ends_at, most, jitter, catch_up, overlap, name, options, payload
        FROM drover_schedules AS schedule
        WHERE queue = ?1 AND slot <= ?2 AND (slot, id) > (?3, ?4) AND paused = 0 AND ended = 0
            AND NOT EXISTS (
                SELECT 1 FROM drover_jobs
                WHERE queue = ?1 AND id = 'repeat:' || schedule.id || ':' || schedule.slot AND state NOT IN (4, 5))
        ORDER BY slot, id LIMIT ?5
        """#

    /// `list-queues.sql`
    static let listQueues = #"""
        SELECT name, paused, waiting, prioritized, delayed, active, completed, failed, max_length, limited, number,
            waiting_children, grouped
        FROM drover_queues
        WHERE NOT gone ORDER BY name
        """#

    /// `list-reservations.sql`
    static let listReservations = #"""
        SELECT amount, ends FROM drover_allowances WHERE key = ?1 AND ends > ?2 ORDER BY ends
        """#

    /// `list-rested-groups.sql`
    static let listRestedGroups = #"""
        SELECT name FROM drover_groups WHERE queue = ?1 AND rest <= ?2 ORDER BY rest, name LIMIT ?3
        """#

    /// `list-schedules-ascending.sql`
    static let listSchedulesAscending = #"""
        SELECT id, slot, iterations, paused, ended, pattern, zone, every, shift, starts_at, ends_at, most, jitter, catch_up, overlap, name, options, payload
        FROM drover_schedules WHERE queue = ?1 AND (slot, id) > (?2, ?3) ORDER BY slot, id LIMIT ?4
        """#

    /// `list-schedules-descending.sql`
    static let listSchedulesDescending = #"""
        SELECT id, slot, iterations, paused, ended, pattern, zone, every, shift, starts_at, ends_at, most, jitter, catch_up, overlap, name, options, payload
        FROM drover_schedules WHERE queue = ?1 AND (?3 IS NULL OR (slot, id) < (?2, ?3)) ORDER BY slot DESC, id DESC LIMIT ?4
        """#

    /// `list-unprocessed-children.sql`
    static let listUnprocessedChildren = #"""
        SELECT child.queue, child.id FROM drover_children AS child
        WHERE child.parent = ?1 AND child.status = ?2 AND (child.queue, child.id) > (?3, ?4)
            AND coalesce(
                (SELECT state FROM drover_jobs
                    WHERE queue = (SELECT number FROM drover_queues WHERE name = child.queue) AND id = child.id),
                (SELECT state FROM drover_jobs
                    WHERE seq = CAST(child.id AS INTEGER) AND CAST(seq AS TEXT) = child.id AND id IS NULL
                    AND queue = (SELECT number FROM drover_queues WHERE name = child.queue)),
                3) NOT IN (3, 5)
        ORDER BY child.queue, child.id LIMIT ?5
        """#

    /// `list-workers.sql`
    static let listWorkers = #"""
        SELECT id, queue, host, process, concurrency, running, started_at, seen_at, valid_for FROM drover_workers
        WHERE seen_at + valid_for > ?1 ORDER BY queue, id
        """#

    /// `load-dedup.sql`
    static let loadDedup = #"""
        SELECT holder, expires_at, next_id, next_name, next_payload, next_options, next_delay, next_start FROM drover_dedups
        WHERE queue = ?1 AND id = ?2
        """#

    /// `load-exchange.sql`
    static let loadExchange = #"""
        SELECT statuses, claims, lease FROM drover_exchanges WHERE queue = ?1 AND id = ?2 AND expires_at > ?3
        """#

    /// `load-group.sql`
    static let loadGroup = #"""
        SELECT name, weight, concurrency, rate_max, rate_span, paused, waiting, active, window_end, begun, turn, rest FROM drover_groups
        WHERE queue = ?1 AND name = ?2
        """#

    /// `load-limits.sql`
    static let loadLimits = #"""
        SELECT concurrency, rate_max, rate_span, sliding, held_until, window_end, begun FROM drover_limits WHERE queue = ?1
        """#

    /// `load-move.sql`
    static let loadMove = #"""
        SELECT body FROM drover_moves WHERE queue = ?1
        """#

    /// `load-queue.sql`
    static let loadQueue = #"""
        SELECT number, paused, waiting, prioritized, delayed, active, completed, failed, last_event, cancels, gone, max_length, limited,
            waiting_children, grouped
        FROM drover_queues WHERE name = ?1
        """#

    /// `load-result.sql`
    static let loadResult = #"""
        SELECT result, stored_at FROM drover_results WHERE queue = ?1 AND name = ?2 AND key = ?3 AND ends > ?4
        """#

    /// `load-sequence.sql`
    static let loadSequence = #"""
        SELECT value FROM drover_sequence WHERE id = 1
        """#

    /// `load-slices.sql`
    static let loadSlices = #"""
        SELECT slice, begun FROM drover_slices WHERE queue = ?1
        """#

    /// `load-turns.sql`
    static let loadTurns = #"""
        SELECT now, plain, weight, concurrency, rate_max, rate_span FROM drover_turns WHERE queue = ?1
        """#

    /// `mark-dedup.sql`
    static let markDedup = #"""
        UPDATE drover_jobs SET dedup = ?2 WHERE seq = ?1
        """#

    /// `mark-group.sql`
    static let markGroup = #"""
        UPDATE drover_jobs SET grp = ?2, steps = steps | 8 WHERE seq = ?1
        """#

    /// `mark-steps.sql`
    static let markSteps = #"""
        UPDATE drover_jobs SET steps = (steps & ?3) | ?2 WHERE seq = ?1
        """#

    /// `move-job.sql`
    static let moveJob = #"""
        UPDATE drover_jobs SET state = ?2, rank = ?3, place = ?4 WHERE seq = ?1
        """#

    /// `next-due.sql`
    static let nextDue = #"""
        SELECT rank FROM drover_jobs WHERE queue = ?1 AND state = 2 ORDER BY rank LIMIT 1
        """#

    /// `place-in-group.sql`
    static let placeInGroup = #"""
        UPDATE drover_jobs SET grp_rank = ?2, grp_place = ?3 WHERE seq = ?1
        """#

    /// `read-dependents.sql`
    static let readDependents = #"""
        SELECT queue, id, policy FROM drover_dependents WHERE job = ?1 ORDER BY place
        """#

    /// `read-events.sql`
    static let readEvents = #"""
        SELECT last, count, body, at FROM drover_events WHERE queue = ?1 AND last > ?2 ORDER BY last LIMIT ?3
        """#

    /// `read-group.sql`
    static let readGroup = #"""
        SELECT grp FROM drover_jobs WHERE seq = ?1
        """#

    /// `read-logs-ascending.sql`
    static let readLogsAscending = #"""
        SELECT line, text FROM drover_logs WHERE job = ?1 AND line > ?2 ORDER BY line LIMIT ?3
        """#

    /// `read-logs-descending.sql`
    static let readLogsDescending = #"""
        SELECT line, text FROM drover_logs WHERE job = ?1 AND line < ?2 ORDER BY line DESC LIMIT ?3
        """#

    /// `read-parent.sql`
    static let readParent = #"""
        SELECT queue, id, policy, more FROM drover_parents WHERE job = ?1
        """#

    /// `read-steps.sql`
    static let readSteps = #"""
        SELECT name, result, at FROM drover_steps WHERE job = ?1
        """#

    /// `read-wait-delay.sql`
    static let readWaitDelay = #"""
        SELECT wait_delay FROM drover_jobs WHERE seq = ?1
        """#

    /// `reclaim-job.sql`
    static let reclaimJob = #"""
        UPDATE drover_jobs SET state = ?2, rank = ?3, place = ?4, stalls = ?5, token = NULL, cancel = 0,
            deferred_failure = ?6
        WHERE seq = ?1
        """#

    /// `remember-exchange.sql`
    static let rememberExchange = #"""
        INSERT OR REPLACE INTO drover_exchanges (queue, id, expires_at, statuses, claims, lease) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        """#

    /// `renew-lease.sql`
    static let renewLease = #"""
        UPDATE drover_jobs SET rank = ?5
        WHERE seq = ?1 AND queue = ?2 AND state = 3 AND token = ?3 AND (id IS NULL) = ?4 RETURNING cancel
        """#

    /// `request-cancel.sql`
    static let requestCancel = #"""
        UPDATE drover_jobs SET cancel = 1 WHERE seq = ?1
        """#

    /// `restore-job.sql`
    static let restoreJob = #"""
        INSERT INTO drover_jobs (seq, queue, state, rank, place, id, name, priority, created_at, options, payload, attempts_made,
            attempts_started, stalls, processed_at, worker, result, progress, failed_reason, deferred_failure, stacktrace, log_lines,
            steps)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)
        """#

    /// `retry-job.sql`
    static let retryJob = #"""
        UPDATE drover_jobs SET state = ?2, rank = ?3, place = ?4, processed_at = NULL, result = NULL, failed_reason = NULL,
            deferred_failure = NULL,
            attempts_made = CASE WHEN ?5 THEN 0 ELSE attempts_made END,
            attempts_started = CASE WHEN ?5 THEN 0 ELSE attempts_started END, steps = CASE WHEN ?5 THEN steps & ~1 ELSE steps END
        WHERE seq = ?1
        """#

    /// `save-child.sql`
    static let saveChild = #"""
        INSERT OR REPLACE INTO drover_children (parent, status, queue, id, value) VALUES (?1, ?2, ?3, ?4, ?5)
        """#

    /// `save-dedup.sql`
    static let saveDedup = #"""
        INSERT OR REPLACE INTO drover_dedups (queue, id, holder, expires_at, next_id, next_name, next_payload, next_options,
            next_delay, next_start)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        """#

    /// `save-dependent.sql`
    static let saveDependent = #"""
        INSERT INTO drover_dependents (job, place, queue, id, policy) VALUES (?1, ?2, ?3, ?4, ?5)
        """#

    /// `save-group.sql`
    static let saveGroup = #"""
        INSERT OR REPLACE INTO drover_groups (queue, name, weight, concurrency, rate_max, rate_span, paused, waiting, active, window_end,
            begun, turn, rest, idle_until)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
        """#

    /// `save-limits.sql`
    static let saveLimits = #"""
        INSERT OR REPLACE INTO drover_limits
            (queue, concurrency, rate_max, rate_span, sliding, held_until, window_end, begun)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        """#

    /// `save-move.sql`
    static let saveMove = #"""
        INSERT OR REPLACE INTO drover_moves (queue, body) VALUES (?1, ?2)
        """#

    /// `save-parent.sql`
    static let saveParent = #"""
        INSERT OR REPLACE INTO drover_parents (job, queue, id, policy, more) VALUES (?1, ?2, ?3, ?4, ?5)
        """#

    /// `save-queue.sql`
    static let saveQueue = #"""
        UPDATE drover_queues SET paused = ?2, waiting = ?3, prioritized = ?4, delayed = ?5, active = ?6, completed = ?7,
            failed = ?8, last_event = ?9, cancels = ?10, gone = ?11,
            waiting_children = ?12, grouped = ?13
        WHERE number = ?1
        """#

    /// `save-reservation.sql`
    static let saveReservation = #"""
        INSERT OR REPLACE INTO drover_allowances (key, id, amount, ends) VALUES (?1, ?2, ?3, ?4)
        """#

    /// `save-result.sql`
    static let saveResult = #"""
        INSERT OR REPLACE INTO drover_results (queue, name, key, stored_at, ends, result) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        """#

    /// `save-schedule.sql`
    static let saveSchedule = #"""
        INSERT OR REPLACE INTO drover_schedules (queue, id, slot, iterations, paused, ended, pattern, zone, every, shift, starts_at,
            ends_at, most, jitter, catch_up, overlap, name, options, payload)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
        """#

    /// `save-sequence.sql`
    static let saveSequence = #"""
        UPDATE drover_sequence SET value = ?1 WHERE id = 1
        """#

    /// `save-slice.sql`
    static let saveSlice = #"""
        INSERT OR REPLACE INTO drover_slices (queue, slice, begun) VALUES (?1, ?2, ?3)
        """#

    /// `save-step.sql`
    static let saveStep = #"""
        INSERT OR REPLACE INTO drover_steps (job, name, at, result) VALUES (?1, ?2, ?3, ?4)
        """#

    /// `save-turns.sql`
    static let saveTurns = #"""
        INSERT OR REPLACE INTO drover_turns (queue, now, plain, weight, concurrency, rate_max, rate_span)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        """#

    /// `save-worker.sql`
    static let saveWorker = #"""
        INSERT INTO drover_workers (id, queue, host, process, concurrency, running, started_at, seen_at, valid_for)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8)
        ON CONFLICT (id) DO UPDATE SET queue = ?2, host = ?3, process = ?4, concurrency = ?5, running = ?6, seen_at = ?7,
            valid_for = ?8
        """#

    /// `schema-1.sql`
    static let schema1 = #"""
        CREATE TABLE drover_sequence (id INTEGER PRIMARY KEY CHECK (id = 1), value INTEGER NOT NULL);
        INSERT INTO drover_sequence (id, value) VALUES (1, 0);
        CREATE TABLE drover_host (id INTEGER PRIMARY KEY CHECK (id = 1), run TEXT NOT NULL, distance INTEGER NOT NULL);
        CREATE TABLE drover_queues (
            number INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            paused INTEGER NOT NULL DEFAULT 0,
            waiting INTEGER NOT NULL DEFAULT 0,
            prioritized INTEGER NOT NULL DEFAULT 0,
            delayed INTEGER NOT NULL DEFAULT 0,
            active INTEGER NOT NULL DEFAULT 0,
            completed INTEGER NOT NULL DEFAULT 0,
            failed INTEGER NOT NULL DEFAULT 0,
            last_event INTEGER NOT NULL DEFAULT 0,
            gone INTEGER NOT NULL DEFAULT 0,
            cancels INTEGER NOT NULL DEFAULT 0
        );
        CREATE TABLE drover_jobs (
            seq INTEGER PRIMARY KEY,
            queue INTEGER NOT NULL,
            state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 5),
            rank INTEGER NOT NULL,
            place INTEGER NOT NULL,
            priority INTEGER NOT NULL,
            attempts_made INTEGER NOT NULL DEFAULT 0,
            attempts_started INTEGER NOT NULL DEFAULT 0,
            stalls INTEGER NOT NULL DEFAULT 0,
            cancel INTEGER NOT NULL DEFAULT 0,
            log_lines INTEGER NOT NULL DEFAULT 0,
            created_at INTEGER NOT NULL,
            processed_at INTEGER,
            token TEXT,
            worker TEXT,
            id TEXT,
            name TEXT NOT NULL,
            result TEXT,
            progress TEXT,
            failed_reason TEXT,
            deferred_failure TEXT,
            stacktrace TEXT,
            options TEXT,
            payload TEXT NOT NULL
        );
        CREATE INDEX drover_jobs_order ON drover_jobs (queue, state, rank, place);
        CREATE UNIQUE INDEX drover_jobs_own_id ON drover_jobs (queue, id) WHERE id IS NOT NULL;
        CREATE TABLE drover_logs (
            job INTEGER NOT NULL,
            line INTEGER NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (job, line)
        ) WITHOUT ROWID;
        CREATE TABLE drover_events (
            queue INTEGER NOT NULL,
            last INTEGER NOT NULL,
            count INTEGER NOT NULL,
            at INTEGER NOT NULL,
            body BLOB NOT NULL
        );
        CREATE UNIQUE INDEX drover_events_position ON drover_events (queue, last);
        CREATE TABLE drover_exchanges (
            queue INTEGER NOT NULL,
            id TEXT NOT NULL,
            expires_at INTEGER NOT NULL,
            statuses BLOB NOT NULL,
            claims BLOB NOT NULL,
            lease INTEGER NOT NULL,
            PRIMARY KEY (queue, id)
        ) WITHOUT ROWID;
        CREATE INDEX drover_exchanges_expiry ON drover_exchanges (expires_at);
        CREATE TABLE drover_workers (
            id TEXT PRIMARY KEY,
            queue TEXT NOT NULL,
            host TEXT NOT NULL,
            process INTEGER NOT NULL,
            concurrency INTEGER NOT NULL,
            running INTEGER NOT NULL,
            started_at INTEGER NOT NULL,
            seen_at INTEGER NOT NULL,
            valid_for INTEGER NOT NULL
        ) WITHOUT ROWID;
        """#

    /// `schema-10.sql`
    static let schema10 = #"""
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (state BETWEEN 0 AND 6)', 'CHECK (state BETWEEN 0 AND 7)')
        WHERE type = 'table' AND name = 'drover_jobs';
        PRAGMA writable_schema = RESET;
        ALTER TABLE drover_queues ADD COLUMN grouped INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE drover_jobs ADD COLUMN grp TEXT;
        ALTER TABLE drover_jobs ADD COLUMN grp_rank INTEGER;
        ALTER TABLE drover_jobs ADD COLUMN grp_place INTEGER;
        CREATE INDEX drover_jobs_group ON drover_jobs (queue, grp, grp_rank, grp_place) WHERE state = 7;
        CREATE TABLE drover_groups (
            queue INTEGER NOT NULL,
            name TEXT NOT NULL,
            weight INTEGER,
            concurrency INTEGER,
            rate_max INTEGER,
            rate_span INTEGER,
            paused INTEGER NOT NULL,
            waiting INTEGER NOT NULL,
            active INTEGER NOT NULL,
            window_end INTEGER,
            begun INTEGER NOT NULL,
            turn INTEGER,
            rest INTEGER,
            idle_until INTEGER,
            PRIMARY KEY (queue, name)
        ) WITHOUT ROWID;
        CREATE INDEX drover_groups_turn ON drover_groups (queue, turn, name) WHERE turn IS NOT NULL;
        CREATE INDEX drover_groups_rest ON drover_groups (queue, rest, name) WHERE rest IS NOT NULL;
        CREATE INDEX drover_groups_idle ON drover_groups (queue, idle_until) WHERE idle_until IS NOT NULL;
        CREATE TABLE drover_turns (
            queue INTEGER PRIMARY KEY,
            now INTEGER NOT NULL,
            plain INTEGER NOT NULL,
            weight INTEGER,
            concurrency INTEGER,
            rate_max INTEGER,
            rate_span INTEGER
        );
        UPDATE drover_jobs SET grp = json_extract(options, '$.group'), steps = steps | 8
        WHERE options IS NOT NULL AND json_valid(options) AND json_type(options, '$.group') = 'text'
            AND json_extract(options, '$.group') <> '';
        UPDATE drover_jobs SET grp_rank = CASE state WHEN 0 THEN 0 ELSE rank END, grp_place = place, rank = 0, place = seq, state = 7
        WHERE state <= 1 AND grp IS NOT NULL;
        INSERT INTO drover_groups (queue, name, paused, waiting, active, begun, turn)
        SELECT queue, grp, 0, sum(state = 7), sum(state = 3), 0, CASE WHEN sum(state = 7) > 0 THEN 5040 END
        FROM drover_jobs WHERE grp IS NOT NULL AND state IN (3, 7) GROUP BY queue, grp;
        UPDATE drover_queues SET
            waiting = (SELECT count(*) FROM drover_jobs WHERE queue = number AND state = 0),
            prioritized = (SELECT count(*) FROM drover_jobs WHERE queue = number AND state = 1),
            grouped = (SELECT count(*) FROM drover_jobs WHERE queue = number AND state = 7)
        WHERE number IN (SELECT queue FROM drover_groups);
        """#

    /// `schema-11.sql`
    static let schema11 = #"""
        ALTER TABLE drover_parents ADD COLUMN more INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE drover_dependents (
            job INTEGER NOT NULL,
            place INTEGER NOT NULL,
            queue TEXT NOT NULL,
            id TEXT NOT NULL,
            policy INTEGER NOT NULL,
            PRIMARY KEY (job, place)
        ) WITHOUT ROWID;
        """#

    /// `schema-12.sql`
    static let schema12 = #"""
        CREATE TABLE drover_results (
            queue TEXT NOT NULL,
            name TEXT NOT NULL,
            key TEXT NOT NULL,
            stored_at INTEGER NOT NULL,
            ends INTEGER NOT NULL,
            result TEXT NOT NULL,
            PRIMARY KEY (queue, name, key)
        );
        CREATE INDEX drover_results_by_end ON drover_results (ends);
        """#

    /// `schema-2.sql`
    static let schema2 = #"""
        CREATE TABLE drover_schedules (
            queue INTEGER NOT NULL,
            id TEXT NOT NULL,
            slot INTEGER NOT NULL,
            iterations INTEGER NOT NULL,
            paused INTEGER NOT NULL,
            ended INTEGER NOT NULL,
            pattern TEXT,
            zone TEXT,
            every INTEGER,
            shift INTEGER,
            starts_at INTEGER,
            ends_at INTEGER,
            most INTEGER,
            jitter INTEGER NOT NULL,
            catch_up INTEGER NOT NULL,
            overlap INTEGER NOT NULL,
            name TEXT NOT NULL,
            options TEXT,
            payload TEXT NOT NULL,
            PRIMARY KEY (queue, id)
        ) WITHOUT ROWID;
        CREATE INDEX drover_schedules_order ON drover_schedules (queue, slot, id);
        """#

    /// `schema-3.sql`
    static let schema3 = #"""
        CREATE TABLE drover_moves (queue INTEGER PRIMARY KEY, body TEXT NOT NULL);
        """#

    /// `schema-4.sql`
    static let schema4 = #"""
        ALTER TABLE drover_queues ADD COLUMN max_length INTEGER;
        """#

    /// `schema-5.sql`
    static let schema5 = #"""
        ALTER TABLE drover_jobs ADD COLUMN steps INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE drover_steps (
            job INTEGER NOT NULL,
            name TEXT NOT NULL,
            at INTEGER NOT NULL,
            result TEXT NOT NULL,
            PRIMARY KEY (job, name)
        ) WITHOUT ROWID;
        """#

    /// `schema-6.sql`
    static let schema6 = #"""
        ALTER TABLE drover_queues ADD COLUMN limited INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE drover_limits (
            queue INTEGER PRIMARY KEY,
            concurrency INTEGER,
            rate_max INTEGER,
            rate_span INTEGER,
            sliding INTEGER NOT NULL DEFAULT 0,
            held_until INTEGER,
            window_end INTEGER,
            begun INTEGER NOT NULL DEFAULT 0
        );
        CREATE TABLE drover_slices (
            queue INTEGER NOT NULL,
            slice INTEGER NOT NULL,
            begun INTEGER NOT NULL,
            PRIMARY KEY (queue, slice)
        ) WITHOUT ROWID;
        """#

    /// `schema-7.sql`
    static let schema7 = #"""
        ALTER TABLE drover_jobs ADD COLUMN dedup TEXT;
        CREATE TABLE drover_dedups (
            queue INTEGER NOT NULL,
            id TEXT NOT NULL,
            holder TEXT,
            expires_at INTEGER,
            next_id TEXT,
            next_name TEXT,
            next_payload TEXT,
            next_options TEXT,
            next_delay INTEGER,
            next_start INTEGER,
            PRIMARY KEY (queue, id)
        ) WITHOUT ROWID;
        CREATE INDEX drover_dedups_expiry ON drover_dedups (expires_at) WHERE expires_at IS NOT NULL;
        """#

    /// `schema-8.sql`
    static let schema8 = #"""
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (state BETWEEN 0 AND 5)', 'CHECK (state BETWEEN 0 AND 6)')
        WHERE type = 'table' AND name = 'drover_jobs';
        PRAGMA writable_schema = RESET;
        ALTER TABLE drover_queues ADD COLUMN waiting_children INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE drover_jobs ADD COLUMN wait_delay INTEGER;
        CREATE TABLE drover_parents (
            job INTEGER PRIMARY KEY,
            queue TEXT NOT NULL,
            id TEXT NOT NULL,
            policy INTEGER NOT NULL
        );
        CREATE TABLE drover_children (
            parent INTEGER NOT NULL,
            status INTEGER NOT NULL,
            queue TEXT NOT NULL,
            id TEXT NOT NULL,
            value TEXT,
            PRIMARY KEY (parent, status, queue, id)
        ) WITHOUT ROWID;
        """#

    /// `schema-9.sql`
    static let schema9 = #"""
        CREATE TABLE drover_allowances (
            key TEXT NOT NULL,
            id TEXT NOT NULL,
            amount INTEGER NOT NULL,
            ends INTEGER NOT NULL,
            PRIMARY KEY (key, id)
        ) WITHOUT ROWID;
        CREATE INDEX drover_allowances_by_key ON drover_allowances (key, ends, amount);
        CREATE INDEX drover_allowances_by_end ON drover_allowances (ends);
        """#

    /// `select-due.sql`
    static let selectDue = #"""
        SELECT seq, id, priority, steps FROM drover_jobs
        WHERE queue = ?1 AND state = 2 AND rank <= ?2 ORDER BY rank, place LIMIT ?3
        """#

    /// `select-expired.sql`
    static let selectExpired = #"""
        SELECT seq, id, priority, stalls, cancel, deferred_failure, steps FROM drover_jobs
        WHERE queue = ?1 AND state = 3 AND rank <= ?2 ORDER BY rank, place LIMIT ?3
        """#

    /// `select-finished-before.sql`
    static let selectFinishedBefore = #"""
        SELECT seq, log_lines, steps, dedup FROM drover_jobs
        WHERE queue = ?1 AND state = +?2 AND rank <= ?3 ORDER BY rank, place LIMIT ?4
        """#

    /// `select-held.sql`
    static let selectHeld = #"""
        SELECT priority, attempts_made, stacktrace, log_lines, steps, dedup, options, cancel FROM drover_jobs
        WHERE seq = ?1 AND queue = ?2 AND state = 3 AND token = ?3 AND (id IS NULL) = ?4
        """#

    /// `select-in-group.sql`
    static let selectInGroup = #"""
        SELECT seq, id, name, state, rank, priority, attempts_made, attempts_started, stalls, created_at, processed_at, worker, cancel, log_lines, token, options, payload, progress, result, failed_reason, deferred_failure, stacktrace, place, steps, dedup
        FROM drover_jobs WHERE queue = ?1 AND grp = ?2 AND state = 7 ORDER BY grp_rank, grp_place LIMIT 1 OFFSET ?3
        """#

    /// `select-job.sql`
    static let selectJob = #"""
        SELECT seq, id, name, state, rank, priority, attempts_made, attempts_started, stalls, created_at, processed_at, worker, cancel, log_lines, token, options, payload, progress, result, failed_reason, deferred_failure, stacktrace, place, steps, dedup, queue
        FROM drover_jobs WHERE seq = ?1
        """#

    /// `select-ready.sql`
    static let selectReady = #"""
        SELECT seq, id, name, state, rank, priority, attempts_made, attempts_started, stalls, created_at, processed_at, worker, cancel, log_lines, token, options, payload, progress, result, failed_reason, deferred_failure, stacktrace, place, steps, dedup
        FROM drover_jobs WHERE queue = ?1 AND state <= 1 ORDER BY state, rank, place LIMIT ?2
        """#

    /// `select-schedule.sql`
    static let selectSchedule = #"""
        SELECT id, slot, iterations, paused, ended, pattern, zone, every, shift, starts_at, ends_at, most, jitter, catch_up, overlap, name, options, payload
        FROM drover_schedules WHERE queue = ?1 AND id = ?2
        """#

    /// `set-deferred-failure.sql`
    static let setDeferredFailure = #"""
        UPDATE drover_jobs SET deferred_failure = ?2 WHERE seq = ?1
        """#

    /// `set-limited.sql`
    static let setLimited = #"""
        UPDATE drover_queues SET limited = ?2 WHERE number = ?1
        """#

    /// `set-log-lines.sql`
    static let setLogLines = #"""
        UPDATE drover_jobs SET log_lines = ?2 WHERE seq = ?1
        """#

    /// `set-max-length.sql`
    static let setMaxLength = #"""
        UPDATE drover_queues SET max_length = ?2 WHERE number = ?1
        """#

    /// `set-payload.sql`
    static let setPayload = #"""
        UPDATE drover_jobs SET payload = ?2 WHERE seq = ?1
        """#

    /// `set-priority.sql`
    static let setPriority = #"""
        UPDATE drover_jobs SET priority = ?2, state = ?3, rank = ?4, place = ?5 WHERE seq = ?1
        """#

    /// `set-progress.sql`
    static let setProgress = #"""
        UPDATE drover_jobs SET progress = ?2 WHERE seq = ?1
        """#

    /// `set-wait-delay.sql`
    static let setWaitDelay = #"""
        UPDATE drover_jobs SET wait_delay = ?2 WHERE seq = ?1
        """#

    /// `step-schedule.sql`
    static let stepSchedule = #"""
        UPDATE drover_schedules SET slot = ?3, iterations = ?4, paused = ?5, ended = ?6 WHERE queue = ?1 AND id = ?2
        """#

    /// `sum-reservations.sql`
    static let sumReservations = #"""
        SELECT COALESCE(SUM(amount), 0) FROM drover_allowances WHERE key = ?1 AND ends > ?2
        """#

    /// `trim-events.sql`
    static let trimEvents = #"""
        DELETE FROM drover_events WHERE rowid IN
            (SELECT rowid FROM drover_events WHERE queue = ?1 AND last <= ?2 ORDER BY last LIMIT ?3)
        """#

    /// `trim-logs.sql`
    static let trimLogs = #"""
        DELETE FROM drover_logs WHERE job = ?1 AND line < ?2
        """#

    /// `watch-queue.sql`
    static let watchQueue = #"""
        SELECT CASE WHEN paused THEN 0 ELSE waiting + prioritized
                + (grouped > 0 AND EXISTS (SELECT 1 FROM drover_groups WHERE queue = number AND turn IS NOT NULL)) END, last_event, cancels,
            (SELECT rank FROM drover_jobs WHERE queue = number AND state = 2 ORDER BY rank LIMIT 1),
            CASE WHEN limited THEN number END, active,
            CASE WHEN grouped > 0 AND NOT paused
                THEN (SELECT rest FROM drover_groups WHERE queue = number AND rest IS NOT NULL ORDER BY rest LIMIT 1) END
        FROM drover_queues WHERE name = ?1
        """#
}
