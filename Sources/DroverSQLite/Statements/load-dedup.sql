-- Who holds a deduplication id. Inputs: 1 queue number, 2 the id. Complexity: one descent.
SELECT holder, expires_at, next_id, next_name, next_payload, next_options, next_delay, next_start FROM drover_dedups
WHERE queue = ?1 AND id = ?2
