-- Version 11 of the layout: jobs that several wait for.
-- Whether a job has more parents than the one here: those in drover_dependents.
ALTER TABLE drover_parents ADD COLUMN more INTEGER NOT NULL DEFAULT 0;
-- The further parents of a job, by their keys: they may be gone. place: the order in which they hear of it.
CREATE TABLE drover_dependents (
    job INTEGER NOT NULL,
    place INTEGER NOT NULL,
    queue TEXT NOT NULL,
    id TEXT NOT NULL,
    policy INTEGER NOT NULL,
    PRIMARY KEY (job, place)
) WITHOUT ROWID;
