-- Delayed jobs whose time has come, by time, then entry. Inputs: 1 queue number, 2 now, 3 how many.
SELECT seq, id, priority, steps FROM drover_jobs
WHERE queue = ?1 AND state = 2 AND rank <= ?2 ORDER BY rank, place LIMIT ?3
