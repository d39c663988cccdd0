-- Removes a schedule. Inputs: 1 queue number, 2 id.
DELETE FROM drover_schedules WHERE queue = ?1 AND id = ?2
