-- Forgets old events, a few rows at a time. Inputs: 1 queue number, 2 last position to forget, 3 how many rows.
DELETE FROM drover_events WHERE rowid IN
    (SELECT rowid FROM drover_events WHERE queue = ?1 AND last <= ?2 ORDER BY last LIMIT ?3)
