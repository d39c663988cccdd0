-- Stores the clock of turns of a queue and the settings of all its groups. Inputs: 1 queue number, then the columns that
-- load-turns.sql names, in their order.
INSERT OR REPLACE INTO drover_turns (queue, now, plain, weight, concurrency, rate_max, rate_span)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
