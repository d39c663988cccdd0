-- Makes a finished job ready again. Inputs: 1 seq, 2 state, 3 rank, 4 place, 5 whether the attempts start anew (1).
-- Its steps are removed by delete-steps.
UPDATE drover_jobs SET state = ?2, rank = ?3, place = ?4, processed_at = NULL, result = NULL, failed_reason = NULL,
    deferred_failure = NULL,
    attempts_made = CASE WHEN ?5 THEN 0 ELSE attempts_made END,
    attempts_started = CASE WHEN ?5 THEN 0 ELSE attempts_started END, steps = CASE WHEN ?5 THEN steps & ~1 ELSE steps END
WHERE seq = ?1
