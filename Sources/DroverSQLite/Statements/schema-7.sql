-- Version 7 of the layout: deduplication. drover_jobs.dedup is the deduplication id that a job was stored with, NULL for none.
-- drover_dedups says who holds an id of a queue: holder is the id of a job, or NULL when only a kept job is left; expires_at,
-- in ms, is NULL when the hold ends with the holder's work. next_… is the job that is enqueued then: its id as decimal text
-- when it was generated, and its delay in ms or the instant of its start, of which at most one is set.
ALTER TABLE drover_jobs ADD COLUMN dedup TEXT;
CREATE TABLE drover_dedups (
    queue INTEGER NOT NULL,
    id TEXT NOT NULL,
    holder TEXT,
    expires_at INTEGER,
    next_id TEXT,
    next_name TEXT,
    next_payload TEXT,
    next_options TEXT,
    next_delay INTEGER,
    next_start INTEGER,
    PRIMARY KEY (queue, id)
) WITHOUT ROWID;
CREATE INDEX drover_dedups_expiry ON drover_dedups (expires_at) WHERE expires_at IS NOT NULL;
