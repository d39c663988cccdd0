-- A page of a queue's groups, backwards. Inputs: 1 queue number, 2 name to go on before, or NULL, 3 how many.
SELECT name, weight, concurrency, rate_max, rate_span, paused, waiting, active, window_end, begun, turn, rest FROM drover_groups
WHERE queue = ?1 AND (?2 IS NULL OR name < ?2) AND idle_until IS NULL ORDER BY name DESC LIMIT ?3
