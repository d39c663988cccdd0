-- Removes all schedules of a queue. Inputs: 1 queue number.
DELETE FROM drover_schedules WHERE queue = ?1
