-- Settles a completed attempt, if the lease is held. Inputs: 1 seq, 2 queue number, 3 token, 4 whether the id is
-- generated (1) or own (0), 5 now, 6 place, 7 result. Changes one row, or none when the lease is lost, or the job has a
-- parent, children or a deduplication id, so that its end has more to it.
UPDATE drover_jobs SET state = 4, rank = ?5, place = ?6, attempts_made = attempts_made + 1, result = ?7, token = NULL,
    cancel = 0, deferred_failure = NULL
WHERE seq = ?1 AND queue = ?2 AND state = 3 AND token = ?3 AND (id IS NULL) = ?4 AND steps < 2 AND dedup IS NULL
