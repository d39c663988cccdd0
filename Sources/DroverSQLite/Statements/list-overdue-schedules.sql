-- Schedules whose slot has come and whose job is not there or has finished, by slot.
-- Inputs: 1 queue number, 2 now, 3 slot and 4 id to go on behind, 5 how many.
-- Complexity: a range of the order index as far as now, and for each a descent in the table and in the ids of jobs.
SELECT id, slot, iterations, paused, ended, pattern, zone, every, shift, starts_at, ends_at, most, jitter, catch_up, overlap, name, options, payload
FROM drover_schedules AS schedule
WHERE queue = ?1 AND slot <= ?2 AND (slot, id) > (?3, ?4) AND paused = 0 AND ended = 0
    AND NOT EXISTS (
        SELECT 1 FROM drover_jobs
        WHERE queue = ?1 AND id = 'repeat:' || schedule.id || ':' || schedule.slot AND state NOT IN (4, 5))
ORDER BY slot, id LIMIT ?5
