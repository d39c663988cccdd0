-- The clock of turns of a queue and the settings of all its groups. Inputs: 1 queue number.
SELECT now, plain, weight, concurrency, rate_max, rate_span FROM drover_turns WHERE queue = ?1
