-- Fails a job that is not active. Inputs: 1 seq, 2 now, 3 place, 4 reason.
UPDATE drover_jobs SET state = 5, rank = ?2, place = ?3, failed_reason = ?4, deferred_failure = NULL WHERE seq = ?1
