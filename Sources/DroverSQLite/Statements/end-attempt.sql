-- Moves an active job on after an attempt that did not complete. Inputs: 1 seq, 2 state, 3 rank, 4 place,
-- 5 attempts made, 6 reason or NULL to keep the old one, 7 stack traces or NULL to keep the old ones, 8 whether a
-- deferred failure ends (1), 9 the deferred failure of a job that was to be cancelled and did not end.
UPDATE drover_jobs SET state = ?2, rank = ?3, place = ?4, attempts_made = ?5,
    failed_reason = coalesce(?6, failed_reason), stacktrace = coalesce(?7, stacktrace), token = NULL, cancel = 0,
    deferred_failure = CASE WHEN ?8 THEN NULL WHEN cancel THEN ?9 ELSE deferred_failure END
WHERE seq = ?1
