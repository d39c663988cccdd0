-- Completes a job whose lease is known to be held. Inputs: 1 seq, 2 now, 3 place, 4 result.
UPDATE drover_jobs SET state = 4, rank = ?2, place = ?3, attempts_made = attempts_made + 1, result = ?4, token = NULL,
    cancel = 0, deferred_failure = NULL
WHERE seq = ?1
