-- Takes a schedule to another slot. Inputs: 1 queue number, 2 id, 3 slot, 4 iterations, 5 paused, 6 ended.
-- Complexity: one descent in the table, two in the order index.
UPDATE drover_schedules SET slot = ?3, iterations = ?4, paused = ?5, ended = ?6 WHERE queue = ?1 AND id = ?2
