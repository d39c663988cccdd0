-- Removes a job's log. Inputs: 1 seq.
DELETE FROM drover_logs WHERE job = ?1
