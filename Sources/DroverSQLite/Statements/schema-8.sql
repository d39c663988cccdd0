-- Version 8 of the layout: flows.
-- State 6 is that of a job that waits for its children. A check can't be changed by ALTER TABLE: its text is, as SQLite's
-- documentation allows for checks, and the schema is read anew.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (state BETWEEN 0 AND 5)', 'CHECK (state BETWEEN 0 AND 6)')
WHERE type = 'table' AND name = 'drover_jobs';
PRAGMA writable_schema = RESET;
ALTER TABLE drover_queues ADD COLUMN waiting_children INTEGER NOT NULL DEFAULT 0;
-- How long a job is delayed once its children are done, in ms; NULL for not at all. drover_jobs.steps has from now on the
-- bits of what a job has beside its row: 1 steps, 2 a parent, 4 children.
ALTER TABLE drover_jobs ADD COLUMN wait_delay INTEGER;
-- The parent of a job, by its key: it may be gone. policy: 0 none, 1 fail, 2 continue, 3 ignore, 4 remove.
CREATE TABLE drover_parents (
    job INTEGER PRIMARY KEY,
    queue TEXT NOT NULL,
    id TEXT NOT NULL,
    policy INTEGER NOT NULL
);
-- The children of a job, by their keys: they may be gone. status: 0 pending, 1 processed, 2 ignored, 3 failed. value: the
-- result or the reason.
CREATE TABLE drover_children (
    parent INTEGER NOT NULL,
    status INTEGER NOT NULL,
    queue TEXT NOT NULL,
    id TEXT NOT NULL,
    value TEXT,
    PRIMARY KEY (parent, status, queue, id)
) WITHOUT ROWID;
