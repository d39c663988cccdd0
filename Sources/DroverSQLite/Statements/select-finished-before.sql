-- Finished jobs up to an instant, oldest first. Inputs: 1 queue number, 2 state, 3 instant, 4 how many.
SELECT seq, log_lines, steps, dedup FROM drover_jobs
WHERE queue = ?1 AND state = ?2 AND rank <= ?3 ORDER BY rank, place LIMIT ?4
