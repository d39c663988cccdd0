-- How many lines a log has. Inputs: 1 seq. Complexity: the length of that one log.
SELECT count(*) FROM drover_logs WHERE job = ?1
