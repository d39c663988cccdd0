-- Stores a group. Inputs: 1 queue number, then the columns that load-group.sql names, in their order; 14 until when it is kept
-- though nothing but its window is left, or NULL. Complexity: one descent in the table, and one in each index it is in.
INSERT OR REPLACE INTO drover_groups (queue, name, weight, concurrency, rate_max, rate_span, paused, waiting, active, window_end,
    begun, turn, rest, idle_until)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
