-- Stores a schedule in the place of the one with its id.
-- Inputs: 1 queue number, then the columns that select-schedule.sql names, in their order.
-- Complexity: one descent in the table, two in the order index.
INSERT OR REPLACE INTO drover_schedules (queue, id, slot, iterations, paused, ended, pattern, zone, every, shift, starts_at,
    ends_at, most, jitter, catch_up, overlap, name, options, payload)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
