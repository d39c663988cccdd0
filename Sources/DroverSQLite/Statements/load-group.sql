-- A group. Inputs: 1 queue number, 2 name. Complexity: one descent.
SELECT name, weight, concurrency, rate_max, rate_span, paused, waiting, active, window_end, begun, turn, rest FROM drover_groups
WHERE queue = ?1 AND name = ?2
