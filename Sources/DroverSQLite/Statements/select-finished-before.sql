-- Finished jobs up to an instant, oldest first. Inputs: 1 queue number, 2 state, 3 instant, 4 how many.
-- The sign keeps the planner from comparing the state with the condition of an index: another state would then compile
-- the statement anew.
SELECT seq, log_lines, steps, dedup FROM drover_jobs
WHERE queue = ?1 AND state = +?2 AND rank <= ?3 ORDER BY rank, place LIMIT ?4
