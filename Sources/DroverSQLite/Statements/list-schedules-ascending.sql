-- A page of a queue's schedules, forwards. Inputs: 1 queue number, 2 slot and 3 id to go on behind, 4 how many.
-- Complexity: a range of the order index, and one descent in the table for each.
SELECT id, slot, iterations, paused, ended, pattern, zone, every, shift, starts_at, ends_at, most, jitter, catch_up, overlap, name, options, payload
FROM drover_schedules WHERE queue = ?1 AND (slot, id) > (?2, ?3) ORDER BY slot, id LIMIT ?4
