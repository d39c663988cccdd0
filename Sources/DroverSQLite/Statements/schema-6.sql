-- Version 6 of the layout: what bounds the jobs that a queue hands out. drover_queues.limited is 1 for a queue that has a row in
-- drover_limits. rate_span is in ms; held_until and window_end are instants in ms; begun counts the jobs of a fixed window.
-- drover_slices counts those of a sliding one: slice is an instant divided by a hundredth of the span.
ALTER TABLE drover_queues ADD COLUMN limited INTEGER NOT NULL DEFAULT 0;
CREATE TABLE drover_limits (
    queue INTEGER PRIMARY KEY,
    concurrency INTEGER,
    rate_max INTEGER,
    rate_span INTEGER,
    sliding INTEGER NOT NULL DEFAULT 0,
    held_until INTEGER,
    window_end INTEGER,
    begun INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE drover_slices (
    queue INTEGER NOT NULL,
    slice INTEGER NOT NULL,
    begun INTEGER NOT NULL,
    PRIMARY KEY (queue, slice)
) WITHOUT ROWID;
