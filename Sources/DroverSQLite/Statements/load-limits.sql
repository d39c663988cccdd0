-- What bounds the jobs that a queue hands out. Inputs: 1 queue number.
SELECT concurrency, rate_max, rate_span, sliding, held_until, window_end, begun FROM drover_limits WHERE queue = ?1
