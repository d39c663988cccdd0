-- One schedule. Inputs: 1 queue number, 2 id. Complexity: one descent in the table.
SELECT id, slot, iterations, paused, ended, pattern, zone, every, shift, starts_at, ends_at, most, jitter, catch_up, overlap, name, options, payload
FROM drover_schedules WHERE queue = ?1 AND id = ?2
