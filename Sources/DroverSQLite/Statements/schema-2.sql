-- Version 2 of the layout: schedules.
-- Spans and instants are in ms. Either pattern, and zone unless unknown, or every and shift are set. catch_up: 0 skips
-- slots that passed, -1 runs the latest, else so many of them are run. overlap: 1 when runs must not overlap.
CREATE TABLE drover_schedules (
    queue INTEGER NOT NULL,
    id TEXT NOT NULL,
    slot INTEGER NOT NULL,
    iterations INTEGER NOT NULL,
    paused INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    pattern TEXT,
    zone TEXT,
    every INTEGER,
    shift INTEGER,
    starts_at INTEGER,
    ends_at INTEGER,
    most INTEGER,
    jitter INTEGER NOT NULL,
    catch_up INTEGER NOT NULL,
    overlap INTEGER NOT NULL,
    name TEXT NOT NULL,
    options TEXT,
    payload TEXT NOT NULL,
    PRIMARY KEY (queue, id)
) WITHOUT ROWID;
CREATE INDEX drover_schedules_order ON drover_schedules (queue, slot, id);
