-- What settling needs of a job whose lease is held; no row when it is lost.
-- Inputs: 1 seq, 2 queue number, 3 token, 4 whether the id is generated (1) or own (0).
SELECT priority, attempts_made, stacktrace, log_lines, steps, dedup, options, cancel FROM drover_jobs
WHERE seq = ?1 AND queue = ?2 AND state = 3 AND token = ?3 AND (id IS NULL) = ?4
