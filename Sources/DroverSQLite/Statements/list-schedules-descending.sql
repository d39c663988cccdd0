-- A page of a queue's schedules, backwards. Inputs: 1 queue number, 2 slot and 3 id to go on before (NULL: from the end),
-- 4 how many. Complexity: a range of the order index, and one descent in the table for each.
SELECT id, slot, iterations, paused, ended, pattern, zone, every, shift, starts_at, ends_at, most, jitter, catch_up, overlap, name, options, payload
FROM drover_schedules WHERE queue = ?1 AND (?3 IS NULL OR (slot, id) < (?2, ?3)) ORDER BY slot DESC, id DESC LIMIT ?4
