-- Active jobs whose lease has expired, earliest first. Inputs: 1 queue number, 2 now, 3 how many.
SELECT seq, id, priority, stalls, cancel, deferred_failure, steps FROM drover_jobs
WHERE queue = ?1 AND state = 3 AND rank <= ?2 ORDER BY rank, place LIMIT ?3
