-- Extends a lease. Inputs: 1 seq, 2 queue number, 3 token, 4 whether the id is generated (1) or own (0), 5 expiry.
-- Result: the cancel flag; no row when the lease is lost.
UPDATE drover_jobs SET rank = ?5
WHERE seq = ?1 AND queue = ?2 AND state = 3 AND token = ?3 AND (id IS NULL) = ?4 RETURNING cancel
