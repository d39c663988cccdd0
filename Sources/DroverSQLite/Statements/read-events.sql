-- Rows that hold events behind a position. Inputs: 1 queue number, 2 position, 3 how many rows.
SELECT last, count, body, at FROM drover_events WHERE queue = ?1 AND last > ?2 ORDER BY last LIMIT ?3
