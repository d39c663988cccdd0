-- Lets whoever takes a job next fail it. Inputs: 1 seq, 2 reason.
UPDATE drover_jobs SET deferred_failure = ?2 WHERE seq = ?1
