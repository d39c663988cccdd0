-- Hands a job out. Inputs: 1 seq, 2 lease expiry, 3 place, 4 token, 5 worker, 6 now.
UPDATE drover_jobs SET state = 3, rank = ?2, place = ?3, token = ?4, worker = ?5, processed_at = ?6,
    attempts_started = attempts_started + 1
WHERE seq = ?1
