-- A page of one state, forwards. Inputs: 1 queue number, 2 state, 3 rank and 4 place to go on behind, 5 how many.
-- Complexity: a range of the order index.
-- The sign: see select-finished-before.
SELECT seq, id, name, state, rank, priority, attempts_made, attempts_started, stalls, created_at, processed_at, worker, cancel, log_lines, token, options, payload, progress, result, failed_reason, deferred_failure, stacktrace, place, steps, dedup
FROM drover_jobs WHERE queue = ?1 AND state = +?2 AND (rank, place) > (?3, ?4) ORDER BY rank, place LIMIT ?5
