-- A page of the jobs that wait in a group, forwards. Inputs: 1 queue number, 2 group, 3 rank and 4 place to go on
-- behind, 5 how many. Complexity: a range of the group index.
SELECT seq, id, name, state, rank, priority, attempts_made, attempts_started, stalls, created_at, processed_at, worker, cancel, log_lines, token, options, payload, progress, result, failed_reason, deferred_failure, stacktrace, place, steps, dedup, grp_rank, grp_place
FROM drover_jobs WHERE queue = ?1 AND grp = ?2 AND state = 7 AND (grp_rank, grp_place) > (?3, ?4)
ORDER BY grp_rank, grp_place LIMIT ?5
