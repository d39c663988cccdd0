-- Forgets a queue's events: at most a little more than the number that is kept. Inputs: 1 queue number.
DELETE FROM drover_events WHERE queue = ?1
