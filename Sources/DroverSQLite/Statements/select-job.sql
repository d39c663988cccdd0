-- One job. Inputs: 1 seq. Complexity: one descent in the table.
SELECT seq, id, name, state, rank, priority, attempts_made, attempts_started, stalls, created_at, processed_at, worker, cancel, log_lines, token, options, payload, progress, result, failed_reason, deferred_failure, stacktrace, place, steps, dedup, queue
FROM drover_jobs WHERE seq = ?1
