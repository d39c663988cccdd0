-- Stores what bounds a queue. Inputs: 1 queue number, 2 concurrency, 3 greatest number of jobs in a span, 4 span in ms, 5 whether its
-- window slides, 6 until when the queue is held, 7 end of the fixed window, 8 jobs that began in it.
INSERT OR REPLACE INTO drover_limits
    (queue, concurrency, rate_max, rate_span, sliding, held_until, window_end, begun)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
