-- Stores the events of one transaction in one row. Inputs: 1 queue number, 2 last position, 3 number of events,
-- 4 packed events, 5 now.
INSERT INTO drover_events (queue, last, count, at, body) VALUES (?1, ?2, ?3, ?5, ?4)
