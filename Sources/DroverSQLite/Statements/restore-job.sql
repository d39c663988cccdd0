-- Stores a job that comes from another store, as it is.
-- Inputs: 1 seq, 2 queue number, 3 state code, 4 rank, 5 place, 6 own id or NULL, 7 name, 8 priority, 9 created at,
--         10 stored options or NULL for the defaults, 11 payload, 12 attempts made, 13 attempts started, 14 stalls,
--         15 processed at, 16 worker, 17 result, 18 progress, 19 failed reason, 20 deferred failure, 21 stack traces,
--         22 lines of its log, 23 whether it has steps (1).
-- Complexity: as insert-job.
INSERT INTO drover_jobs (seq, queue, state, rank, place, id, name, priority, created_at, options, payload, attempts_made,
    attempts_started, stalls, processed_at, worker, result, progress, failed_reason, deferred_failure, stacktrace, log_lines,
    steps)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)
