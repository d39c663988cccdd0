-- Stores one new job.
-- Inputs: 1 seq, 2 queue number, 3 state code, 4 rank, 5 place, 6 own id or NULL, 7 name, 8 priority, 9 created at,
--         10 stored options or NULL for the defaults, 11 payload.
-- Complexity: appends to the table; one descent in the order index, one more in the id index for an own id.
INSERT INTO drover_jobs (seq, queue, state, rank, place, id, name, priority, created_at, options, payload)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
