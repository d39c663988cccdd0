-- Removes the oldest lines. Inputs: 1 seq, 2 the first line that stays.
DELETE FROM drover_logs WHERE job = ?1 AND line < ?2
