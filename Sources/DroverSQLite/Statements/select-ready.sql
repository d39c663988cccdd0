-- The jobs to hand out next, in order: no priority first, then priorities from 1 up, then by entry.
-- Inputs: 1 queue number, 2 how many. Complexity: a range of the order index; states 0 and 1 are ready.
SELECT seq, id, name, state, rank, priority, attempts_made, attempts_started, stalls, created_at, processed_at, worker, cancel, log_lines, token, options, payload, progress, result, failed_reason, deferred_failure, stacktrace, place, steps, dedup
FROM drover_jobs WHERE queue = ?1 AND state <= 1 ORDER BY state, rank, place LIMIT ?2
