-- A page of a log, newest first. Inputs: 1 seq, 2 line to go on before, 3 how many.
SELECT line, text FROM drover_logs WHERE job = ?1 AND line < ?2 ORDER BY line DESC LIMIT ?3
