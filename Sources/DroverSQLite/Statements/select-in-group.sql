-- The next jobs of a group, in order. Inputs: 1 queue number, 2 group, 3 how many to pass over.
-- Complexity: a range of the group index.
SELECT seq, id, name, state, rank, priority, attempts_made, attempts_started, stalls, created_at, processed_at, worker, cancel, log_lines, token, options, payload, progress, result, failed_reason, deferred_failure, stacktrace, place, steps, dedup
FROM drover_jobs WHERE queue = ?1 AND grp = ?2 AND state = 7 ORDER BY grp_rank, grp_place LIMIT 1 OFFSET ?3
