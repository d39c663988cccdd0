-- Stores the events of one transaction in one row. Inputs: 1 queue number, 2 last position, 3 number of events, 4 packed events.
INSERT INTO drover_events (queue, last, count, body) VALUES (?1, ?2, ?3, ?4)
