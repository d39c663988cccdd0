-- A page of a log, oldest first. Inputs: 1 seq, 2 line to go on behind, 3 how many.
SELECT line, text FROM drover_logs WHERE job = ?1 AND line > ?2 ORDER BY line LIMIT ?3
