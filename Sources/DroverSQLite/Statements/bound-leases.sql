-- Brings leases that a wrong clock has put far ahead back into reach. Inputs: 1 the latest expiry.
UPDATE drover_jobs SET rank = ?1 WHERE queue IN (SELECT number FROM drover_queues) AND state = 3 AND rank > ?1
