-- A page of a queue's groups, forwards. Inputs: 1 queue number, 2 name to go on behind, 3 how many.
SELECT name, weight, concurrency, rate_max, rate_span, paused, waiting, active, window_end, begun, turn, rest FROM drover_groups
WHERE queue = ?1 AND name > ?2 AND idle_until IS NULL ORDER BY name LIMIT ?3
